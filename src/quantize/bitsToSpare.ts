import type { Model, TensorEntry } from '../modelfile/model';
import { keepReason } from './selection';

/** A table of vectors by its name, unless it is a matrix that is applied to such vectors. */
const EMBEDDING = /embed|wte\b|word_emb|vocab/i;
const APPLIED = /proj|linear|dense|fc\d?\b|norm/i;
/** Names that language models give to a table which, without a head of its own, is their last matrix too. */
const TABLE_OF_LANGUAGE_MODEL = /wte\b|embed_tokens|tok_embeddings|embed_in|shared/i;
const HEAD = /lm_head|output\.weight$|embed_out|logits|prediction/i;

/** Rows to columns of a table of vectors: even LLaMA's, of 4096 columns, has eight times as many rows. */
const EMBEDDING_RATIO = 4;

/** What a table of vectors needs less than a matrix of its size. */
const EMBEDDING_BITS = 1;
/** What twice the size spares. */
const BITS_PER_DOUBLING = 1 / 4;

/**
 * Bits a weight that a tensor needs less than others for the same harm to the model, as far as its name and size
 * tell. What counts is how tensors differ: one of the median size that is no table has 0.
 *
 * Large tensors need less. If the relative errors of all tensors did the same harm, those of n times the weights
 * could be log₂(n)/2 bits coarser, for they save n times the bits; if harm grew with the number of weights, no
 * coarser. Without data nobody knows: half of it is taken. On sentence encoders of 7 and 23 million weights at 3 bits
 * it lowers 1 − cosine of the embeddings by a fifth and by two fifths. A table of embeddings has a bit to spare
 * beside, for each input reads a few of its rows, whose errors do not pass through sums over hundreds of inputs.
 *
 * The last matrix of a language model, a table that serves as one (no other head in the file) among them, spares
 * nothing for its size: its errors are errors of the result.
 */
export function bitsToSpare(tensor: TensorEntry, { tensors }: Pick<Model, 'tensors'>): number {
  const bySize = BITS_PER_DOUBLING * Math.log2(tensor.size / medianSize(tensors));
  const isTied = TABLE_OF_LANGUAGE_MODEL.test(tensor.name) && !tensors.some(({ name }) => HEAD.test(name));
  if (isTied || HEAD.test(tensor.name)) return Math.min(0, bySize);
  return isEmbedding(tensor) ? EMBEDDING_BITS + bySize : bySize;
}

/** Whether a tensor is a table of vectors, one a row: by its name, and far more rows than columns. */
export function isEmbedding({ name, shape }: Pick<TensorEntry, 'name' | 'shape'>): boolean {
  const [rows = 1, columns = 1, ...others] = shape.filter((dimension) => dimension > 1);
  const isTable = others.length === 0 && rows >= EMBEDDING_RATIO * columns;
  return isTable && EMBEDDING.test(name) && !APPLIED.test(name);
}

/** Weights of the tensor in the middle, of those that can be quantized. */
function medianSize(tensors: readonly TensorEntry[]): number {
  const sizes = tensors.filter((tensor) => keepReason(tensor, []) === undefined).map(({ size }) => size);
  return sizes.toSorted((a, b) => a - b)[sizes.length >> 1] ?? 1;
}
