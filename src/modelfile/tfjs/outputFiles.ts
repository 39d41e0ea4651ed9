import path from 'node:path';
import { UserError } from '../../protocol/userError';

/** Where the converter of TensorFlow.js cuts its binary files: browsers cache files of this size. */
export const SHARD_BYTES = 4 * 2 ** 20;

/**
 * What the names of the binary files beside a `model.json` start with.
 * @throws UserError `output-name` where the name is none for such a file
 */
export function jsonStem(target: string): string {
  if (/^.+\.json$/i.test(path.basename(target)) && !/\.safetensors\.index\.json$/i.test(target)) {
    return target.slice(0, -'.json'.length);
  }
  throw new UserError(
    'output-name',
    `${path.basename(target)} is not a name for a TensorFlow.js model.`,
    'Choose a name that ends in .json.',
  );
}
