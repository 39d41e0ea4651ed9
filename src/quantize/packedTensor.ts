import { crc32 } from '../math/crc32';
import { damaged } from './damage';

/**
 * A coded tensor. `head` is what all chunks share (scales, levels, frequencies); each chunk codes a
 * consecutive range of elements and, with the head, is decoded alone.
 */
export interface PackedTensor {
  readonly head: Uint8Array;
  readonly chunks: readonly Uint8Array[];
}

/** Bytes before the table of chunks: number of chunks, length and checksum of the head. */
const FIXED_BYTES = 12;
/** Bytes of a chunk's entry in the table: its length and its checksum. */
const ENTRY_BYTES = 8;

/** Bytes that a packed tensor takes in a native file. */
export function packedTensorLength({ head, chunks }: PackedTensor): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, tableEnd(chunks.length) + head.length);
}

/**
 * A packed tensor as it stands in a native file, all numbers u32 little-endian:
 * `chunks | headBytes | crc32(head) | chunks × (bytes, crc32) | head | chunk 0 | chunk 1 | …`
 */
export function encodePackedTensor(packed: PackedTensor): Uint8Array<ArrayBuffer> {
  const { head, chunks } = packed;
  const bytes = new Uint8Array(packedTensorLength(packed));
  const view = new DataView(bytes.buffer);
  [chunks.length, head.length, crc32(head)].forEach((field, i) => view.setUint32(4 * i, field, true));
  let end = tableEnd(chunks.length);
  bytes.set(head, end);
  end += head.length;
  for (const [i, chunk] of chunks.entries()) {
    view.setUint32(tableEnd(i), chunk.length, true);
    view.setUint32(tableEnd(i) + 4, crc32(chunk), true);
    bytes.set(chunk, end);
    end += chunk.length;
  }
  return bytes;
}

function tableEnd(chunks: number): number {
  return FIXED_BYTES + ENTRY_BYTES * chunks;
}

/** Bytes that are read by position: a part of a file, or a download. */
export interface ByteSource {
  readonly length: number;
  /** Exactly `length` bytes from `begin` on. Never asked for more than the source has. */
  read(begin: number, length: number): Promise<Uint8Array>;
}

/** A stretch of a packed tensor under one checksum. */
interface Piece {
  /** What it is, for messages: `its head`, `chunk 3`. */
  readonly what: string;
  readonly begin: number;
  readonly length: number;
  readonly checksum: number;
}

/**
 * Reads a packed tensor piece by piece and checks each against its checksum. `open`, `readHead`, then
 * `readChunk(0)`, `readChunk(1)`, … read the bytes in their order without a gap, as a download gives them.
 */
export class PackedTensorReader {
  private constructor(
    /** Name of the tensor, for messages. */
    readonly name: string,
    private readonly source: ByteSource,
    private readonly head: Piece,
    private readonly chunks: readonly Piece[],
  ) {}

  /** @throws UserError `native-damaged` where the table does not fit the bytes there are */
  static async open(name: string, source: ByteSource): Promise<PackedTensorReader> {
    const short = () => damaged(`${name} is cut short`);
    if (source.length < FIXED_BYTES) throw short();
    const fixed = await readView(source, 0, FIXED_BYTES);
    const count = fixed.getUint32(0, true);
    const headBytes = fixed.getUint32(4, true);
    if (tableEnd(count) + headBytes > source.length) throw short();
    const table = await readView(source, FIXED_BYTES, ENTRY_BYTES * count);
    let end = tableEnd(count);
    const piece = (what: string, length: number, checksum: number): Piece => {
      const begin = end;
      end += length;
      return { what, begin, length, checksum };
    };
    const head = piece('its head', headBytes, fixed.getUint32(8, true));
    const chunks = Array.from({ length: count }, (_, i) =>
      piece(`chunk ${i}`, table.getUint32(ENTRY_BYTES * i, true), table.getUint32(ENTRY_BYTES * i + 4, true)),
    );
    if (end > source.length) throw short();
    if (end < source.length) throw damaged(`${name} has ${source.length - end} bytes too many`);
    return new PackedTensorReader(name, source, head, chunks);
  }

  /** Bytes of the whole. */
  get length(): number {
    return this.source.length;
  }

  get chunkCount(): number {
    return this.chunks.length;
  }

  /** @throws UserError `native-damaged` where the checksum is another */
  async readHead(): Promise<Uint8Array> {
    return this.readPiece(this.head);
  }

  /** @throws UserError `native-damaged` where the checksum is another */
  async readChunk(index: number): Promise<Uint8Array> {
    return this.readPiece(this.chunks[index]!);
  }

  private async readPiece({ what, begin, length, checksum }: Piece): Promise<Uint8Array> {
    const bytes = await this.source.read(begin, length);
    if (crc32(bytes) !== checksum) throw damaged(`${this.name}, ${what}: the checksum is another`);
    return bytes;
  }
}

async function readView(source: ByteSource, begin: number, length: number): Promise<DataView> {
  const bytes = await source.read(begin, length);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
