import type { Graph, GraphTensor } from '../graph/graph';
import type { StepNumber } from '../program/program';
import { DataType } from '../graph/tensorflow_pb';

/** The placeholder of all numbers that JavaScript computes for a step. */
export const NUMBERS = 'numbers';

/**
 * Numbers that change with every step, such as learning rates. They come as one vector, because feeding a
 * tensor costs as much for one number as for all of them.
 */
export class StepNumbers {
  readonly all: StepNumber[] = [];

  constructor(private readonly graph: Graph) {}

  /** A scalar of the graph that holds the number in each step. */
  add(number: StepNumber): GraphTensor {
    const place = this.all.push(number) - 1;
    const name = place === 0 ? 'number' : `number:${place}`;
    return { name, shape: [], dtype: DataType.DT_FLOAT };
  }

  finish(): void {
    const { length } = this.all;
    if (length === 0) return;
    const vector = this.graph.placeholder(NUMBERS, [length], DataType.DT_FLOAT);
    this.graph.node('Unpack', [vector], { num: length, T: DataType.DT_FLOAT, axis: 0 }, { name: 'number' });
  }
}
