import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { JobSpec } from '../protocol/jobSpec';
import { parseJobSpec } from '../protocol/parseJobSpec';
import { UserError } from '../protocol/userError';
import { numberAt, objectAt } from '../protocol/validate';
import { systemCode } from './fileError';
import { runFiles } from './layout';

/** `spec.json`, as far as readers need it. */
export interface SpecFile {
  /** When the run was asked for, milliseconds since 1970. */
  readonly created: number;
  readonly spec: JobSpec;
}

/** Reads what was asked; throws a {@link UserError} `not-a-run` where the folder holds no valid spec. */
export async function readSpec(folder: string): Promise<SpecFile> {
  try {
    const file = objectAt(JSON.parse(await readFile(runFiles(folder).spec, 'utf8')), 'spec.json');
    return { created: numberAt(file['created'], 'created'), spec: parseJobSpec(file['spec']) };
  } catch (error) {
    const readable = error instanceof UserError || error instanceof SyntaxError;
    if (!readable && systemCode(error) === '') throw error;
    throw new UserError(
      'not-a-run',
      `${path.basename(folder)} is not a run: ${(error as Error).message}`,
      'Choose one of those that `weightroom runs` lists.',
      { cause: error },
    );
  }
}
