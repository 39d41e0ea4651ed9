import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../runs/workspace';
import { LanguageServer } from './languageServer';

const EXPERIMENT = `import * as tf from '@tensorflow/tfjs';
import { arrays, defineExperiment } from 'weightroom';

const split = { x: [[0], [1]], y: [[0], [1]] };

export default defineExperiment({
  name: 'a line',
  data: arrays({ train: split, test: split }),
  model: () => tf.sequential({ layers: [tf.layers.dense({ inputShape: [1], units: 1 })] }),
  loss: 'meanSquaredError',
  optimizer: { name: 'sgd', learningRate: 0.1 },
  batchSize: 2,
  epochs: 3,
  seed: 1,
});
`;

async function project(config?: object): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, 'line.ts'), EXPERIMENT);
  if (config) await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
  return path.join(folder, 'line.ts');
}

describe("the plugin of the editor's TypeScript", () => {
  it('is what keeps an experiment outside of this repository free of red lines', async () => {
    const file = await project();
    const [without, plugged] = [new LanguageServer(false), new LanguageServer(true)];
    for (const server of [without, plugged]) server.open(file);
    expect((await without.errors(file)).join()).toContain("'weightroom'");
    expect(await plugged.errors(file)).toEqual([]);
  });

  it.each(['node16', 'bundler', 'nodenext'])(
    'does so in a strict project with moduleResolution %s',
    async (kind) => {
      const module = kind === 'bundler' ? 'esnext' : kind;
      const file = await project({
        compilerOptions: { strict: true, module, moduleResolution: kind, types: [] },
      });
      const server = new LanguageServer(true);
      server.open(file);
      expect(await server.errors(file)).toEqual([]);
    },
  );

  it('completes every field of an experiment, and underlines a wrong one', async () => {
    const file = await project();
    const text = EXPERIMENT.replace('  epochs: 3,\n', '  \n').replace("'sgd'", "'sgdd'");
    await writeFile(file, text);
    const server = new LanguageServer(true);
    server.open(file);
    const fields = ['checkpoints', 'compile', 'epochs', 'evaluateEvery', 'metrics', 'parameters'];
    expect(await server.completions(file, text, 'batchSize: 2,\n  ')).toEqual(expect.arrayContaining(fields));
    expect(await server.completions(file, text, 'tf.')).toEqual(
      expect.arrayContaining(['layers', 'sequential']),
    );
    expect((await server.errors(file)).join()).toContain('"sgdd"');
  });

  it('completes in plain JavaScript', async () => {
    const file = path.join(await temporaryFolder(), 'line.js');
    const text =
      "import { defineExperiment } from 'weightroom';\nexport default defineExperiment({\n  \n});\n";
    await writeFile(file, text);
    const server = new LanguageServer(true);
    server.open(file);
    expect(await server.completions(file, text, '({\n  ')).toEqual(
      expect.arrayContaining(['batchSize', 'optimizer']),
    );
  });

  it('leaves alone what a project has installed itself', async () => {
    const file = await project();
    const own = path.join(path.dirname(file), 'node_modules', 'weightroom');
    await mkdir(own, { recursive: true });
    await writeFile(path.join(own, 'index.d.ts'), 'export declare const arrays: number;\n');
    await writeFile(path.join(own, 'package.json'), '{ "name": "weightroom", "types": "index.d.ts" }');
    const server = new LanguageServer(true);
    server.open(file);
    expect((await server.errors(file)).join()).toContain("no exported member 'defineExperiment'");
  });

  it('speaks of the TensorFlow.js that a project has installed itself', async () => {
    const file = await project();
    const own = path.join(path.dirname(file), 'node_modules', '@tensorflow', 'tfjs');
    await mkdir(own, { recursive: true });
    const declarations =
      'export declare class LayersModel { private own: 1 }\nexport declare function mine(): LayersModel;\n';
    await writeFile(path.join(own, 'index.d.ts'), declarations);
    await writeFile(path.join(own, 'package.json'), '{ "name": "@tensorflow/tfjs", "types": "index.d.ts" }');
    await writeFile(file, EXPERIMENT.replace(/model: .*/, 'model: () => tf.mine(),'));
    const server = new LanguageServer(true);
    server.open(file);
    expect(await server.errors(file)).toEqual([]);
  });
});
