import { isEncodable } from '../modelfile/dtype';
import type { TensorEntry } from '../modelfile/model';
import { matrixRows, SMALLEST_SIDE } from './matrixShape';

/** Fewer weights than this save nothing worth an error. */
const SMALLEST_TENSOR = 4096;

/**
 * Why a tensor is copied unchanged, judged by its header; `undefined` where it is to be quantized: a
 * floating-point tensor of at least 4096 elements that is a matrix of at least 32 rows and columns once
 * its dimensions of 1 are dropped and the rest is cut somewhere in two. So kernels `[1, 1, in, out]`,
 * `[kh, kw, in, out]` and `[out, in, kh, kw]` count; vectors (biases, norms) and numbers of other kinds
 * are kept. `keep` are patterns of names, see {@link matchesGlob}.
 */
export function keepReason(tensor: TensorEntry, keep: readonly string[]): string | undefined {
  const pattern = keep.find((glob) => matchesGlob(tensor.name, glob));
  if (pattern !== undefined) return `its name matches ${pattern}`;
  if (tensor.dtype.startsWith('F8')) return 'it has 8 bits already';
  if (!isEncodable(tensor.dtype)) return `${tensor.dtype} numbers are no weights`;
  if (tensor.size < SMALLEST_TENSOR) return `it has fewer than ${SMALLEST_TENSOR} elements`;
  if (matrixRows(tensor.shape) === undefined) return `it is no matrix of ${SMALLEST_SIDE} rows and columns`;
  return undefined;
}

/**
 * Whether a pattern describes the whole of a name: `*` stands for any characters, slashes and dots too,
 * `?` for one. Time is at most the product of both lengths.
 */
export function matchesGlob(name: string, glob: string): boolean {
  let at = 0;
  let pattern = 0;
  let star = -1;
  let resume = 0;
  while (at < name.length) {
    if (glob[pattern] === '*') {
      star = pattern++;
      resume = at;
    } else if (pattern < glob.length && (glob[pattern] === '?' || glob[pattern] === name[at])) {
      pattern++;
      at++;
    } else if (star >= 0) {
      pattern = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  while (glob[pattern] === '*') pattern++;
  return pattern === glob.length;
}
