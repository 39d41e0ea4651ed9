import { existsSync } from 'node:fs';
import path from 'node:path';
import { Option, type Command } from 'commander';
import { defaultOutput } from '../../modelfile/outputName';
import type { QuantizeSummary, TensorResult } from '../../protocol/events';
import {
  DEFAULT_BITS,
  DEFAULT_METHOD,
  DEFAULT_SEED,
  defaultGroupSize,
  METHOD_BITS,
  OUTPUT_FORMS,
  QUANTIZATION_METHODS,
  type OutputForm,
  type QuantizationMethodId,
  type QuantizeSpec,
} from '../../protocol/jobSpec';
import type { RunRecord } from '../../protocol/run';
import { UserError } from '../../protocol/userError';
import { MODEL_FILE } from '../arguments';
import { repeated, wholeNumber } from '../flags';
import { executeRun } from '../followRun';
import { cancelledError } from '../interruption';
import type { Run } from '../session';
import type { Style } from '../style';
import { renderFacts, renderTable } from '../table';
import { formatBytes, formatDecibels, formatDuration, formatNumber, formatShape, shortName } from '../units';

interface QuantizeOptions {
  readonly method: QuantizationMethodId;
  readonly bits: number;
  readonly form: OutputForm;
  readonly out?: string;
  readonly force?: true;
  readonly keep: readonly string[];
  readonly groupSize?: number;
}

export function addQuantize(program: Command, run: Run): void {
  program
    .command('quantize')
    .argument('<file>', MODEL_FILE)
    .description('write a model again with few bits a weight, beside the source and never over it')
    .addOption(new Option('--method <m>', 'how').choices(QUANTIZATION_METHODS).default(DEFAULT_METHOD))
    .option('--bits <b>', bitsHelp(), wholeNumber(1, 8), DEFAULT_BITS)
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
    .option(
      '--group-size <n>',
      `weights that share their levels (default: ${QUANTIZATION_METHODS.map((m) => `${defaultGroupSize(m)} for ${m}`).join(', ')})`,
      wholeNumber(32, 2 ** 24),
    )
    .addHelpText('after', '\nExample:\n  weightroom quantize model.safetensors --bits 4 --keep "*.bias"')
    .action((file: string, options: QuantizeOptions) =>
      run(
        async (session) => {
          const record = await executeRun(session, specOf(file, options, session.options.seed));
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
  const offers = QUANTIZATION_METHODS.map((method) => `${method} offers ${METHOD_BITS[method].join(', ')}`);
  return `bits a weight: ${offers.join('; ')}`;
}

function specOf(file: string, options: QuantizeOptions, seed = DEFAULT_SEED): QuantizeSpec {
  const { method, bits, form, keep, force = false } = options;
  if (!METHOD_BITS[method].includes(bits)) {
    throw new UserError(
      'bits-not-offered',
      `--bits ${bits} is not offered by --method ${method}.`,
      `Allowed with ${method}: ${METHOD_BITS[method].join(', ')}.`,
    );
  }
  const input = path.resolve(file);
  const output = options.out === undefined ? defaultOutput(input, { bits, form }) : path.resolve(options.out);
  if (!force && existsSync(output)) {
    throw new UserError(
      'output-exists',
      `${output} exists already.`,
      'Give --force to replace it, or another name with --out.',
    );
  }
  return {
    job: 'quantize',
    input,
    output,
    force,
    method,
    bits,
    form,
    groupSize: options.groupSize ?? defaultGroupSize(method),
    keep,
    seed,
  };
}

function closingSummary({ events }: RunRecord): QuantizeSummary {
  for (const event of events) {
    if (event.type === 'finished' && event.summary?.job === 'quantize') return event.summary;
  }
  throw new Error('A quantization was done without a closing summary.');
}

function documentOf({ summary }: RunRecord, closing: QuantizeSummary, tensors: readonly TensorResult[]) {
  const { output, bitsPerWeight, distortion, snrDb } = closing;
  return {
    run: summary.id,
    output,
    seconds: summary.seconds,
    bitsPerWeight,
    distortion,
    snrDb,
    bytes: closing.bytes,
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
  { summary }: RunRecord,
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
      ['Kept', keptText(tensors)],
      ['Time', formatDuration(summary.seconds)],
      ['Run', summary.id],
    ],
    style,
  );
  return `${table}\n\n${facts}`;
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
