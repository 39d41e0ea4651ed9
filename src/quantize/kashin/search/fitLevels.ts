import { solveCholesky } from '../../../math/cholesky';
import { levelOf } from './frame';

/** Fewer weights than this are no ground to fit levels on: the fit would pass for a better code. */
const FEWEST_WEIGHTS = 1024;

/** Fits levels by least squares: x ≈ a(u) + b·h, a odd, h = H v / √N. */
export class LevelFit {
  private readonly counts: Float64Array;
  private readonly sumsOfX: Float64Array;
  private readonly sumsOfH: Float64Array;
  private productOfXAndH = 0;
  private squaresOfH = 0;

  /** @param uBits bits of a code of u */
  constructor(private readonly uBits: number) {
    this.counts = new Float64Array(2 ** uBits);
    this.sumsOfX = new Float64Array(2 ** uBits);
    this.sumsOfH = new Float64Array(2 ** uBits);
  }

  /** Adds a block; `factor` times an entry of `sums` is h. */
  add(x: Float32Array, u: Uint8Array, sums: Int16Array, factor: number): void {
    const { counts, sumsOfX, sumsOfH } = this;
    let product = 0;
    let squares = 0;
    for (let i = 0; i < x.length; i++) {
      const code = u[i]!;
      const h = sums[i]! * factor;
      counts[code]! += 1;
      sumsOfX[code]! += x[i]!;
      sumsOfH[code]! += h;
      product += x[i]! * h;
      squares += h * h;
    }
    this.productOfXAndH += product;
    this.squaresOfH += squares;
  }

  /** Levels of positive u, then b; `undefined` where there is too little to fit them on. */
  solve(): Float64Array | undefined {
    const { counts, sumsOfX, sumsOfH, uBits } = this;
    const size = counts.length / 2 + 1;
    const last = size - 1;
    const matrix = new Float64Array(size * size);
    const rightSide = new Float64Array(size);
    let count = 0;
    counts.forEach((weights, code) => {
      const level = levelOf(code, uBits);
      const sign = Math.sign(level);
      const k = (Math.abs(level) - 1) / 2;
      matrix[k * size + k]! += weights;
      matrix[last * size + k]! += sign * sumsOfH[code]!;
      rightSide[k]! += sign * sumsOfX[code]!;
      count += weights;
    });
    matrix[last * size + last] = this.squaresOfH;
    rightSide[last] = this.productOfXAndH;
    return count >= FEWEST_WEIGHTS && solveCholesky(matrix, rightSide) ? rightSide : undefined;
  }
}
