/** 2^(0/8), 2^(1/8), … 2^(7/8); nine digits say which float32. */
const EIGHTHS = Float32Array.of(
  1,
  1.09050775,
  1.18920708,
  1.29683959,
  1.41421354,
  1.54221082,
  1.68179286,
  1.8340081,
);

/** The code of the scale 1. */
const ONE = 128;

/**
 * The scale that a byte stands for: 0 for 0, else 2^((code − 128) / 8), a float32. Finer steps than an eighth
 * of an octave would cost more bits than they save.
 */
export function scaleOf(code: number): number {
  return code === 0 ? 0 : EIGHTHS[code & 7]! * 2 ** ((code >> 3) - ONE / 8);
}

/** The code of the scale nearest to a size, in octaves. */
function codeOf(size: number): number {
  return size === 0 ? 0 : Math.max(1, Math.min(255, Math.round(8 * Math.log2(size)) + ONE));
}

/** The power of two nearest to the root mean square: dividing by it is exact. 0 for zeros. */
export function unitOf(values: Float32Array): number {
  const rms = rootMeanSquare(values, 0, values.length);
  return rms === 0 ? 0 : 2 ** Math.max(Math.round(Math.log2(rms)), -149);
}

export function divide(values: Float32Array, unit: number): Float32Array {
  const quotients = new Float32Array(values.length);
  if (unit > 0) for (let i = 0; i < values.length; i++) quotients[i] = values[i]! / unit;
  return quotients;
}

/** The codes of the root mean squares of groups of `length` values; the last may be shorter. */
export function scaleCodes(values: Float32Array, length: number): Uint8Array {
  return Uint8Array.from({ length: Math.ceil(values.length / length) }, (_, g) =>
    codeOf(rootMeanSquare(values, g * length, Math.min((g + 1) * length, values.length))),
  );
}

function rootMeanSquare(values: Float32Array, start: number, end: number): number {
  let sum = 0;
  for (let i = start; i < end; i++) sum += values[i]! * values[i]!;
  return Math.sqrt(sum / (end - start));
}

/** Each group of `length` values divided by its scale; zeros where that is zero. */
export function normalize(values: Float32Array, codes: Uint8Array, length: number): Float32Array {
  const normalized = new Float32Array(values.length);
  for (let g = 0, start = 0; start < values.length; g++, start += length) {
    const scale = scaleOf(codes[g]!);
    const end = Math.min(start + length, values.length);
    if (scale > 0) for (let i = start; i < end; i++) normalized[i] = values[i]! / scale;
  }
  return normalized;
}

/** Each group of `length` values times its scale, in place, rounded to float32. */
export function applyScales(values: Float32Array, codes: Uint8Array, length: number): void {
  for (let g = 0, start = 0; start < values.length; g++, start += length) {
    const scale = scaleOf(codes[g]!);
    const end = Math.min(start + length, values.length);
    for (let i = start; i < end; i++) values[i] = values[i]! * scale;
  }
}
