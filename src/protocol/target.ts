import { readByteCount } from './byteCount';
import { METHOD_OFFERS, offersBits, type QuantizationMethodId, type QuantizeSpec } from './jobSpec';

/** What a quantization aims at: bits a weight, or where `size` is given, bytes of the packed file. */
export type Target = Pick<QuantizeSpec, 'bits' | 'size'>;

/**
 * Reads what a person types: bits as `2.5` or `2.5 bits`, a size as `3 MB`. `undefined` where the text is
 * neither, or the method does not offer it.
 * @param bits those of the target where a size is given
 */
export function readTarget(text: string, method: QuantizationMethodId, bits: number): Target | undefined {
  const [, number] = /^\s*(\d+(?:[.,]\d+)?)\s*(?:bits?)?\s*$/i.exec(text) ?? [];
  if (number !== undefined) {
    const value = Number(number.replace(',', '.'));
    return offersBits(method, value) ? { bits: value } : undefined;
  }
  const size = METHOD_OFFERS[method].size ? readByteCount(text) : undefined;
  return size === undefined ? undefined : { bits, size };
}

/** Whether a person may type bits that no list holds, or a size. */
export function takesTypedTarget(method: QuantizationMethodId): boolean {
  const { bits, size } = METHOD_OFFERS[method];
  return size || !('whole' in bits);
}
