import { randomBytes } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { writeError } from './fileErrors';

/** One system call moves less than 2 GiB. */
const AT_ONCE = 2 ** 30;

/**
 * A file in the folder of an output that gathers data of unknown length until the output can be laid
 * out. It is removed in the end, whatever happens.
 */
export class ScratchFile {
  private readonly temporary: string;
  private handle: FileHandle | undefined;
  private created = false;
  private end = 0;

  constructor(private readonly target: string) {
    const mark = randomBytes(6).toString('hex');
    this.temporary = path.join(path.dirname(target), `.${path.basename(target)}.${mark}.scratch.tmp`);
  }

  /** Appends bytes and returns where they start. */
  async append(bytes: Uint8Array): Promise<number> {
    const begin = this.end;
    try {
      this.handle ??= await open(this.temporary, 'wx+');
      this.created = true;
      for (let written = 0; written < bytes.length;) {
        const length = Math.min(bytes.length - written, AT_ONCE);
        written += (await this.handle.write(bytes, written, length, begin + written)).bytesWritten;
      }
    } catch (error) {
      throw writeError(error, this.target);
    }
    this.end = begin + bytes.length;
    return begin;
  }

  /** Fills `bytes` with what was appended from `begin` on. */
  async read(begin: number, bytes: Uint8Array): Promise<void> {
    for (let filled = 0; filled < bytes.length;) {
      const length = Math.min(bytes.length - filled, AT_ONCE);
      const { bytesRead } = await this.handle!.read(bytes, filled, length, begin + filled);
      if (bytesRead === 0) throw new Error(`${this.temporary} lost its end`);
      filled += bytesRead;
    }
  }

  async remove(): Promise<void> {
    const handle = this.handle;
    this.handle = undefined;
    await handle?.close();
    if (this.created) await rm(this.temporary, { force: true });
  }
}
