import { decodeFloat32 } from '../modelfile/dtype';
import { damaged } from './damage';

/** Reads the little-endian fields of a head or a chunk one after another; every length is checked. */
export class FieldReader {
  private next = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.view.getUint8(this.advance(1));
  }

  u16(): number {
    return this.view.getUint16(this.advance(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  f32(): number {
    return this.view.getFloat32(this.advance(4), true);
  }

  /** `count` numbers as float32. */
  floats(count: number, dtype: 'F16' | 'F32'): Float32Array {
    return decodeFloat32(this.take(count * (dtype === 'F16' ? 2 : 4)).slice(), dtype);
  }

  /** The next bytes, as a view. */
  take(length: number): Uint8Array {
    const begin = this.advance(length);
    return this.bytes.subarray(begin, begin + length);
  }

  /** @throws UserError `native-damaged` where bytes are left */
  end(): void {
    const left = this.bytes.length - this.next;
    if (left > 0) throw damaged(`${left} bytes too many`);
  }

  private advance(length: number): number {
    const begin = this.next;
    if (begin + length > this.bytes.length) {
      throw damaged(`${begin + length - this.bytes.length} bytes are missing`);
    }
    this.next += length;
    return begin;
  }
}

/** Pieces one after another. */
export function joinBytes(...pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const piece of pieces) {
    joined.set(piece, end);
    end += piece.length;
  }
  return joined;
}
