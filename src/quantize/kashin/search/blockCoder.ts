import { hadamard } from '../../../math/hadamard';
import type { Range } from '../../groups';
import { unitsOf, type Frame } from './frame';
import { LANES, type FrameFactors, type FrameSearch } from './search';
import { hadamardOfCodes } from './synthesis';

/** The search for blocks of a length. */
export type SearchOf = (length: number) => FrameSearch;

/** What a sequence is coded as, an entry of each a number. */
export interface FrameCodes {
  readonly u: Uint8Array;
  readonly v: Uint8Array;
  /** H v of each block. */
  readonly sums: Int16Array;
}

/** Codes blocks of numbers, up to eight of one length at a time, each time with other noise. */
export class BlockCoder {
  private batches = 0;

  constructor(
    private readonly frame: Frame,
    private readonly searchOf: SearchOf,
  ) {}

  code(numbers: Float32Array, blocks: readonly Range[]): FrameCodes {
    const codes: FrameCodes = {
      u: new Uint8Array(numbers.length),
      v: new Uint8Array(numbers.length),
      sums: new Int16Array(numbers.length),
    };
    const lengthOf = (index: number) => blocks[index]!.end - blocks[index]!.start;
    for (let from = 0; from < blocks.length;) {
      let to = from + 1;
      while (to < Math.min(blocks.length, from + LANES) && lengthOf(to) === lengthOf(from)) to++;
      this.codeBatch(numbers, blocks.slice(from, to), lengthOf(from), codes);
      from = to;
    }
    return codes;
  }

  /** Lanes that are left over search the same blocks again with other noise; the best of each is taken. */
  private codeBatch(
    numbers: Float32Array,
    blocks: readonly Range[],
    length: number,
    codes: FrameCodes,
  ): void {
    const targets = this.targets(numbers, blocks, length);
    const seed = Math.imul(++this.batches, 0x9e3779b1) >>> 0;
    const factors = this.searchOf(length)(targets, seed);
    for (const [index, { start, end }] of blocks.entries()) {
      let least = Infinity;
      for (let lane = index; lane < LANES; lane += blocks.length) {
        const found = this.codesOf(factors, lane, length);
        const error = blocks.length === LANES ? 0 : this.error(targets.x, found, lane);
        if (error >= least) continue;
        least = error;
        codes.u.subarray(start, end).set(found.u);
        codes.v.subarray(start, end).set(found.v);
        codes.sums.subarray(start, end).set(found.sums);
      }
    }
  }

  private targets(numbers: Float32Array, blocks: readonly Range[], length: number) {
    const units = unitsOf(this.frame, length);
    const x = new Int16Array(LANES * length);
    const rotated = new Int16Array(LANES * length);
    for (let lane = 0; lane < LANES; lane++) {
      const { start, end } = blocks[lane % blocks.length]!;
      const block = numbers.slice(start, end);
      for (let i = 0; i < length; i++) x[LANES * i + lane] = wholeUnits(block[i]! * units);
      hadamard(block);
      for (let i = 0; i < length; i++) rotated[LANES * i + lane] = wholeUnits(block[i]! * units);
    }
    return { x, rotated };
  }

  private codesOf({ u, v }: FrameFactors, lane: number, length: number): FrameCodes {
    const codes = { u: new Uint8Array(length), v: new Uint8Array(length) };
    for (let i = 0; i < length; i++) {
      codes.u[i] = (u[LANES * i + lane]! + this.frame.largest) >> 1;
      codes.v[i] = (v[LANES * i + lane]! + 1) >> 1;
    }
    return { ...codes, sums: hadamardOfCodes(codes.v) };
  }

  /** Squared error of one lane, in whole units. */
  private error(x: Int16Array, { u, sums }: FrameCodes, lane: number): number {
    const { ofU, ofV, largest } = this.frame;
    // An entry of H u / √N counts ofU, so one of u counts √N times that.
    const ofLevel = ofU * Math.sqrt(u.length);
    let error = 0;
    for (let i = 0; i < u.length; i++) {
      error += (x[LANES * i + lane]! - (2 * u[i]! - largest) * ofLevel - sums[i]! * ofV) ** 2;
    }
    return error;
  }
}

/** Rounded, and clipped so far out that no draw could tell. */
function wholeUnits(number: number): number {
  const rounded = Math.floor(number + 0.5);
  return rounded > 16383 ? 16383 : rounded < -16383 ? -16383 : rounded;
}
