import type { StudyRow } from '../../../src/protocol/study';

/** One figure in a picture. */
export interface FigureMark {
  readonly curve: string;
  readonly what: string;
  /** True bits a weight. */
  readonly bits: number;
  readonly value: number;
}

export interface FigureCurve {
  readonly name: string;
  /** By bits, ascending. */
  readonly marks: readonly FigureMark[];
}

/** Figures of one unit over true bits a weight. */
export interface FigurePicture {
  readonly title: string;
  readonly unit: string;
  readonly curves: readonly FigureCurve[];
  /** Figures of weights that were not quantized: lines across the picture. */
  readonly originals: readonly FigureMark[];
}

/** As many bits a weight has a model that was not quantized. */
const UNQUANTIZED = 32;

/** The pictures of a study, and the curves of each, in the order of their first figure. */
export function picturesOf(rows: readonly StudyRow[]): readonly FigurePicture[] {
  const placed = rows.flatMap(({ what, ours, unit, place }) =>
    place === undefined || typeof ours !== 'number' || !Number.isFinite(ours)
      ? []
      : [{ picture: place.picture, unit, mark: { curve: place.curve, what, bits: place.bits, value: ours } }],
  );
  return [...new Set(placed.map(({ picture }) => picture))].map((title) => {
    const own = placed.filter(({ picture }) => picture === title);
    const [originals, marks] = split(own.map(({ mark }) => mark));
    const names = [...new Set(marks.map(({ curve }) => curve))];
    return {
      title,
      unit: own[0]!.unit,
      originals,
      curves: names.map((name) => ({
        name,
        marks: marks.filter(({ curve }) => curve === name).sort((a, b) => a.bits - b.bits),
      })),
    };
  });
}

function split(marks: readonly FigureMark[]): readonly [FigureMark[], FigureMark[]] {
  return [marks.filter(({ bits }) => bits >= UNQUANTIZED), marks.filter(({ bits }) => bits < UNQUANTIZED)];
}
