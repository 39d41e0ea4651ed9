import type { JsonObject } from '../protocol/validate';
import type { Range } from './groups';

/** Turns the chunks of one packed tensor back into weights. Runs in Node and in browsers. */
export interface TensorDecoder {
  /** Elements that each chunk codes, row-major: consecutive ranges that cover the tensor. */
  readonly ranges: readonly Range[];
  /**
   * Elements of chunk `index`, as long as its range. They may lie in the decoder's own memory, where the next
   * chunk overwrites them: a caller copies what it keeps.
   * @throws UserError `native-damaged` where the bytes cannot be what an encoder wrote
   */
  decode(index: number, chunk: Uint8Array): Float32Array;
  /**
   * What is left to do once all elements are there, such as undoing a rotation of the whole tensor.
   * Where it is missing, any range of rows can be read without the rest.
   */
  finish?(values: Float32Array): Float32Array;
}

/**
 * Prepares to decode one tensor of a method.
 *
 * @param coding the method's own parameters, as its encoder gave them; untrusted
 * @param shape of the tensor, row-major
 * @param head as the encoder wrote it; untrusted
 * @throws UserError `native-damaged`, `malformed`
 */
export type OpenDecoder = (coding: JsonObject, shape: readonly number[], head: Uint8Array) => TensorDecoder;
