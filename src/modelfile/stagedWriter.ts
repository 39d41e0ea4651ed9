import type { ModelWriter } from './model';
import type { StagedFile, StagedFiles } from './stagedFiles';

/** A stretch of a staged file. */
export interface StagedPart {
  readonly file: StagedFile;
  readonly start: number;
  readonly length: number;
}

/** Where the bytes of one tensor go: usually one stretch, several where files are cut at fixed sizes. */
export interface Slot {
  readonly name: string;
  readonly parts: readonly StagedPart[];
}

/** Fills staged files tensor by tensor. Any error removes all of them. */
export class StagedWriter implements ModelWriter {
  private next = 0;

  constructor(
    private readonly staged: StagedFiles,
    private readonly slots: readonly Slot[],
  ) {}

  async write(name: string, bytes: Uint8Array): Promise<void> {
    try {
      const slot = this.slots[this.next];
      if (slot?.name !== name) throw new Error(`Expected tensor ${slot?.name ?? 'none'}, got ${name}`);
      const length = slot.parts.reduce((sum, part) => sum + part.length, 0);
      if (bytes.length !== length) throw new Error(`${name} has ${bytes.length} bytes, not ${length}`);
      let begin = 0;
      for (const part of slot.parts) {
        await part.file.write(bytes.subarray(begin, begin + part.length), part.start);
        begin += part.length;
      }
      this.next++;
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  async finish(): Promise<readonly string[]> {
    return this.staged.commit();
  }

  async abort(): Promise<void> {
    await this.staged.discard();
  }
}
