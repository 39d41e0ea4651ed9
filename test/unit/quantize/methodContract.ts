import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/math/random';
import { DEFAULT_PRESET } from '../../../src/protocol/jobSpec';
import { UserError } from '../../../src/protocol/userError';
import { decodePacked, decodeTensor, type TensorCoding } from '../../../src/quantize/decodeTensor';
import { decoderOf } from '../../../src/quantize/decoders';
import { inlinePool } from '../../../src/quantize/kernels/pool';
import type { QuantizationMethod, QuantizedTensor, QuantizeOptions } from '../../../src/quantize/method';
import {
  encodePackedTensor,
  PackedTensorReader,
  type ByteSource,
  type PackedTensor,
} from '../../../src/quantize/packedTensor';
import { bitsOf, distortion, normalSample } from './samples';

/** Options of a method, what a person leaves out filled in. */
export function quantizeOptions(
  changes: Partial<QuantizeOptions> & Pick<QuantizeOptions, 'bits' | 'groupSize'>,
): QuantizeOptions {
  return { seed: 1, preset: DEFAULT_PRESET, range: 'mse', pool: inlinePool, ...changes };
}

export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    length: bytes.length,
    read: (begin, length) => Promise.resolve(bytes.slice(begin, begin + length)),
  };
}

/** Bits a weight, everything counted that a native file holds for the tensor alone. */
export function bitsPerWeight({ packed, values }: QuantizedTensor): number {
  return (8 * encodePackedTensor(packed).length) / values.length;
}

/** Weights as a reader of the file decodes them from its bytes and the JSON of its header. */
export async function readBack(
  method: QuantizationMethod,
  shape: readonly number[],
  { packed, coding }: QuantizedTensor,
): Promise<Float32Array> {
  const reader = await PackedTensorReader.open('w', memorySource(encodePackedTensor(packed)));
  return decodeTensor(reader, codingOf(method, shape, JSON.parse(JSON.stringify(coding)) as object));
}

function codingOf(method: QuantizationMethod, shape: readonly number[], coding: object): TensorCoding {
  return { open: decoderOf(method.id), coding: coding as TensorCoding['coding'], shape };
}

/** What holds for every method that codes tensors: call it in the method's own test file. */
export function describeContract(
  method: QuantizationMethod,
  options: QuantizeOptions,
  /** Largest relative error of a constant tensor; 0 demands it exact. */
  { constantError = 0, shape = [64, 128] as readonly number[] } = {},
): void {
  const [rows, columns] = [shape[0]!, shape[1]!];
  const size = rows * columns;
  const quantize = (x: Float32Array, dimensions = shape) => method.quantize(x, dimensions, options);

  describe(`${method.id} at ${options.bits} bits keeps the contract`, () => {
    it('gives the values that a reader of its bytes gets', async () => {
      for (const dimensions of [[1, 1], [1, 127], [3, 50, 7], shape, [5, 5, 33, 40]]) {
        const x = normalSample(
          dimensions.reduce((a, b) => a * b),
          dimensions.length,
        );
        const quantized = await quantize(x, dimensions);
        expect(quantized.values.length).toBe(x.length);
        expect(bitsOf(await readBack(method, dimensions, quantized))).toEqual(bitsOf(quantized.values));
      }
    });

    it('scales with its input, exactly by powers of two', async () => {
      const x = normalSample(size, 3);
      const { values } = await quantize(x);
      for (const factor of [2 ** -20, 0.5, 1024]) {
        const scaled = await quantize(x.map((value) => value * factor));
        expect(scaled.values).toEqual(values.map((value) => value * factor));
      }
      const scaled = await quantize(x.map((value) => value * 0.3));
      const back = scaled.values.map((value) => value / 0.3);
      expect(distortion(x, back) / distortion(x, values)).toBeCloseTo(1, 1);
    });

    it('keeps zeros, and constants as far as it promises', async () => {
      expect((await quantize(new Float32Array(size))).values.every((value) => value === 0)).toBe(true);
      for (const value of [1, -0.1, 3e-7, 5e30]) {
        const x = new Float32Array(size).fill(value);
        const { values } = await quantize(x);
        if (constantError === 0) expect(bitsOf(values)).toEqual(bitsOf(x));
        for (const other of values) expect(Math.abs(other / x[0]! - 1)).toBeLessThanOrEqual(constantError);
      }
    });

    it('stays finite for single numbers, tiny and huge ones', async () => {
      const oneHot = new Float32Array(size);
      oneHot[77] = -2;
      const huge = normalSample(size, 1).map((value) => value * 8e37);
      const denormal = normalSample(size, 2).map((value) => value * 1e-44);
      for (const x of [oneHot, huge, denormal]) {
        expect((await quantize(x)).values.every(Number.isFinite)).toBe(true);
      }
    });

    it('does the same twice and leaves its input alone', async () => {
      const x = normalSample(size, 5);
      const copy = x.slice();
      const first = await quantize(x);
      const second = await quantize(x);
      expect(x).toEqual(copy);
      expect(first).toEqual(second);
    });

    it('stops when it is told to', async () => {
      const controller = new AbortController();
      const reason = new Error('enough');
      controller.abort(reason);
      const x = normalSample(size, 5);
      await expect(method.quantize(x, shape, { ...options, signal: controller.signal })).rejects.toBe(reason);
    });

    it('reports progress that grows to at most one', async () => {
      const fractions: number[] = [];
      const onProgress = (fraction: number) => fractions.push(fraction);
      await method.quantize(normalSample(size, 5), shape, { ...options, onProgress });
      expect(fractions.length).toBeGreaterThan(0);
      expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
      expect(fractions.at(-1)).toBeLessThanOrEqual(1);
    });

    it('refuses damaged heads and chunks, or decodes them to as many weights', async () => {
      const quantized = await quantize(normalSample(size, 6));
      const random = new Random(1);
      const tensor = codingOf(method, shape, quantized.coding);
      for (let i = 0; i < 60; i++) {
        const damaged = spoil(quantized.packed, random);
        let values: Float32Array;
        try {
          values = decodePacked(damaged, tensor);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          continue;
        }
        expect(values.length).toBe(size);
      }
    });

    it('refuses a coding of nonsense', async () => {
      const { packed, coding } = await quantize(normalSample(size, 6));
      for (const key of Object.keys(coding)) {
        for (const nonsense of [undefined, null, -1, 1.5, 1e300, NaN, 'many', [], {}]) {
          const tensor = codingOf(method, shape, { ...coding, [key]: nonsense });
          try {
            expect(decodePacked(packed, tensor).length).toBe(size);
          } catch (error) {
            expect(error, `${key} = ${JSON.stringify(nonsense)}`).toBeInstanceOf(UserError);
          }
        }
      }
    });
  });
}

/** A copy with some bytes changed, or with bytes too few or too many. */
function spoil({ head, chunks }: PackedTensor, random: Random): PackedTensor {
  const pieces = [head, ...chunks].map((piece) => piece.slice());
  const index = random.integer(pieces.length);
  const piece = pieces[index]!;
  switch (random.integer(3)) {
    case 0:
      for (let i = 0; i < 4 && piece.length > 0; i++) {
        piece[random.integer(piece.length)] = random.integer(256);
      }
      break;
    case 1:
      pieces[index] = piece.slice(0, random.integer(piece.length + 1));
      break;
    default:
      pieces[index] = Uint8Array.from([...piece, 1, 2, 3]);
  }
  return { head: pieces[0]!, chunks: pieces.slice(1) };
}
