/**
 * What a model file may ask of its reader. Files come from strangers: each number below is refused
 * before anything of that size is allocated, and each says why no honest file needs more.
 */

/**
 * Bytes of a safetensors header, and of a shard index. The hub's own parser stops at 25 MB too, so a
 * longer header cannot be shown there either; 138 000 tensors (the largest published model, of a
 * trillion weights) take 18 MB in one file.
 */
export const MAX_HEADER_BYTES = 25_000_000;

/**
 * Bytes of a `model.json`. It is read whole and kept as bytes, nothing is built from its topology; a
 * transformer's takes under 5 MB, and a browser would not load one of this size.
 */
export const MAX_MODEL_JSON_BYTES = 100_000_000;

/**
 * Tensors of a model, over all its shards. What is kept of one takes about 300 bytes and its name, so that
 * the longest header that is admitted opens within a heap of 64 MB. The largest published model has 138 000.
 */
export const MAX_TENSORS = 160_000;

/** Dimensions of a tensor: what NumPy and PyTorch allow. */
export const MAX_RANK = 64;

/** Bytes of a tensor's name in the file. The longest seen, of a nested TensorFlow scope, is under 300. */
export const MAX_NAME_BYTES = 4096;

/** Pairs in `__metadata__`. Tools write a handful; trainers that log their settings there write about 100. */
export const MAX_METADATA_PAIRS = 4096;

/** Bytes of all of `__metadata__`. The longest in use, tag counts of training sets, take 1 or 2 MB. */
export const MAX_METADATA_BYTES = 16_000_000;

/** Files of a model. TensorFlow.js cuts at 4 MiB, so this is 40 GB there; elsewhere 200 is much. */
export const MAX_SHARDS = 10_000;

/** Keys of any other object that is read: entries have three, a manifest's weight has five. */
export const MAX_KEYS = 256;

/**
 * How deep JSON may nest. Keras nests one model in another at 6 levels each and graphs end at 10: this
 * is twenty models deep, and far from what exhausts a stack, ours or that of the program that opens our copy.
 */
export const MAX_JSON_DEPTH = 128;
