import type { NamedTensorMap } from '@tensorflow/tfjs';
import type { Split } from '../data/dataSet';
import type { TensorFlow } from '../engine/engine';
import type { CalibratableModel } from '../quantize/calibration/runnableModel';
import type { Samples } from '../quantize/calibration/samples';
import { assignTensor } from './assignTensor';
import { takeBatch } from './batches/batch';
import { tensorsOf } from './tasks';
import type { TrainableModel } from './trainableModel';

/** A model of an experiment as calibration sees it, fed with {@link splitSamples}. It stays its owner's. */
export function calibratableModel(tf: TensorFlow, trained: TrainableModel): CalibratableModel {
  const weights = new Map(trained.variables.map(({ name, variable }) => [name, variable]));
  const model: CalibratableModel = {
    weights,
    run: (feeds) => Promise.resolve([...tf.tidy(() => [...tensorsOf(trained.apply(feeds['x']!, false))])]),
    changed(name, values) {
      const variable = weights.get(name)!;
      const original = variable.clone();
      assignTensor(tf, variable, values);
      const dispose = () => {
        variable.assign(original);
        original.dispose();
      };
      return Promise.resolve({ ...model, dispose });
    },
    dispose: () => undefined,
  };
  return model;
}

/**
 * Examples of a split, spread evenly over it, to run a model on.
 * @param count of them; all where the split has no more
 * @param source what they are, for people: `training text`
 */
export function splitSamples(tf: TensorFlow, split: Split, count: number, source: string): Samples {
  const taken = Math.min(count, split.size);
  return {
    source: `${taken} examples of ${source}`,
    kind: `examples of ${source}`,
    count: taken,
    feeds(start, end): NamedTensorMap {
      const examples = Uint32Array.from({ length: end - start }, (_, i) =>
        Math.floor(((start + i) * split.size) / taken),
      );
      const { x, y } = takeBatch(tf, split, { examples });
      tf.dispose([...y]);
      return { x };
    },
  };
}
