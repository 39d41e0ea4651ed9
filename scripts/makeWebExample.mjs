// Makes examples/web/model/: the network of examples/mnist-mlp.ts, trained and quantized to 4 bits in the
// native form, as a page loads it. Needs a built dist/. `node scripts/makeWebExample.mjs [FOLDER]`
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { dist, root } from './lib/paths.mjs';

const { tf } = createRequire(import.meta.url)(path.join(dist, 'engines/cpu.js'));

const folder = path.resolve(process.argv[2] ?? path.join(root, 'examples/web/model'));
const work = await mkdtemp(path.join(os.tmpdir(), 'weightroom-web-'));
await mkdir(folder, { recursive: true });
try {
  const { run } = weightroom('run', path.join(root, 'examples/mnist-mlp.ts'));
  const model = network();
  model.setWeights(await readTensors(path.join(work, '.weightroom/runs', run, 'outputs/model.safetensors')));
  const original = path.join(work, 'model.json');
  await model.save(tf.io.withSaveHandler((artifacts) => writeModel(original, artifacts)));
  const packed = path.join(folder, 'model.w4.json');
  weightroom('quantize', original, '--bits', '4', '--form', 'native', '--force', '--out', packed);
} finally {
  await rm(work, { recursive: true, force: true });
}

function weightroom(...args) {
  const command = [path.join(dist, 'cli.js'), ...args, '--json', '--quiet', '--workspace', work];
  return JSON.parse(execFileSync(process.execPath, command, { encoding: 'utf8' }));
}

/** The network of the experiment, as a page runs it: with a softmax at the end. */
function network() {
  const { flatten, dense } = tf.layers;
  return tf.sequential({
    layers: [
      flatten({ inputShape: [28, 28, 1] }),
      dense({ units: 256, activation: 'relu' }),
      dense({ units: 10, activation: 'softmax' }),
    ],
  });
}

/** The tensors of a safetensors file, in the order of the file. */
async function readTensors(file) {
  const bytes = await readFile(file);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const entries = Object.entries(JSON.parse(bytes.toString('utf8', 8, start)));
  const tensors = entries.filter(([name]) => name !== '__metadata__').map(([, entry]) => entry);
  return tensors.map(({ shape, data_offsets: [begin, end] }) =>
    tf.tensor(new Float32Array(bytes.buffer.slice(start + begin, start + end)), shape),
  );
}

async function writeModel(file, { weightData, weightSpecs, ...described }) {
  const weights = 'weights.bin';
  await writeFile(path.join(path.dirname(file), weights), new Uint8Array(weightData));
  const weightsManifest = [{ paths: [weights], weights: weightSpecs }];
  await writeFile(file, JSON.stringify({ ...described, weightsManifest }));
  return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
}
