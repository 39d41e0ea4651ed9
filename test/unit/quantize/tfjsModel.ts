import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { encodeFloat32 } from '../../../src/modelfile/dtype';
import { makeTfjs, type Fixture, type TfjsKind } from '../modelfile/fixtures';
import { normalSample } from './samples';

/** A TF.js model with a kernel that is large enough to be quantized: those of the fixture are kept. */
export async function makeTfjsWithKernel(folder: string, kind: TfjsKind): Promise<Fixture> {
  const fixture = await makeTfjs(folder, 1, kind, { packed: true });
  const model = JSON.parse(await readFile(fixture.path, 'utf8')) as { weightsManifest: unknown[] };
  const weights = [{ name: 'large/kernel', shape: [3, 3, 48, 40], dtype: 'float32' }];
  await writeFile(path.join(folder, 'large.bin'), encodeFloat32(normalSample(9 * 48 * 40, 1), 'F32'));
  model.weightsManifest.push({ paths: ['large.bin'], weights });
  await writeFile(fixture.path, JSON.stringify(model));
  return fixture;
}
