import path from 'node:path';
import { UserError } from '../protocol/userError';
import type { StoredModel } from './storedModel';
import { openSafetensors, openShardedSafetensors } from './safetensors/open';
import { examineFile } from './sourceFile';
import { openTfjs } from './tfjs/open';

/**
 * Opens a model by its file name: `*.safetensors` (one file, or one shard of a set),
 * `*.safetensors.index.json` (the set) or any other `*.json` (TensorFlow.js). Only headers are read.
 * @throws UserError `unknown-format`, or whatever is wrong with the file
 */
export async function openModel(file: string): Promise<StoredModel> {
  const source = await examineFile(path.resolve(file));
  const name = path.basename(source.path).toLowerCase();
  if (name.endsWith('.safetensors')) return openSafetensors(source);
  if (name.endsWith('.safetensors.index.json')) return openShardedSafetensors(source);
  if (name.endsWith('.json')) return openTfjs(source);
  throw new UserError(
    'unknown-format',
    `${name} is not a kind of model file that can be read.`,
    'Choose a .safetensors file, a .safetensors.index.json, or the model.json of a TensorFlow.js model.',
  );
}
