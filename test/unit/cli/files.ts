import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Random } from '../../../src/math/random';

/** A safetensors file with a matrix `weight` [64, 256], a matrix `head.weight` [64, 128] and a vector `head.bias` [64]. */
export async function writeSmallModel(folder: string, name = 'model.safetensors', seed = 1): Promise<string> {
  const random = new Random(seed);
  const tensors = { weight: [64, 256], 'head.weight': [64, 128], 'head.bias': [64] };
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  const pieces: Buffer[] = [];
  let offset = 0;
  for (const [tensor, shape] of Object.entries(tensors)) {
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => 0.05 * random.normal());
    header[tensor] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
    pieces.push(Buffer.from(values.buffer));
  }
  const text = JSON.stringify(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = path.join(folder, name);
  await writeFile(file, Buffer.concat([length, Buffer.from(text), ...pieces]));
  return file;
}

/** An experiment on the cpu engine that learns y = 2x − 1; `model` may do something before it is built. */
export async function writeExperiment(folder: string, name: string, before = ''): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(
    file,
    `import * as tf from '@tensorflow/tfjs';
import { arrays, defineExperiment } from 'weightroom';

const x = Array.from({ length: 32 }, (_, i) => [i / 16 - 1]);
const split = { x, y: x.map(([value]) => [2 * value! - 1]) };

export default defineExperiment({
  name: 'a line',
  data: arrays({ train: split, test: split }),
  model: () => {
    ${before}
    return tf.sequential({ layers: [tf.layers.dense({ inputShape: [1], units: 1 })] });
  },
  loss: 'meanSquaredError',
  optimizer: { name: 'sgd', learningRate: 0.1 },
  batchSize: 8,
  epochs: 3,
  seed: 1,
});
`,
  );
  return file;
}
