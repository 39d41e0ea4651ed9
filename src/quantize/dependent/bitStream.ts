import { damaged } from '../damage';

/** Writes whole numbers of any width one after another, least significant bit first. */
export class BitWriter {
  private readonly bytes: number[] = [];
  private pending = 0;
  private filled = 0;

  /** The last `width` bits of `value`; at most 32. */
  write(value: number, width: number): void {
    for (let bit = 0; bit < width; bit++) {
      this.pending |= ((value >>> bit) & 1) << this.filled;
      if (++this.filled === 8) {
        this.bytes.push(this.pending);
        this.pending = 0;
        this.filled = 0;
      }
    }
  }

  /** All that was written; what is left of the last byte is zero. */
  finish(): Uint8Array {
    return Uint8Array.from(this.filled > 0 ? [...this.bytes, this.pending] : this.bytes);
  }
}

/** Reads what a {@link BitWriter} wrote. */
export class BitReader {
  private position = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** @throws UserError `native-damaged` where fewer than so many bits are left */
  expect(bits: number): void {
    if (this.position + bits > 8 * this.bytes.length) throw damaged('it is cut short');
  }

  /**
   * The next `width` bits, at most 32, as an unsigned number.
   * @throws UserError `native-damaged` where there are not so many
   */
  read(width: number): number {
    this.expect(width);
    let value = 0;
    for (let bit = 0; bit < width; bit++, this.position++) {
      value += ((this.bytes[this.position >> 3]! >> (this.position & 7)) & 1) * 2 ** bit;
    }
    return value;
  }

  /** @throws UserError `native-damaged` where more is left than the rest of a byte of zeros */
  finish(): void {
    const left = 8 * this.bytes.length - this.position;
    if (left >= 8 || this.read(left) !== 0) throw damaged('it has bytes too many');
  }
}

/** Bits that hold every number from 0 to `largest`. */
export function bitWidth(largest: number): number {
  return 32 - Math.clz32(largest);
}
