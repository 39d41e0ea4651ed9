import type { JsonObject } from '../../protocol/validate';
import { UserError } from '../../protocol/userError';
import { rowLength } from '../matrixShape';
import type { PackedTensor } from '../packedTensor';
import { readKashinChunk, readKashinHead } from './kashinDecoder';
import { matricesOf } from './matrices';
import { PackedRows } from './packedRows';

/** A matrix W that multiplies vectors from its packed codes; its weights are never rebuilt. */
export interface KashinMatrix {
  readonly rows: number;
  readonly columns: number;
  /** W x of x `[columns]`: `[rows]`. */
  multiply(x: Float32Array): Float32Array;
  /** Wᵀ y of y `[rows]`: `[columns]`. */
  multiplyTransposed(y: Float32Array): Float32Array;
}

/**
 * Opens a tensor that a Kashin method coded row by row, w_r = s_r·(u_r + P v_r). P is symmetric and the same for
 * all rows, so
 *
 * - W x = S·(U x + V (P x)): rows along the inputs of a layer, as in weights `[out, in]`;
 * - Wᵀ y = Uᵀ(S y) + P (Vᵀ(S y)): rows along its outputs, as in kernels `[in, out]`.
 *
 * Both take one transform of a vector and two sums over the codes. Sums are in float64, so results agree with the
 * product of the rebuilt matrix to float32's precision. A row is a row of the tensor seen as a matrix.
 *
 * @param coding, shape, packed as a native file gives them
 * @throws UserError `no-rows` where vectors are not rows, `malformed`, `native-damaged`
 */
export function openKashinMatrix(
  coding: JsonObject,
  shape: readonly number[],
  { head: headBytes, chunks: chunkBytes }: PackedTensor,
): KashinMatrix {
  const head = readKashinHead(coding, shape, headBytes);
  const columns = rowLength(shape);
  if (head.coding.vectorLength !== columns || head.coding.columns !== undefined) {
    throw new UserError(
      'no-rows',
      'The matrix was not coded row by row, so it cannot be multiplied without rebuilding it.',
      'Quantize it with the transform rows.',
    );
  }
  const chunks = chunkBytes.map(
    (bytes, i) => new PackedRows(readKashinChunk(head, i, bytes), head.coding.bits, columns),
  );
  const rows = chunks.reduce((sum, chunk) => sum + chunk.count, 0);
  const involution = matricesOf(head.coding)(columns);
  const check = (vector: Float32Array, length: number) => {
    if (vector.length !== length)
      throw new RangeError(`A vector of ${length} is needed, not of ${vector.length}.`);
  };

  return {
    rows,
    columns,
    multiply(x) {
      check(x, columns);
      const rotated = x.slice();
      involution.apply(rotated);
      const product = new Float32Array(rows);
      let row = 0;
      for (const chunk of chunks) {
        chunk.multiply(x, rotated, product.subarray(row, row + chunk.count));
        row += chunk.count;
      }
      return product;
    },
    multiplyTransposed(y) {
      check(y, rows);
      const [uSum, vSum] = [new Float64Array(columns), new Float64Array(columns)];
      let row = 0;
      for (const chunk of chunks) {
        chunk.addTransposed(y.subarray(row, row + chunk.count), uSum, vSum);
        row += chunk.count;
      }
      const rotated = Float32Array.from(vSum);
      involution.apply(rotated);
      return rotated.map((value, i) => value + uSum[i]!);
    },
  };
}
