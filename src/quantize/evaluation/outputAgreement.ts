import type { Quality } from '../../protocol/events';

/** One tensor that a model answers with, row-major; its last dimension is an answer of its own. */
export interface ModelOutput {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** How far the numbers of a probability distribution may be from 1 together. */
const SUM_TOLERANCE = 1e-3;

/**
 * Gathers how alike the answers of a model are before and after a change: the mean of 1 − cosine over all rows; how
 * often the largest number of a row is the same, where all rows are probabilities; and for rows of a single number,
 * which have no direction, the root of the squared change over the squares.
 */
export class OutputAgreement {
  private rows = 0;
  private distances = 0;
  private sameTop = 0;
  private probabilities = true;
  private singles = 0;
  private squaredChange = 0;
  private squares = 0;

  /** Adds the answers to one sample: the same tensors, before and after. */
  add(before: readonly ModelOutput[], after: readonly ModelOutput[]): void {
    for (const [k, { shape, values }] of before.entries()) {
      const width = shape.at(-1) ?? 1;
      const other = after[k]!.values;
      for (let start = 0; start < values.length; start += width) {
        const end = start + width;
        this.addRow(values.subarray(start, end), other.subarray(start, end));
      }
    }
  }

  /** What was seen, for a report: the model agrees with itself before. Nothing where nothing was added. */
  qualities(task: string): readonly Quality[] {
    const qualities: Quality[] = [];
    if (this.rows > 0) {
      const after = this.distances / this.rows;
      const cosine = { metric: '1 − cosine', before: 0, after, higherIsBetter: false };
      qualities.push({ task, ...cosine, samples: this.rows });
      if (this.probabilities) {
        const top = { metric: 'same top answer', before: 1, after: this.sameTop / this.rows };
        qualities.push({ task, ...top, higherIsBetter: true, samples: this.rows });
      }
    }
    if (this.singles > 0) {
      const after = this.squaredChange === 0 ? 0 : Math.sqrt(this.squaredChange / this.squares);
      const change = { metric: 'relative change', before: 0, after, higherIsBetter: false };
      qualities.push({ task, ...change, samples: this.singles });
    }
    return qualities;
  }

  private addRow(before: Float32Array, after: Float32Array): void {
    if (before.length === 1) {
      this.singles += 1;
      this.squaredChange += (after[0]! - before[0]!) ** 2;
      this.squares += before[0]! ** 2;
      return;
    }
    this.rows += 1;
    this.distances += 1 - cosine(before, after);
    if (largest(before) === largest(after)) this.sameTop += 1;
    this.probabilities &&= isDistribution(before);
  }
}

/** Of two rows of zeros 1, of one 0. */
function cosine(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  if (aa === 0 || bb === 0) return aa === bb ? 1 : 0;
  return dot / Math.sqrt(aa * bb);
}

function largest(row: Float32Array): number {
  let at = 0;
  for (let i = 1; i < row.length; i++) if (row[i]! > row[at]!) at = i;
  return at;
}

function isDistribution(row: Float32Array): boolean {
  let sum = 0;
  for (const value of row) {
    if (value < 0) return false;
    sum += value;
  }
  return Math.abs(sum - 1) <= SUM_TOLERANCE;
}
