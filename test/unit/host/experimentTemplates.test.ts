import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXPERIMENT_TEMPLATES, type TemplateName } from '../../../src/host/experiments/experimentTemplates';
import { document } from '../cli/commandLine';
import { temporaryFolder } from '../runs/workspace';

const examples = path.join(process.env['WEIGHTROOM_DIST'] ?? 'dist', 'examples');

/** As little data and as small a network as the template allows. */
const SMALL: Readonly<Record<TemplateName, readonly string[]>> = {
  logisticRegression: ['data.trainSize=300', 'data.testSize=100'],
  mlp: ['data.trainSize=300', 'data.testSize=100'],
  cnn: ['data.trainSize=300', 'data.testSize=100'],
  multiTask: ['data.trainSize=300', 'data.testSize=100', 'loss.right.weight=0.5'],
  resnet20: ['data.folder=.', 'batchSize=4', 'parameters.filters=4', 'parameters.blocks=1'],
  textClassifier: ['data.count=60', 'batchSize=4', 'parameters.width=32', 'parameters.layers=1'],
  languageModel: ['data.testShare=0.001', 'batchSize=4', 'parameters.width=32', 'parameters.layers=1'],
};

/** Files with the names of CIFAR-10 and some images of noise. */
async function writeImages(folder: string): Promise<void> {
  const noise = Buffer.from(
    Array.from({ length: 4 * 3073 }, (_, i) => (i % 3073 === 0 ? i % 7 : (i * i) % 251)),
  );
  const names = ['test_batch', ...[1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}`)];
  for (const name of names) await writeFile(path.join(folder, `${name}.bin`), noise);
}

describe('templates of new experiments', () => {
  it.each(Object.keys(EXPERIMENT_TEMPLATES) as TemplateName[])(
    '%s trains in a folder of its own',
    async (name) => {
      const folder = await temporaryFolder();
      const { file, companions } = EXPERIMENT_TEMPLATES[name];
      for (const copied of [file, ...companions]) {
        await mkdir(path.dirname(path.join(folder, copied)), { recursive: true });
        await copyFile(path.join(examples, copied), path.join(folder, copied));
      }
      if (name === 'resnet20') await writeImages(folder);
      // Its remedy asks for an installation of the corpus.
      if (name === 'textClassifier')
        await symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'));
      const settings = SMALL[name].flatMap((setting) => ['--set', setting]);
      const answer = await document(folder, 'run', file, '--max-steps', '3', ...settings);
      expect(answer).toMatchObject({ state: 'done', steps: 3 });
      const { final } = answer as { readonly final: Readonly<Record<string, number>> };
      for (const loss of [final['trainLoss'], final['testLoss']]) {
        expect(loss).toBeGreaterThan(0);
        expect(loss).toBeLessThan(20);
      }
    },
  );
});
