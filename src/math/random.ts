/**
 * Seeded random numbers: xoshiro128** (Blackman and Vigna, 2018) with its state filled by SplitMix32.
 * All arithmetic is on 32-bit integers, so that every language draws the same numbers from the same
 * seed; the native file format relies on it for its random signs.
 */
export class Random {
  private readonly state = new Uint32Array(4);
  private spareNormal: number | undefined;

  /** @param seed an unsigned 32-bit integer */
  constructor(seed: number) {
    let z = seed >>> 0;
    for (let i = 0; i < 4; i++) {
      z = (z + 0x9e3779b9) >>> 0;
      let t = z ^ (z >>> 16);
      t = Math.imul(t, 0x21f0aaad);
      t ^= t >>> 15;
      t = Math.imul(t, 0x735a2d97);
      this.state[i] = t ^ (t >>> 15);
    }
  }

  /** The next unsigned 32-bit integer. */
  nextUint32(): number {
    const s = this.state as unknown as [number, number, number, number];
    const scrambled = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotateLeft(s[3], 11);
    return scrambled;
  }

  /** Uniform on [0, 1), with 53 random bits. */
  uniform(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** Uniform on the integers 0 … `count` − 1, without bias. */
  integer(count: number): number {
    const limit = 4294967296 - (4294967296 % count);
    for (;;) {
      const draw = this.nextUint32();
      if (draw < limit) return draw % count;
    }
  }

  /** Standard normal (Marsaglia's polar method). */
  normal(): number {
    if (this.spareNormal !== undefined) {
      const spare = this.spareNormal;
      this.spareNormal = undefined;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const s = x * x + y * y;
      if (s > 0 && s < 1) {
        const scale = Math.sqrt((-2 * Math.log(s)) / s);
        this.spareNormal = y * scale;
        return x * scale;
      }
    }
  }

  /** A permutation of 0 … `length` − 1 (Fisher–Yates). */
  permutation(length: number): Uint32Array {
    const order = Uint32Array.from({ length }, (_, i) => i);
    for (let i = length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const swapped = order[i]!;
      order[i] = order[j]!;
      order[j] = swapped;
    }
    return order;
  }
}

function rotateLeft(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}
