import { randomBytes } from 'node:crypto';
import { open, rename, rm, stat, statfs, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../protocol/userError';
import { diskFull, systemCode, writeError } from './fileErrors';

export interface StagingOptions {
  /** Replace files that exist. */
  readonly force: boolean;
  /** Files that must never be replaced, whatever `force` says: the model that is read. */
  readonly sources: readonly string[];
}

/** One system call writes less than 2 GiB. */
const WRITE_AT_ONCE = 2 ** 30;

/** A file under a temporary name in the folder of its destination. It is open only while it is filled. */
export class StagedFile {
  readonly temporary: string;
  private handle: FileHandle | undefined;
  private created = false;
  private missing: number;

  constructor(
    readonly target: string,
    length: number,
  ) {
    const mark = randomBytes(6).toString('hex');
    this.temporary = path.join(path.dirname(target), `.${path.basename(target)}.${mark}.tmp`);
    this.missing = length;
  }

  get isComplete(): boolean {
    return this.created && this.missing === 0;
  }

  /** Writes at a position. With its last missing byte the file goes to disk and is closed. */
  async write(bytes: Uint8Array, position: number): Promise<void> {
    try {
      this.handle ??= await open(this.temporary, this.created ? 'r+' : 'wx');
      this.created = true;
      for (let written = 0; written < bytes.length;) {
        const length = Math.min(bytes.length - written, WRITE_AT_ONCE);
        written += (await this.handle.write(bytes, written, length, position + written)).bytesWritten;
      }
      this.missing -= bytes.length;
      if (this.missing === 0) {
        await this.handle.sync();
        await this.close();
      }
    } catch (error) {
      throw writeError(error, this.target);
    }
  }

  async close(): Promise<void> {
    const handle = this.handle;
    this.handle = undefined;
    await handle?.close();
  }

  async remove(): Promise<void> {
    await this.close();
    if (this.created) await rm(this.temporary, { force: true });
  }
}

/** Files that come into being together or not at all, as far as a file system allows. */
export class StagedFiles {
  private readonly files: StagedFile[] = [];

  private constructor(private readonly options: StagingOptions) {}

  /**
   * Stages files of known lengths, in the order in which they will be renamed: what names the others
   * comes last. Nothing is created yet.
   * @throws UserError `output-exists`, `output-is-source`, `output-is-folder`, `folder-missing`,
   * `disk-full` where the space that is free now does not suffice
   */
  static async stage(
    files: readonly { readonly target: string; readonly length: number }[],
    options: StagingOptions,
  ): Promise<StagedFiles> {
    const staged = new StagedFiles(options);
    for (const { target, length } of files) {
      await checkTarget(target, options);
      staged.files.push(new StagedFile(target, length));
    }
    await checkSpace(files);
    return staged;
  }

  at(index: number): StagedFile {
    return this.files[index]!;
  }

  /** Renames all files to their destinations and returns these. On failure nothing new is left. */
  async commit(): Promise<readonly string[]> {
    const renamed: string[] = [];
    try {
      for (const file of this.files) {
        if (!file.isComplete) throw new Error(`${file.target} was not written whole`);
        await checkTarget(file.target, this.options);
      }
      for (const file of this.files) {
        try {
          await rename(file.temporary, file.target);
        } catch (error) {
          throw writeError(error, file.target);
        }
        renamed.push(file.target);
      }
    } catch (error) {
      // Where files were replaced, the old ones are gone and the new ones are at least whole.
      if (!this.options.force) for (const target of renamed) await rm(target, { force: true });
      await this.discard();
      throw error;
    }
    for (const folder of new Set(renamed.map((target) => path.dirname(target)))) await syncFolder(folder);
    return renamed;
  }

  /** Removes everything temporary. */
  async discard(): Promise<void> {
    for (const file of this.files) await file.remove();
  }
}

async function checkTarget(target: string, { force, sources }: StagingOptions): Promise<void> {
  let existing;
  try {
    existing = await stat(target, { bigint: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw writeError(error, target);
  }
  if (existing.isDirectory()) {
    throw new UserError('output-is-folder', `${target} is a folder.`, 'Choose a file name as output.');
  }
  for (const source of sources) {
    // Links of both kinds are the same file under another name.
    const { dev, ino } = await stat(source, { bigint: true });
    if (dev === existing.dev && ino === existing.ino) {
      throw new UserError(
        'output-is-source',
        `${target} is a file of the model that is read, and is never replaced.`,
        'Choose another output.',
      );
    }
  }
  if (!force) {
    throw new UserError(
      'output-exists',
      `${target} exists already.`,
      'Choose another output, or allow to replace it (--force).',
    );
  }
}

/** A job that cannot end for lack of space should not start. File systems that do not tell are trusted. */
async function checkSpace(
  files: readonly { readonly target: string; readonly length: number }[],
): Promise<void> {
  const [first] = files;
  if (first === undefined) return;
  let space;
  try {
    space = await statfs(path.dirname(first.target));
  } catch (error) {
    throw writeError(error, first.target);
  }
  const needed = files.reduce((sum, file) => sum + file.length, 0);
  if (space.blocks > 0 && needed > space.bavail * space.bsize) throw diskFull(first.target);
}

/** Makes renames outlive a power cut. Not every system can sync a folder, and then it is not needed. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
}
