/** Quantizations for the panels to show: real runs of the product on a small model made from a seed. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Random } from '../../../src/math/random';
import type { Quality } from '../../../src/protocol/events';
import type { OutputForm } from '../../../src/protocol/jobSpec';
import type { RunView } from '../../../src/protocol/messages';
import { openAnyModel } from '../../../src/quantize/native/open';
import { runsFolder } from '../../../src/runs/layout';
import { readRun } from '../../../src/runs/read';
import { runView } from '../../../src/runs/view';
import { document } from '../../unit/cli/commandLine';
import { writeModel, type TestTensor } from '../../unit/quantize/modelFiles';

const WIDTH = 64;
const MATRICES = ['query', 'key', 'value', 'output', 'dense_1', 'dense_2'];

/**
 * The k-th tensor of a small transformer, eight a layer: normal weights in rows of different size, with a
 * few outliers; a norm and a bias.
 */
function weightsOf(k: number): TestTensor {
  const random = new Random(1000 + k);
  const layer = `encoder/layer_${Math.floor(k / 8)}`;
  const matrix = MATRICES[k % 8];
  if (matrix === undefined) {
    const name = `${layer}/${k % 8 === 6 ? 'norm/scale' : 'dense/bias'}`;
    const values = Float32Array.from({ length: WIDTH }, () => random.normal());
    return { name, dtype: 'F32', shape: [WIDTH], values };
  }
  const columns = k % 8 < 4 ? WIDTH : 4 * WIDTH;
  const values = new Float32Array(WIDTH * columns);
  for (let row = 0; row < WIDTH; row++) {
    const size = 0.05 * Math.exp(0.4 * random.normal());
    for (let column = 0; column < columns; column++) {
      const outlier = random.uniform() < 0.001 ? 6 : 1;
      values[row * columns + column] = size * outlier * random.normal();
    }
  }
  return { name: `${layer}/${matrix}/kernel`, dtype: 'F32', shape: [WIDTH, columns], values };
}

/** Three layers of a transformer: 24 tensors, 18 of them matrices. */
const ENCODER = Array.from({ length: 24 }, (_, k) => weightsOf(k));

/** A folder with the model, in which the terminal's command quantizes it. */
export class QuantizationBench {
  private constructor(private readonly folder: string) {}

  static async open(): Promise<QuantizationBench> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'weightroom-'));
    await (await writeModel(folder, ENCODER)).close();
    return new QuantizationBench(folder);
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  /**
   * A finished run as a panel gets it.
   * @param flags what else the command is given
   */
  async run(method: string, form: OutputForm, ...flags: readonly string[]): Promise<RunView> {
    const how = ['--method', method, '--form', form, '--preset', 'fast', '--force', '--quiet'];
    const { run } = (await document(this.folder, 'quantize', 'model.safetensors', ...how, ...flags)) as {
      run: string;
    };
    const view = runView(await readRun(path.join(runsFolder(this.folder), run)));
    const summary = view.finished?.summary;
    const output = summary?.job === 'quantize' ? summary.output[0]! : '';
    return { ...view, quality: [await largestOutputs(output)] };
  }
}

/** Inputs that the task is done on. */
const SAMPLES = 400;

/**
 * A task for the first matrix: which of its outputs is the largest for random inputs. The model as it was
 * agrees with itself.
 */
async function largestOutputs(file: string): Promise<Quality> {
  const { name, values, shape } = ENCODER[0]!;
  const model = await openAnyModel(file);
  try {
    const quantized = await model.readFloat32(name);
    const random = new Random(7);
    let same = 0;
    for (let sample = 0; sample < SAMPLES; sample++) {
      const input = Float32Array.from({ length: shape[1]! }, () => random.normal());
      if (largestOutput(values, input) === largestOutput(quantized, input)) same++;
    }
    const task = { task: 'Largest output', metric: 'agreement', higherIsBetter: true, samples: SAMPLES };
    return { ...task, before: 1, after: same / SAMPLES };
  } finally {
    await model.close();
  }
}

function largestOutput(matrix: Float32Array, input: Float32Array): number {
  const outputs = Array.from({ length: matrix.length / input.length }, (_, row) =>
    input.reduce((sum, x, column) => sum + x * matrix[row * input.length + column]!, 0),
  );
  return outputs.indexOf(Math.max(...outputs));
}
