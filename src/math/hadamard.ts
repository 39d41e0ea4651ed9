/** Runs of this many elements stay in the first-level cache of a core (32 KB). */
const CACHED_LENGTH = 8192;

/**
 * Orthonormal Walsh–Hadamard transform (natural order), in place.
 *
 * The range `data[start … start + length)` is seen as a matrix of `length / stride` rows of `stride`
 * elements, and each of its columns is transformed; `stride` = 1 transforms the range as one vector.
 * The number of rows must be a power of two.
 *
 * The result is fixed to the bit, in whatever order the passes run: butterflies (a, b) → (a + b, a − b)
 * at distances 1, 2, 4, … rows, each sum rounded to float32, and at the end one product with
 * float32(1 / √rows). It takes log₂(rows) additions an element.
 */
export function hadamard(data: Float32Array, start = 0, length = data.length - start, stride = 1): void {
  const rows = length / stride;
  if (rows === 1) return;
  butterflies(data, start, length, stride);
  const scale = Math.fround(1 / Math.sqrt(rows));
  for (let i = start; i < start + length; i++) data[i] = data[i]! * scale;
}

/** All butterflies of a range, depth first: each part is finished while it is in the cache, then combined. */
function butterflies(data: Float32Array, start: number, length: number, stride: number): void {
  const end = start + length;
  if (length <= CACHED_LENGTH || length / stride <= 4) {
    let distance = stride;
    for (; distance <= length / 4; distance *= 4) radix4(data, start, distance, end);
    if (distance === length / 2) radix2(data, start, distance, end);
  } else {
    const quarter = length / 4;
    for (let part = start; part < end; part += quarter) butterflies(data, part, quarter, stride);
    radix4(data, start, quarter, end);
  }
}

/** Butterflies at one distance. */
function radix2(data: Float32Array, start: number, distance: number, end: number): void {
  for (let base = start; base < end; base += 2 * distance) {
    for (let i = base, stop = base + distance; i < stop; i++) {
      const j = (i + distance) | 0;
      const a = data[i]!;
      const b = data[j]!;
      data[i] = a + b;
      data[j] = a - b;
    }
  }
}

/**
 * Butterflies at `distance` and at twice `distance` in one pass. Indices are kept as 32-bit integers, and
 * elements in locals because V8 would load them twice.
 */
function radix4(data: Float32Array, start: number, distance: number, end: number): void {
  if (distance === 1) {
    radix4Adjacent(data, start, end);
    return;
  }
  const { fround } = Math;
  for (let base = start; base < end; base += 4 * distance) {
    for (let i0 = base, stop = base + distance; i0 < stop; i0++) {
      const i1 = (i0 + distance) | 0;
      const i2 = (i1 + distance) | 0;
      const i3 = (i2 + distance) | 0;
      const a = data[i0]!;
      const b = data[i1]!;
      const c = data[i2]!;
      const d = data[i3]!;
      const sum01 = fround(a + b);
      const difference01 = fround(a - b);
      const sum23 = fround(c + d);
      const difference23 = fround(c - d);
      data[i0] = sum01 + sum23;
      data[i1] = difference01 + difference23;
      data[i2] = sum01 - sum23;
      data[i3] = difference01 - difference23;
    }
  }
}

/** {@link radix4} at distance 1, without the inner loop. */
function radix4Adjacent(data: Float32Array, start: number, end: number): void {
  const { fround } = Math;
  for (let i = start; i < end; i += 4) {
    const a = data[i]!;
    const b = data[i + 1]!;
    const c = data[i + 2]!;
    const d = data[i + 3]!;
    const sum01 = fround(a + b);
    const difference01 = fround(a - b);
    const sum23 = fround(c + d);
    const difference23 = fround(c - d);
    data[i] = sum01 + sum23;
    data[i + 1] = difference01 + difference23;
    data[i + 2] = sum01 - sum23;
    data[i + 3] = difference01 - difference23;
  }
}
