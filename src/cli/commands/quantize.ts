import { existsSync } from 'node:fs';
import path from 'node:path';
import { Option, type Command } from 'commander';
import { defaultOutput } from '../../modelfile/outputName';
import type { Quality, QuantizeSummary, TensorResult } from '../../protocol/events';
import {
  bitsInWords,
  DEFAULT_BITS,
  DEFAULT_METHOD,
  DEFAULT_PRESET,
  GROUPINGS,
  KASHIN_CODEBOOKS,
  KASHIN_TRANSFORMS,
  METHOD_OFFERS,
  offersBits,
  OUTPUT_FORMS,
  PRESETS,
  QUANTIZATION_METHODS,
  quantizeSpec,
  RTN_RANGES,
  type Grouping,
  type KashinCodebook,
  type KashinTransform,
  type OutputForm,
  type Preset,
  type QuantizationMethodId,
  type QuantizeSpec,
  type RtnRange,
} from '../../protocol/jobSpec';
import { checkKashinChoices, checkSize } from '../../protocol/parseJobSpec';
import type { RunRecord } from '../../protocol/run';
import { UserError } from '../../protocol/userError';
import { MODEL_FILE } from '../arguments';
import { byteCount, numberBetween, repeated, wholeNumber } from '../flags';
import { executeRun } from '../followRun';
import { cancelledError } from '../interruption';
import type { GlobalOptions, Run } from '../session';
import type { Style } from '../style';
import { renderFacts, renderTable } from '../table';
import {
  formatBytes,
  formatCount,
  formatDecibels,
  formatDuration,
  formatNumber,
  formatShape,
  shortName,
} from '../units';

interface QuantizeOptions {
  readonly method: QuantizationMethodId;
  readonly bits?: number;
  readonly size?: number;
  readonly preset: Preset;
  readonly form: OutputForm;
  readonly out?: string;
  readonly force?: true;
  readonly keep: readonly string[];
  readonly grouping: Grouping;
  readonly groupSize?: number;
  readonly range: RtnRange;
  readonly codebook?: KashinCodebook;
  readonly transform?: KashinTransform;
  readonly calibration?: string;
  readonly experiment?: string;
  readonly comparison: boolean;
  readonly quality: boolean;
}

export function addQuantize(program: Command, run: Run): void {
  program
    .command('quantize')
    .argument('<file>', MODEL_FILE)
    .description('write a model again with few bits a weight, beside the source and never over it')
    .addOption(new Option('--method <m>', 'how').choices(QUANTIZATION_METHODS).default(DEFAULT_METHOD))
    .option('--bits <b>', bitsHelp(), numberBetween(1, 8))
    .option(
      '--size <bytes>',
      'instead of bits: what the packed files may take, as 12000000, 12MB or 12MiB',
      byteCount,
    )
    .addOption(
      new Option('--preset <p>', 'how much time a better result is worth')
        .choices(PRESETS)
        .default(DEFAULT_PRESET),
    )
    .addOption(
      new Option('--form <form>', 'portable opens in every tool; native is as small as the bits say')
        .choices(OUTPUT_FORMS)
        .default('portable'),
    )
    .option('--out <path>', 'the file to write (default: model.w4.safetensors beside model.safetensors)')
    .option('--force', 'replace the file to write where it exists')
    .addOption(
      new Option(
        '--keep <glob>',
        'copy tensors of this name unchanged, as small, one-dimensional and integer ones are; may be repeated',
      )
        .argParser(repeated)
        .default([], 'none'),
    )
    .addOption(
      new Option('--grouping <g>', 'what shares a scale: some consecutive weights, or an output of a layer')
        .choices(GROUPINGS)
        .default('group'),
    )
    .option('--group-size <n>', groupSizeHelp(), wholeNumber(32, 2 ** 24))
    .addOption(
      new Option(
        '--range <r>',
        'where the levels of rtn end: at the least squared error, or at the largest weight',
      )
        .choices(RTN_RANGES)
        .default('mse'),
    )
    .addOption(
      new Option(
        '--codebook <c>',
        "of Kashin's methods: pairs (u, v) for the whole tensor, or levels of u and v for each group",
      ).choices(KASHIN_CODEBOOKS),
    )
    .addOption(
      new Option(
        '--transform <t>',
        "Q of Kashin's methods: over the whole tensor, each row, or rows and columns",
      ).choices(KASHIN_TRANSFORMS),
    )
    .option(
      '--calibration <what>',
      'what to run the model on, to learn which errors matter: a text file, one sample a line; a file of statistics; random; or none (default: random tokens for a TensorFlow.js model of text and --method dependent)',
    )
    .option(
      '--experiment <file>',
      'the experiment that trained the weights: its training data calibrate them, its test data are the quality before and after',
    )
    .option('--no-comparison', 'do not try the other methods on a sample of the weights, for the report')
    .option(
      '--no-quality',
      'do not run the model before and after: an experiment on its test data, a TensorFlow.js model on unseen lines of the text or on random inputs',
    )
    .addHelpText('after', '\nExample:\n  weightroom quantize model.safetensors --bits 4 --keep "*.bias"')
    .action((file: string, options: QuantizeOptions) =>
      run(
        async (session) => {
          const record = await executeRun(session, specOf(file, options, session.options));
          if (record.summary.state === 'cancelled') throw cancelledError();
          const closing = closingSummary(record);
          const tensors = record.events.flatMap((event) => (event.type === 'tensor' ? [event.tensor] : []));
          session.answer(documentOf(record, closing, tensors), (style) =>
            answerText(record, closing, tensors, style),
          );
        },
        { stopsItself: true },
      ),
    );
}

