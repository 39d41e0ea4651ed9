import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { UserError } from '../../../src/protocol/userError';
import { loadExperiment, type LoadedExperiment } from '../../../src/train/loadExperiment';
import { temporaryFolder } from '../modelfile/temporaryFolder';

const GOOD = `
import * as tf from '@tensorflow/tfjs';
import { defineExperiment, arrays } from 'weightroom';
import { units } from './sizes';

interface Unused { readonly a: number }

export default defineExperiment({
  name: 'from a file',
  data: arrays({ train: { x: [[0], [1]], y: [0, 1] } }),
  model: () => tf.sequential({ layers: [tf.layers.dense({ inputShape: [1], units })] }),
  loss: 'meanSquaredError',
  optimizer: { name: 'sgd', learningRate: 0.1 },
  batchSize: 2,
  epochs: 1,
  seed: Math.floor(Math.random() * 1000),
});
`;

describe('loadExperiment', () => {
  let tf: TensorFlow;
  beforeAll(async () => {
    ({ tf } = await loadEngine('cpu'));
  });

  async function files(sources: Readonly<Record<string, string>>): Promise<string> {
    const folder = await temporaryFolder();
    for (const [name, text] of Object.entries(sources)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
    return folder;
  }

  function outputShape({ experiment }: LoadedExperiment): readonly number[] {
    const model = experiment.model({});
    if (!(model instanceof tf.LayersModel)) throw new Error('The model is not one of the engine.');
    return (model.predict(tf.zeros([1, 1])) as Tensor).shape;
  }

  async function failure(sources: Readonly<Record<string, string>>): Promise<UserError> {
    const [entry] = Object.keys(sources);
    const folder = await files(sources);
    const error: unknown = await loadExperiment(path.join(folder, entry!), tf).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error instanceof UserError) return error;
    throw new Error(`Expected a UserError, got ${String(error)}`);
  }

  it('loads TypeScript without a build, with the tf of the engine, and writes nothing beside it', async () => {
    const folder = await files({ 'mine.ts': GOOD, 'sizes.ts': 'export const units: number = 3;' });
    const loaded = await loadExperiment(path.join(folder, 'mine.ts'), tf);
    expect(loaded.experiment.name).toBe('from a file');
    expect(loaded.folder).toBe(folder);
    expect(outputShape(loaded)).toEqual([1, 3]);
    expect(await readdir(folder)).toEqual(['mine.ts', 'sizes.ts']);
  });

  it('repeats what the file draws at random', async () => {
    const folder = await files({ 'mine.ts': GOOD, 'sizes.ts': 'export const units = 3;' });
    const seeds = [];
    for (let i = 0; i < 2; i++) {
      seeds.push((await loadExperiment(path.join(folder, 'mine.ts'), tf)).experiment.seed);
    }
    expect(seeds[0]).toBe(seeds[1]);
  });

  it.each([
    ['mine.mts', GOOD.replace("'./sizes'", "'./sizes.mjs'")],
    ['mine.mjs', GOOD.replace("'./sizes'", "'./sizes.mjs'").replace(/^interface.*$/m, '')],
    [
      'mine.cjs',
      GOOD.replace(/^interface.*$/m, '')
        .replace(/import \* as tf from (.*);/, 'const tf = require($1);')
        .replace(/import (\{.*\}) from (.*);/g, 'const $1 = require($2);')
        .replace("'./sizes'", "'./sizes.mjs'")
        .replace('export default', 'module.exports ='),
    ],
  ])('loads %s', async (name, text) => {
    const folder = await files({ [name]: text, 'sizes.mjs': 'export const units = 3;' });
    expect((await loadExperiment(path.join(folder, name), tf)).experiment.name).toBe('from a file');
  });

  it("bundles packages of the user's folder and gives them the same tf", async () => {
    const folder = await files({
      'mine.ts': GOOD.replace("'./sizes'", "'sizes'"),
      'node_modules/sizes/package.json': '{ "name": "sizes", "type": "module", "main": "main.js" }',
      'node_modules/sizes/main.js':
        "import * as core from '@tensorflow/tfjs-core'; export const units = core.scalar(5).dataSync()[0];",
    });
    expect(outputShape(await loadExperiment(path.join(folder, 'mine.ts'), tf))).toEqual([1, 5]);
  });

  it('knows where the file lies', async () => {
    const folder = await files({
      'mine.ts': GOOD.replace(
        "'from a file'",
        '[import.meta.dirname, import.meta.filename, import.meta.url].join()',
      ),
      'sizes.ts': 'export const units = 1;',
    });
    const file = path.join(folder, 'mine.ts');
    const { experiment } = await loadExperiment(file, tf);
    expect(experiment.name).toBe(`${folder},${file},file://${file}`);
  });

  it('points to a syntax error', async () => {
    const error = await failure({ 'mine.ts': 'const a = 1;\nconst b = ;\n' });
    expect(error.code).toBe('experiment-syntax');
    expect(error.message).toMatch(/^mine\.ts:2:11: /);
  });

  it('names a package that is not installed, and how to get it', async () => {
    const error = await failure({ 'mine.ts': "import x from '@scope/absent/deep';\nexport default x;\n" });
    expect(error.code).toBe('import-not-found');
    expect(error.message).toMatch(/^mine\.ts:1:\d+: "@scope\/absent\/deep" is not found/);
    expect(error.remedy).toContain('npm install @scope/absent" ');
  });

  it('names a file that is not there', async () => {
    const error = await failure({ 'mine.ts': "import { units } from './sizes';\nexport default units;\n" });
    expect(error).toMatchObject({ code: 'import-not-found', remedy: 'Correct the path of the import.' });
  });

  it('points to the line that throws while it is loaded, in whichever file', async () => {
    const error = await failure({
      'mine.ts': "import './other';\nexport default {};\n",
      'other.ts':
        "interface A { b: number }\nconst a: A | undefined = JSON.parse('null');\nconsole.log(a!.b);\n",
    });
    expect(error.code).toBe('experiment-threw');
    expect(error.message).toMatch(/^other\.ts:3:\d+: Cannot read properties of null/);
  });

  it('explains an error of the model by its line, and leaves others alone', async () => {
    const folder = await files({
      'mine.ts': GOOD.replace('units })', 'units: -units })'),
      'sizes.ts': 'export const units = 3;',
    });
    const { experiment, explain } = await loadExperiment(path.join(folder, 'mine.ts'), tf);
    const line = GOOD.split('\n').findIndex((text) => text.includes('model:')) + 1;
    let thrown: unknown;
    try {
      experiment.model({});
    } catch (error) {
      thrown = error;
    }
    const explained = explain(thrown);
    expect(explained).toBeInstanceOf(UserError);
    expect((explained as UserError).message).toMatch(new RegExp(`^mine\\.ts:${line}:\\d+: `));
    const unrelated = new Error('elsewhere');
    expect(explain(unrelated)).toBe(unrelated);
  });

  it.each([
    ['no-default-export', { 'mine.ts': 'export const a = 1;' }],
    ['experiment-malformed', { 'mine.ts': 'export default { name: 3 };' }],
    ['not-an-experiment', { 'mine.py': 'import numpy' }],
    ['experiment-threw', { 'mine.ts': "throw 'a text';" }],
  ])('reports %s', async (code, sources) => {
    expect((await failure(sources)).code).toBe(code);
  });

  it('reports a file that does not exist', async () => {
    const folder = await temporaryFolder();
    await expect(loadExperiment(path.join(folder, 'none.ts'), tf)).rejects.toMatchObject({
      code: 'experiment-not-found',
    });
  });
});
