import type { Variable } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { Graph, type GraphTensor } from '../../../src/compile/graph/graph';
import { DataType } from '../../../src/compile/graph/tensorflow_pb';
import { State } from '../../../src/compile/lower/state';
import { loadEngine } from '../../../src/engine/registry';

const FLOAT = DataType.DT_FLOAT;

/** A variable that is read and used by two nodes; what is written to it is computed from the first alone. */
async function graphWithTwoUses() {
  const { tf } = await loadEngine('tensorflow');
  const graph = new Graph();
  const state = new State(graph);
  const variable: Variable = tf.variable(tf.ones([2]));
  const read = state.read(variable, FLOAT);
  const use = (...inputs: GraphTensor[]) => {
    const tensor = graph.op('AddN', inputs, { N: inputs.length, T: FLOAT }, { shape: [2] });
    state.uses(tensor.name, inputs);
    return tensor;
  };
  const [forward, elsewhere] = [use(read), use(read, read)];
  return { state, variable, read, forward, elsewhere, gradient: use(use(forward)) };
}

test('a write waits for the uses of a reading that it is not computed from', async () => {
  const { state, variable, read, elsewhere, gradient } = await graphWithTwoUses();
  expect(state.beforeWrite(variable, gradient)).toEqual([read.name, elsewhere.name]);
});

test('a write of something else waits for all uses, and the next one for the write', async () => {
  const { state, variable, read, forward, elsewhere, gradient } = await graphWithTwoUses();
  expect(state.beforeWrite(variable, read)).toEqual([read.name, forward.name, elsewhere.name]);
  const write = state.assign(variable, gradient);
  expect(state.beforeWrite(variable, gradient)).toEqual([write]);
});
