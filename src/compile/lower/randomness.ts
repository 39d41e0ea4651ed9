import type { Graph, GraphTensor } from '../graph/graph';
import { DataType } from '../graph/tensorflow_pb';
import type { Distribution, RandomDraw } from '../record/randomDraw';

/** The placeholder of the seed of a step, an int32. */
export const SEED = 'seed';

const OPS: Readonly<Record<Distribution, string>> = {
  randomUniform: 'StatelessRandomUniform',
  randomNormal: 'StatelessRandomNormal',
  truncatedNormal: 'StatelessTruncatedNormal',
};

/** Random numbers of a step. They depend on the step's seed and on their place in the step alone. */
export class Randomness {
  private seed: GraphTensor | undefined;
  private count = 0;

  constructor(private readonly graph: Graph) {}

  get isUsed(): boolean {
    return this.count > 0;
  }

  /** Draws float32 numbers of some shape. */
  draw({ distribution, location, scale }: RandomDraw, shape: readonly number[]): GraphTensor {
    const { graph } = this;
    const dtype = DataType.DT_FLOAT;
    this.seed ??= graph.placeholder(SEED, [], DataType.DT_INT32);
    const place = graph.constant(Int32Array.of(this.count++), [], DataType.DT_INT32);
    const seed = graph.op(
      'Pack',
      [this.seed, place],
      { N: 2, T: DataType.DT_INT32, axis: 0 },
      { shape: [2], dtype: DataType.DT_INT32 },
    );
    const standard = graph.op(
      OPS[distribution],
      [graph.integers(shape), seed],
      { dtype, T: DataType.DT_INT32, Tseed: DataType.DT_INT32 },
      { shape },
    );
    const scaled =
      scale === 1 ? standard : graph.op('Mul', [standard, graph.scalar(scale)], { T: dtype }, { shape });
    return location === 0
      ? scaled
      : graph.op('AddV2', [scaled, graph.scalar(location)], { T: dtype }, { shape });
  }
}
