import { isEncodable } from '../modelfile/dtype';
import type { Model, TensorEntry } from '../modelfile/model';
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

/** A table of vectors by its name, unless it is a matrix that is applied to such vectors. */
const EMBEDDING = /embed|wte\b|word_emb|vocab/i;
const APPLIED = /proj|linear|dense|fc\d?\b|norm/i;
/** Names that language models give to a table which, without a head of its own, is their last matrix too. */
const TABLE_OF_LANGUAGE_MODEL = /wte\b|embed_tokens|tok_embeddings|embed_in|shared/i;
const HEAD = /lm_head|output\.weight$|embed_out|logits|prediction/i;

/** Rows to columns of a table of vectors: even LLaMA's, of 4096 columns, has eight times as many rows. */
const EMBEDDING_RATIO = 4;

/**
 * Bits a weight that a tensor needs less than others for the same harm to the model: 1 for a table of
 * embeddings, else 0.
 *
 * Of a table each input reads a few rows, whose errors do not pass through sums over hundreds of inputs
 * as those of a matrix do. Measured on a sentence encoder of 23 million weights, coded without data, the
 * embeddings at 2 bits move the result half as far (1 − cosine 0.009) as the matrices at 4 (0.018), and both
 * errors add. A table that is the output matrix of a language model too (no other head in the file) is as
 * sensitive as any matrix and spares nothing.
 */
export function bitsToSpare(tensor: TensorEntry, { tensors }: Pick<Model, 'tensors'>): number {
  if (!isEmbedding(tensor)) return 0;
  const isTied = TABLE_OF_LANGUAGE_MODEL.test(tensor.name) && !tensors.some(({ name }) => HEAD.test(name));
  return isTied ? 0 : 1;
}

/** Whether a tensor is a table of vectors, one a row: by its name, and far more rows than columns. */
export function isEmbedding({ name, shape }: Pick<TensorEntry, 'name' | 'shape'>): boolean {
  const [rows = 1, columns = 1, ...others] = shape.filter((dimension) => dimension > 1);
  const isTable = others.length === 0 && rows >= EMBEDDING_RATIO * columns;
  return isTable && EMBEDDING.test(name) && !APPLIED.test(name);
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
