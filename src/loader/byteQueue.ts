import { damaged } from '../quantize/damage';
import type { ByteStream } from './download';

/** Bytes of one or more streams, one after another, taken in pieces of any length as they arrive. */
export class ByteQueue {
  private waiting: Uint8Array[] = [];
  private available = 0;
  private taken = 0;
  private readonly arrivals: AsyncIterator<Uint8Array>;

  /** @param onArrival is called whenever bytes have arrived */
  constructor(
    stream: ByteStream,
    private readonly onArrival: () => void,
  ) {
    this.arrivals = stream[Symbol.asyncIterator]();
  }

  /** Bytes that were taken so far. */
  get position(): number {
    return this.taken;
  }

  /** Bytes that have arrived so far. */
  get arrived(): number {
    return this.taken + this.available;
  }

  /**
   * The next `length` bytes.
   * @throws UserError `native-damaged` where the streams end before
   */
  async take(length: number): Promise<Uint8Array<ArrayBuffer>> {
    while (this.available < length) {
      const arrival = await this.arrivals.next();
      if (arrival.done === true) throw damaged(`it ends after ${this.arrived} bytes`);
      this.waiting.push(arrival.value);
      this.available += arrival.value.length;
      this.onArrival();
    }
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length;) {
      const first = this.waiting[0]!;
      const part = first.subarray(0, length - filled);
      bytes.set(part, filled);
      filled += part.length;
      if (part.length === first.length) this.waiting.shift();
      else this.waiting[0] = first.subarray(part.length);
    }
    this.available -= length;
    this.taken += length;
    return bytes;
  }

  /** Ends the download where it is. */
  async close(): Promise<void> {
    await this.arrivals.return?.();
  }
}
