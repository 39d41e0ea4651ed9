import { InvalidArgumentError, Option, type Command } from 'commander';
import type { RateDistortion, RateDistortionRow } from '../../protocol/events';
import {
  bitsInWords,
  DEFAULT_PRESET,
  DEFAULT_SEED,
  PRESETS,
  QUANTIZATION_METHODS,
  type Preset,
  type QuantizationMethodId,
} from '../../protocol/jobSpec';
import { UserError } from '../../protocol/userError';
import { threadPool } from '../../quantize/kernels/threadPool';
import { openAnyModel } from '../../quantize/native/open';
import {
  COMPARED_BITS,
  measureRateDistortion,
  rateDistortionCases,
  SAMPLED_WEIGHTS,
} from '../../quantize/rateDistortion';
import { sampleWeights } from '../../quantize/sampleWeights';
import { MODEL_FILE } from '../arguments';
import { numberBetween, wholeNumber } from '../flags';
import type { Run, Session } from '../session';
import type { Style } from '../style';
import { renderTable } from '../table';
import { formatCount, formatDecibels, formatDuration, formatNumber } from '../units';

interface RateDistortionOptions {
  readonly methods?: readonly QuantizationMethodId[];
  readonly bits?: readonly number[];
  readonly preset: Preset;
  readonly sample: number;
}

export function addRateDistortion(program: Command, run: Run): void {
  program
    .command('rate-distortion')
    .argument('<file>', MODEL_FILE)
    .description('try methods on a sample of the weights: what each loses for its bits')
    .option('--methods <list>', `some of ${QUANTIZATION_METHODS.join(', ')} (default: all)`, methodList)
    .option('--bits <list>', `bits a weight (default: ${COMPARED_BITS.join(',')})`, bitsList)
    .addOption(
      new Option('--preset <p>', 'how much time a better result is worth')
        .choices(PRESETS)
        .default(DEFAULT_PRESET),
    )
    .option('--sample <n>', 'weights to try them on', wholeNumber(4096, 2 ** 28), SAMPLED_WEIGHTS)
    .addHelpText(
      'after',
      '\nExample:\n  weightroom rate-distortion model.safetensors --methods rtn,nf4 --bits 3,4',
    )
    .action((file: string, options: RateDistortionOptions) =>
      run(async (session) => {
        const answer = await measure(session, file, options);
        session.answer(answer, (style) => answerText(answer, style));
      }),
    );
}

function methodList(text: string): readonly QuantizationMethodId[] {
  return text.split(',').map((name) => {
    const method = QUANTIZATION_METHODS.find((known) => known === name.trim());
    if (method !== undefined) return method;
    throw new InvalidArgumentError(`Allowed are, separated by commas, ${QUANTIZATION_METHODS.join(', ')}.`);
  });
}

function bitsList(text: string): readonly number[] {
  return text.split(',').map((bits) => numberBetween(1, 8)(bits.trim()));
}

async function measure(
  session: Session,
  file: string,
  options: RateDistortionOptions,
): Promise<RateDistortion> {
  const { methods = QUANTIZATION_METHODS, bits = COMPARED_BITS, preset, sample: most } = options;
  const { seed = DEFAULT_SEED, threads } = session.options;
  const cases = rateDistortionCases(methods, bits);
  if (cases.length === 0) {
    throw new UserError(
      'bits-not-offered',
      `--bits ${bits.join(',')} are offered by none of the --methods ${methods.join(',')}.`,
      `Allowed: ${methods.map((method) => `${bitsInWords(method)} with ${method}`).join('; ')}.`,
    );
  }
  const model = await openAnyModel(file);
  const pool = threadPool(threads);
  try {
    const sample = await sampleWeights(model, { keep: [], seed, most });
    const rows: RateDistortionRow[] = [];
    for (const [i, compared] of cases.entries()) {
      const what = `${compared.method}, ${compared.bits} bits`;
      session.progress.update({ what, done: i, total: cases.length, unit: 'rows' });
      rows.push(await measureRateDistortion(compared, sample, { seed, preset, pool }));
    }
    return { rows, sampled: { weights: sample.weights, tensors: sample.tensors } };
  } finally {
    await pool.dispose();
    await model.close();
  }
}

function answerText({ rows, sampled }: RateDistortion, style: Style): string {
  const columns = [
    { title: 'Method' },
    { title: 'Bits', right: true },
    { title: 'True bits', right: true },
    { title: 'Distortion', right: true },
    { title: 'SNR', right: true },
    { title: 'To the limit', right: true },
    { title: 'Time', right: true },
  ];
  const table = renderTable(
    columns,
    rows.map(({ method, bits, distortion, snrDb, seconds }) => [
      method,
      formatNumber(bits.nominal),
      formatNumber(bits.true),
      formatNumber(distortion),
      formatDecibels(snrDb),
      formatDecibels(decibelsAboveLimit(bits.true, distortion)),
      formatDuration(seconds),
    ]),
    style,
  );
  const of = `${formatCount(sampled.weights)} weights of ${sampled.tensors} tensors`;
  return `${table}\n\nMeasured on ${of}. The limit is Shannon's for normal weights; others can go below it.`;
}

/** 10·log₁₀(D · 4^R): what is lost against the best code that can be for normal weights. */
function decibelsAboveLimit(bits: number, distortion: number): number {
  return 10 * Math.log10(distortion * 4 ** bits);
}
