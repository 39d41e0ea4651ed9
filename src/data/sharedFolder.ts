import path from 'node:path';
import { UserError } from '../protocol/userError';
import { isFolder } from './nearest';

/** A published data set that a person puts into a folder. */
export interface PublishedData {
  /** For people. */
  readonly name: string;
  /** Its folder in the one that WEIGHTROOM_DATA names. */
  readonly folder: string;
  readonly missing: string;
  readonly remedy: string;
}

/**
 * The folder of a published data set: the named one, else its own in the folder that the environment variable
 * WEIGHTROOM_DATA names.
 * @param experimentFolder absolute; a named folder counts from it
 * @throws UserError with the code `missing`
 */
export async function publishedFolder(
  named: string | undefined,
  experimentFolder: string,
  { name, folder, missing, remedy }: PublishedData,
): Promise<string> {
  const shared = process.env['WEIGHTROOM_DATA'];
  const wanted =
    named !== undefined
      ? path.resolve(experimentFolder, named)
      : shared !== undefined
        ? path.join(shared, folder)
        : undefined;
  if (wanted === undefined) throw new UserError(missing, `No folder with ${name} is named.`, remedy);
  if (await isFolder(wanted)) return wanted;
  throw new UserError(missing, `The folder ${wanted} for ${name} does not exist.`, remedy);
}
