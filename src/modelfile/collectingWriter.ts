import path from 'node:path';
import { UserError } from '../protocol/userError';
import { planSafetensors, type FilePlan, type NewTensor } from './safetensors/plan';
import { ScratchFile } from './scratchFile';
import { StagedFiles, type StagedFile, type StagingOptions } from './stagedFiles';

/** Bytes that are copied at once. */
const COPY_BYTES = 2 ** 23;

/** Where the bytes of a safetensors file go. */
export interface Destination {
  /** The file that a person opens. */
  readonly target: string;
  /** A file that exists if an earlier output of the same name does, where that is not `target`. */
  readonly sign?: string;
  /** The files that hold `length` bytes one after another, and one that names them. */
  layOut(length: number): Promise<{
    readonly parts: readonly { readonly target: string; readonly length: number }[];
    readonly index?: { readonly target: string; readonly bytes: Uint8Array };
  }>;
}

export interface CollectingOptions extends StagingOptions {
  /** Names of all tensors to come. */
  readonly names: readonly string[];
  /** About how many bytes will come: a job that cannot end for lack of space should not start. */
  readonly expectedBytes: number;
}

/**
 * Writes a safetensors file whose tensors have lengths that are known only once they are made. Data is
 * collected in a scratch file beside the output; once all is there it is laid out as any safetensors
 * file (widest elements first) and copied behind the header. So the folder needs room for it twice.
 * Any error removes everything.
 */
export class CollectingWriter {
  private readonly scratch: ScratchFile;
  private readonly collected = new Map<string, { readonly tensor: NewTensor; readonly begin: number }>();

  private constructor(
    private readonly destination: Destination,
    private readonly options: StagingOptions,
  ) {
    this.scratch = new ScratchFile(destination.target);
  }

  /** @throws UserError as {@link StagedFiles.stage}, and `duplicate-tensor`, `too-many-tensors` for the names */
  static async start(destination: Destination, options: CollectingOptions): Promise<CollectingWriter> {
    const { names, expectedBytes } = options;
    const { target, sign } = destination;
    planSafetensors(
      target,
      names.map((name) => ({ name, dtype: 'U8', shape: [0] })),
      {},
    );
    const probes = [{ target, length: 2 * expectedBytes }];
    if (sign !== undefined) probes.push({ target: sign, length: 0 });
    await StagedFiles.stage(probes, options);
    return new CollectingWriter(destination, options);
  }

  /** Adds a tensor with its bytes. */
  async add(tensor: NewTensor, bytes: Uint8Array): Promise<void> {
    try {
      this.collected.set(tensor.name, { tensor, begin: await this.scratch.append(bytes) });
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  /**
   * Writes the output, flushes it to disk, renames, and returns the absolute paths of the files made.
   * @param size bytes that the files shall take together: the header is filled up until at most 7 are missing
   * @throws UserError `size-exceeded` where they take more
   */
  async finish(metadata: Readonly<Record<string, string>>, size?: number): Promise<readonly string[]> {
    try {
      const plan = await this.plan(metadata, size);
      const { parts, index } = await this.destination.layOut(plan.length);
      const files = [...parts];
      if (index !== undefined) files.push({ target: index.target, length: index.bytes.length });
      const staged = await StagedFiles.stage(files, this.options);
      try {
        await this.copy(
          plan,
          parts.map(({ length }, i) => ({ file: staged.at(i), length })),
        );
        if (index !== undefined) await staged.at(parts.length).write(index.bytes, 0);
      } catch (error) {
        await staged.discard();
        throw error;
      }
      return await staged.commit();
    } finally {
      await this.abort();
    }
  }

  async abort(): Promise<void> {
    await this.scratch.remove();
  }

  private async plan(metadata: Readonly<Record<string, string>>, size?: number): Promise<FilePlan> {
    const { target } = this.destination;
    const tensors = Array.from(this.collected.values(), ({ tensor }) => tensor);
    const plan = planSafetensors(target, tensors, metadata);
    if (size === undefined) return plan;
    const { index } = await this.destination.layOut(size);
    const spare = size - (index?.bytes.length ?? 0) - plan.length;
    if (spare >= 0) return planSafetensors(target, tensors, metadata, spare);
    throw new UserError(
      'size-exceeded',
      `${path.basename(target)} would take ${size - spare} bytes, more than ${size}.`,
      'Ask for a little more.',
    );
  }

  /** The header and then each tensor, cut over the files. */
  private async copy(
    { header, places }: FilePlan,
    parts: readonly { readonly file: StagedFile; readonly length: number }[],
  ): Promise<void> {
    let part = 0;
    let used = 0;
    const write = async (bytes: Uint8Array) => {
      for (let begin = 0; begin < bytes.length;) {
        const { file, length } = parts[part]!;
        const piece = bytes.subarray(begin, begin + length - used);
        await file.write(piece, used);
        begin += piece.length;
        used += piece.length;
        if (used === length) {
          part++;
          used = 0;
        }
      }
    };
    await write(header);
    const block = new Uint8Array(COPY_BYTES);
    for (const { name, length } of places.toSorted((a, b) => a.start - b.start)) {
      const { begin } = this.collected.get(name)!;
      for (let copied = 0; copied < length;) {
        const piece = block.subarray(0, Math.min(COPY_BYTES, length - copied));
        await this.scratch.read(begin + copied, piece);
        await write(piece);
        copied += piece.length;
      }
    }
  }
}
