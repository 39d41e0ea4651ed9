import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../src/engine/engine';
import { Random } from '../../src/math/random';
import { openModel } from '../../src/modelfile/open';
import { createSafetensorsWriter } from '../../src/modelfile/write';
import type { Input, Network, Start, Weights } from './networks/network';

/** Batches that a contestant takes in turn. */
export const BATCHES = 4;
const SEED = 1;

/** Batch i is `input.i` and the class of every label, `labels.i`; the rest are initial weights. */
const inputName = (i: number): string => `input.${i}`;
const labelsName = (i: number): string => `labels.${i}`;

/** Writes a network's initial weights and batches, all float32, for contestants in any language. */
export async function writeProblem(file: string, network: Network): Promise<void> {
  const random = new Random(SEED);
  const tensors = Object.entries(network.weights).map(([name, start]) => tensorOf(name, start, random));
  for (let i = 0; i < BATCHES; i++) {
    const { input, labels, classes } = network;
    tensors.push(inputOf(inputName(i), input, random), {
      name: labelsName(i),
      shape: [labels],
      values: Float32Array.from({ length: labels }, () => random.integer(classes)),
    });
  }
  const entries = tensors.map(({ name, shape }) => ({ name, dtype: 'F32' as const, shape }));
  const writer = await createSafetensorsWriter(file, entries, {}, { force: true });
  for (const { name, values } of tensors) await writer.write(name, new Uint8Array(values.buffer));
  await writer.finish();
}

export interface Problem {
  readonly weights: Weights;
  /** Inputs and one-hot labels. */
  readonly batches: readonly (readonly [Tensor, Tensor])[];
}

/** Reads a problem into tensors. */
export async function readProblem(tf: TensorFlow, file: string, network: Network): Promise<Problem> {
  const model = await openModel(file);
  try {
    const weights: Record<string, Tensor> = {};
    for (const [name, { shape }] of Object.entries(network.weights)) {
      weights[name] = tf.tensor(await model.readFloat32(name), [...shape]);
    }
    const batches: [Tensor, Tensor][] = [];
    for (let i = 0; i < BATCHES; i++) {
      const { shape, kind } = network.input;
      const type = kind === 'integers' ? 'int32' : 'float32';
      const input = tf.tensor(await model.readFloat32(inputName(i)), [...shape], type);
      const labels = tf.tensor1d(await model.readFloat32(labelsName(i)), 'int32');
      batches.push([input, tf.tidy(() => tf.cast(tf.oneHot(labels, network.classes), 'float32'))]);
      labels.dispose();
    }
    return { weights, batches };
  } finally {
    await model.close();
  }
}

interface Values {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

function tensorOf(name: string, start: Start, random: Random): Values {
  const values = new Float32Array(sizeOf(start.shape));
  if ('value' in start) values.fill(start.value);
  else for (let i = 0; i < values.length; i++) values[i] = start.deviation * random.normal();
  return { name, shape: start.shape, values };
}

function inputOf(name: string, input: Input, random: Random): Values {
  const draw = input.kind === 'normal' ? () => random.normal() : () => random.integer(input.below);
  return { name, shape: input.shape, values: Float32Array.from({ length: sizeOf(input.shape) }, draw) };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