function bitsHelp(): string {
  const offers = QUANTIZATION_METHODS.map((method) => `${method} offers ${bitsInWords(method)}`);
  return `bits a weight (default: ${DEFAULT_BITS}): ${offers.join('; ')}`;
}

function groupSizeHelp(): string {
  const sizes = QUANTIZATION_METHODS.flatMap((method) => {
    const { groupSize } = METHOD_OFFERS[method];
    return groupSize === undefined ? [] : [`${groupSize} for ${method}`];
  });
  return `weights that share their levels (default: ${sizes.join(', ')})`;
}

function specOf(
  file: string,
  options: QuantizeOptions,
  { seed, threads, engine }: GlobalOptions,
): QuantizeSpec {
  const { method, preset, form, grouping, groupSize, range, keep, force = false } = options;
  const bits = options.bits ?? DEFAULT_BITS;
  if (options.size !== undefined) {
    if (options.bits !== undefined) {
      throw new UserError(
        'flags-exclude',
        '--bits and --size cannot be given together.',
        'Give one of them: each decides the other.',
      );
    }
    checkSize(method, form, { method: '--method', size: '--size', form: '--form' });
  }
  if (!offersBits(method, bits)) {
    throw new UserError(
      'bits-not-offered',
      `--bits ${bits} is not offered by --method ${method}.`,
      `Allowed with ${method}: ${bitsInWords(method)}.`,
    );
  }
  const { codebook, transform } = options;
  const names = { method: '--method', codebook: '--codebook', transform: '--transform' };
  checkKashinChoices(method, { codebook, transform, bits }, names);
  const input = path.resolve(file);
  const target = { bits, form, ...(options.size !== undefined && { size: options.size }) };
  const output = options.out === undefined ? defaultOutput(input, target) : path.resolve(options.out);
  if (!force && existsSync(output)) {
    throw new UserError(
      'output-exists',
      `${output} exists already.`,
      'Give --force to replace it, or another name with --out.',
    );
  }
  const calibration = calibrationOf(options.calibration);
  const experiment =
    options.experiment === undefined ? undefined : existingFile(options.experiment, '--experiment');
  return quantizeSpec({
    input,
    output,
    force,
    method,
    ...target,
    preset,
    grouping,
    ...(groupSize !== undefined && { groupSize }),
    range,
    ...(codebook !== undefined && { codebook }),
    ...(transform !== undefined && { transform }),
    ...(calibration !== undefined && { calibration }),
    ...(experiment !== undefined && { experiment }),
    comparison: options.comparison,
    quality: options.quality,
    keep,
    ...(seed !== undefined && { seed }),
    ...(threads !== undefined && { threads }),
    ...(engine !== undefined && { engine }),
  });
}

/** The words of the flag as they are, a file by its absolute path. */
function calibrationOf(what: string | undefined): string | undefined {
  if (what === undefined || what === 'random' || what === 'none') return what;
  return existingFile(what, '--calibration', 'Check the path, or give random or none.');
}

