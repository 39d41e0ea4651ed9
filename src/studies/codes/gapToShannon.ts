import path from 'node:path';
import type { RunEventBody } from '../../protocol/events';
import { listedBits, QUANTIZATION_METHODS } from '../../protocol/jobSpec';
import type { StudyRow } from '../../protocol/study';
import { rateDistortionCases, type RateDistortionCase } from '../../quantize/rateDistortion';
import { quantizeFile, writeMatrix } from '../quantizedFile';
import { compared } from '../rows';
import { withScratchFolder } from '../scratchFolder';
import type { Matrix } from '../kashin/sources';
import type { Study, StudyContext, StudyPart } from '../study';
import { GAP_SOURCES, type GapSource } from './gapSources';
import { PUBLISHED, type PublishedDistortion } from './publishedGaps';

/**
 * How far each method is from Shannon's limit, on four sources of weights whose limits are known. Each is
 * quantized from file to file, and all bytes of the file count. The limit is the source's own: of weights that
 * are not normal it lies lower than that of normal ones of the same variance.
 */
export const gapToShannon: Study = {
  id: 'codes/gap-to-shannon',
  title:
    'Decibels between each code and Shannon’s limit, on normal weights and easier ones, the whole file counted',
  parts: (quick) => GAP_SOURCES.map((source) => sourcePart(source, quick)),
};

const ROWS = { full: 256, quick: 32 } as const;
const QUICK_BITS = [2, 4];

/**
 * Decibels up to which a gap counts as the published one. Of a small file the header alone costs 0.02 bits a
 * weight, which are 0.12 dB.
 */
const TOLERANCE = { full: 0.1, quick: 0.25 } as const;

function sourcePart(source: GapSource, quick: boolean): StudyPart {
  return {
    what: source.name,
    run: (context) =>
      withScratchFolder(context.outputs, (folder) => gaps(source, casesFor(quick), folder, context)),
  };
}

function casesFor(quick: boolean): readonly RateDistortionCase[] {
  if (quick) return rateDistortionCases(undefined, QUICK_BITS);
  return QUANTIZATION_METHODS.flatMap((method) => listedBits(method).map((bits) => ({ method, bits })));
}

async function* gaps(
  source: GapSource,
  cases: readonly RateDistortionCase[],
  folder: string,
  context: StudyContext,
): AsyncGenerator<RunEventBody> {
  const size = context.quick ? 'quick' : 'full';
  const matrix = source.make(ROWS[size], context.seed);
  const scale = meanSquare(matrix) / source.variance;
  const input = await writeMatrix(folder, 'weights', matrix);
  const output = path.join(folder, 'quantized.safetensors');
  for (const [done, one] of cases.entries()) {
    const what = `${source.name}: ${one.method}, ${one.bits} bits`;
    yield { type: 'progress', done, total: cases.length, unit: 'cases', what };
    const { bitsPerWeight, distortion } = await quantizeFile({ input, output, ...one }, context);
    const measured = { distortion: scale * distortion, bits: bitsPerWeight.file };
    yield { type: 'figure', row: gapRow(source, one, measured, TOLERANCE[size]) };
  }
}

type Measured = Pick<PublishedDistortion, 'distortion' | 'bits'>;

function gapRow(
  source: GapSource,
  { method, bits }: RateDistortionCase,
  measured: Measured,
  tolerance: number,
): StudyRow {
  const published = PUBLISHED[source.name]?.[method]?.[bits];
  const note = `${measured.bits.toFixed(3)} true bits, D ${Number(measured.distortion.toPrecision(3))}`;
  const figure = {
    what: `${source.name}, ${method}, ${bits} bits`,
    ours: gap(source, measured),
    unit: 'dB above the limit',
    place: { picture: `Above Shannon’s limit, ${source.name}`, curve: method, bits: measured.bits },
  };
  if (published === undefined) return { ...figure, note };
  const theirs = gap(source, published);
  return compared({
    ...figure,
    published: theirs,
    tolerance: tolerance / theirs,
    note: `${note}; beside ${published.source}`,
  });
}

/** D over its lower bound 4^−R · (entropy power / variance), in decibels. */
function gap({ entropyPower }: GapSource, { distortion, bits }: Measured): number {
  return 10 * Math.log10((distortion * 4 ** bits) / entropyPower);
}

function meanSquare({ values }: Matrix): number {
  return values.reduce((sum, value) => sum + value * value, 0) / values.length;
}
