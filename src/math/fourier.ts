/** The discrete Fourier transform of one length: Z[k] = Σ z[j]·exp(−2πi·jk / n), not normalised. */
export interface Fourier {
  readonly length: number;
  /** Transforms the complex vector `re` + i·`im` in place. Exchanging the two gives n times the inverse. */
  transform(re: Float64Array, im: Float64Array): void;
}

/**
 * Prepares the transform of any length in O(n log n) float64 operations: Cooley and Tukey's algorithm for
 * powers of two, Bluestein's convolution with a chirp for all others.
 */
export function createFourier(length: number): Fourier {
  return isPowerOfTwo(length) ? radix2(length) : bluestein(length);
}

function isPowerOfTwo(length: number): boolean {
  return (length & (length - 1)) === 0;
}

function radix2(length: number): Fourier {
  const cosines = new Float64Array(length / 2);
  const sines = new Float64Array(length / 2);
  for (let k = 0; k < length / 2; k++) {
    cosines[k] = Math.cos((2 * Math.PI * k) / length);
    sines[k] = -Math.sin((2 * Math.PI * k) / length);
  }
  const order = bitReversal(length);

  return {
    length,
    transform(re, im) {
      for (let i = 0; i < length; i++) {
        const j = order[i]!;
        if (j > i) {
          swap(re, i, j);
          swap(im, i, j);
        }
      }
      for (let half = 1; half < length; half *= 2) {
        const turn = length / (2 * half);
        for (let base = 0; base < length; base += 2 * half) {
          for (let k = 0; k < half; k++) {
            const c = cosines[k * turn]!;
            const s = sines[k * turn]!;
            const i = base + k;
            const j = i + half;
            const real = re[j]! * c - im[j]! * s;
            const imaginary = re[j]! * s + im[j]! * c;
            re[j] = re[i]! - real;
            im[j] = im[i]! - imaginary;
            re[i] = re[i]! + real;
            im[i] = im[i]! + imaginary;
          }
        }
      }
    },
  };
}

function bitReversal(length: number): Uint32Array {
  const order = new Uint32Array(length);
  for (let i = 1; i < length; i++) order[i] = (order[i >> 1]! >> 1) | (i & 1 ? length >> 1 : 0);
  return order;
}

function swap(values: Float64Array, i: number, j: number): void {
  const value = values[i]!;
  values[i] = values[j]!;
  values[j] = value;
}

/** jk = (j² + k² − (k − j)²) / 2 turns the sum into a convolution, done with transforms of length ≥ 2n − 1. */
function bluestein(length: number): Fourier {
  let padded = 1;
  while (padded < 2 * length - 1) padded *= 2;
  const inner = radix2(padded);
  const chirp = { re: new Float64Array(length), im: new Float64Array(length) };
  const filter = { re: new Float64Array(padded), im: new Float64Array(padded) };
  for (let k = 0; k < length; k++) {
    // k² mod 2n keeps the angle small, where cosines are exact to the last bit or two.
    const angle = (Math.PI * Number((BigInt(k) * BigInt(k)) % BigInt(2 * length))) / length;
    chirp.re[k] = Math.cos(angle);
    chirp.im[k] = -Math.sin(angle);
    for (const at of k === 0 ? [0] : [k, padded - k]) {
      filter.re[at] = Math.cos(angle);
      filter.im[at] = Math.sin(angle);
    }
  }
  inner.transform(filter.re, filter.im);
  const a = { re: new Float64Array(padded), im: new Float64Array(padded) };

  return {
    length,
    transform(re, im) {
      a.re.fill(0);
      a.im.fill(0);
      for (let k = 0; k < length; k++) {
        a.re[k] = re[k]! * chirp.re[k]! - im[k]! * chirp.im[k]!;
        a.im[k] = re[k]! * chirp.im[k]! + im[k]! * chirp.re[k]!;
      }
      inner.transform(a.re, a.im);
      for (let k = 0; k < padded; k++) {
        const real = a.re[k]! * filter.re[k]! - a.im[k]! * filter.im[k]!;
        a.im[k] = a.re[k]! * filter.im[k]! + a.im[k]! * filter.re[k]!;
        a.re[k] = real;
      }
      inner.transform(a.im, a.re);
      for (let k = 0; k < length; k++) {
        const real = a.re[k]! / padded;
        const imaginary = a.im[k]! / padded;
        re[k] = real * chirp.re[k]! - imaginary * chirp.im[k]!;
        im[k] = real * chirp.im[k]! + imaginary * chirp.re[k]!;
      }
    },
  };
}