/** The absolute path of a file that a flag names. */
function existingFile(named: string, flag: string, remedy = 'Check the path.'): string {
  const file = path.resolve(named);
  if (existsSync(file)) return file;
  throw new UserError('file-not-found', `${file}, given by ${flag}, does not exist.`, remedy);
}

function closingSummary({ events }: RunRecord): QuantizeSummary {
  for (const event of events) {
    if (event.type === 'finished' && event.summary?.job === 'quantize') return event.summary;
  }
  throw new Error('A quantization was done without a closing summary.');
}

function documentOf(record: RunRecord, closing: QuantizeSummary, tensors: readonly TensorResult[]) {
  const { output, bitsPerWeight, distortion, snrDb, unfinished } = closing;
  return {
    run: record.summary.id,
    output,
    seconds: record.summary.seconds,
    bitsPerWeight,
    distortion,
    snrDb,
    bytes: closing.bytes,
    quality: qualitiesOf(record),
    ...(unfinished && { unfinished }),
    tensors: tensors.map(({ name, shape, action, reason, bits, mse, ...rest }) => ({
      name,
      shape,
      action,
      ...(reason !== undefined && { reason }),
      bits,
      mse,
      distortion: rest.distortion,
      snrDb: rest.snrDb,
      iterations: rest.iterations,
    })),
  };
}

function answerText(
  record: RunRecord,
  { output, bytes, bitsPerWeight, snrDb }: QuantizeSummary,
  tensors: readonly TensorResult[],
  style: Style,
): string {
  const quantized = tensors.filter(({ action }) => action === 'quantized');
  const table = renderTable(
    [
      { title: 'Tensor' },
      { title: 'Shape' },
      { title: 'Bits', right: true },
      { title: 'SNR', right: true },
      { title: 'Distortion', right: true },
    ],
    quantized.map((tensor) => [
      shortName(tensor.name),
      formatShape(tensor.shape),
      formatNumber(tensor.bits),
      formatDecibels(tensor.snrDb),
      formatNumber(tensor.distortion),
    ]),
    style,
  );
  const facts = renderFacts(
    [
      ['Written', writtenText(output)],
      ['Size', `${formatBytes(bytes.before)} → ${formatBytes(bytes.after)}`],
      [
        'Bits per weight',
        `${formatNumber(bitsPerWeight.weights)} quantized, ${formatNumber(bitsPerWeight.file)} whole native file`,
      ],
      ['SNR', formatDecibels(snrDb)],
      ...qualitiesOf(record).map(qualityFact),
      ['Kept', keptText(tensors)],
      ['Time', formatDuration(record.summary.seconds)],
      ['Run', record.summary.id],
    ],
    style,
  );
  return `${table}\n\n${facts}`;
}

function qualitiesOf({ events }: RunRecord): readonly Quality[] {
  return events.flatMap((event) => {
    if (event.type !== 'quality') return [];
    const { task, metric, unit, before, after, higherIsBetter, samples } = event;
    return [{ task, metric, ...(unit !== undefined && { unit }), before, after, higherIsBetter, samples }];
  });
}

/** `1 − cosine 0 → 0.0012: Answers to unseen lines of mails.txt, 48 samples`. */
function qualityFact({ task, metric, unit, before, after, samples }: Quality): [string, string] {
  const value = (number: number) => `${formatNumber(number)}${unit === undefined ? '' : ` ${unit}`}`;
  return [
    'Quality',
    `${metric} ${value(before)} → ${value(after)}: ${task}, ${formatCount(samples)} samples`,
  ];
}

/** The file to open, which is written last, and how many others belong to it. */
function writtenText(output: readonly string[]): string {
  const others = output.length - 1;
  return `${output.at(-1) ?? 'nothing'}${others > 0 ? ` and ${others} more beside it` : ''}`;
}

/** `12 (it has fewer than 4096 elements), 38 (I32 numbers are no weights)`. */
function keptText(tensors: readonly TensorResult[]): string {
  const reasons = new Map<string, number>();
  for (const { action, reason = 'as asked' } of tensors) {
    if (action === 'kept') reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  if (reasons.size === 0) return 'none';
  return Array.from(reasons, ([reason, count]) => `${count} (${reason})`).join(', ');
}
