import type { DecompositionTrace, Histogram } from '../../protocol/events';
import type { Decomposition } from './greedy';

/** Bins of the histograms, over ±3 root mean squares; what lies beyond is counted in the outer bins. */
const BINS = 120;
const REACH = 3;

/** Gathers what the report draws of a decomposition, over the segments of a tensor. */
export class TraceBuilder {
  private readonly segments: { readonly energy: number; readonly residual: readonly number[] }[] = [];
  private readonly u = new FactorHistogram();
  private readonly v = new FactorHistogram();

  /** Levels hold a, b of each group, in the units of the factors. */
  add({ scale, u, v, residual }: Decomposition, uLevels: Float32Array, vLevels: Float32Array): void {
    this.segments.push({ energy: scale * scale * u.length, residual });
    this.u.add(u, uLevels);
    this.v.add(v, vLevels);
  }

  finish(): DecompositionTrace {
    return {
      residual: this.residual(),
      maxNorm: { u: this.u.max, v: this.v.max },
      histogram: { u: this.u.finish(), v: this.v.finish() },
    };
  }

  /** Of all segments together; one that has ended keeps its last residual. */
  private residual(): number[] {
    const total = this.segments.reduce((sum, { energy }) => sum + energy, 0);
    const length = Math.max(...this.segments.map(({ residual }) => residual.length));
    return Array.from({ length }, (_, k) => {
      if (total === 0) return 1;
      const squares = this.segments.reduce(
        (sum, { energy, residual }) => sum + energy * (residual[k] ?? residual.at(-1)!) ** 2,
        0,
      );
      return Math.sqrt(squares / total);
    });
  }
}

class FactorHistogram {
  /** Largest magnitude, in units of the root mean square of x. */
  max = 0;
  private readonly counts = new Float64Array(BINS);
  private groups = 0;
  private small = 0;
  private large = 0;

  add(factor: Float32Array, levels: Float32Array): void {
    let squares = 0;
    const { length } = factor;
    for (let i = 0; i < length; i++) {
      const value = factor[i]!;
      squares += value * value;
      this.max = Math.max(this.max, Math.abs(value));
    }
    const unit = Math.sqrt(squares / length) || 1;
    const binsAUnit = BINS / (2 * REACH);
    for (let i = 0; i < length; i++) {
      const bin = Math.floor((factor[i]! / unit + REACH) * binsAUnit);
      const index = Math.min(Math.max(bin, 0), BINS - 1);
      this.counts[index] = this.counts[index]! + 1;
    }
    for (let i = 0; i < levels.length; i += 2) {
      this.groups++;
      this.small += levels[i]! / unit;
      this.large += levels[i + 1]! / unit;
    }
  }

  finish(): Histogram {
    const a = this.small / this.groups;
    const b = this.large / this.groups;
    return {
      start: -REACH,
      width: (2 * REACH) / BINS,
      counts: Array.from(this.counts),
      centroids: [-b, -a, a, b],
    };
  }
}
