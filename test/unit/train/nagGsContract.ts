import type { Scalar, Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EngineId } from '../../../src/protocol/engine';
import type { TensorFlow } from '../../../src/engine/engine';
import { loadEngine } from '../../../src/engine/registry';
import { createOptimizer } from '../../../src/train/optimizers/create';
import type { Optimizer } from '../../../src/train/optimizers/optimizer';
import type { NagGsSettings } from '../../../src/train/optimizers/settings';

type Objective = (x: Tensor) => Scalar;

/** Where a run stands after so many steps. */
interface Point {
  readonly x: readonly number[];
  readonly v: readonly number[];
  readonly gamma: number;
}

/** Reference vectors are from float64 programs of the recurrence; float32 agrees to a few units of its last place. */
const TOLERANCE = 1e-6;

/** NAG-GS against reference vectors and against TensorFlow.js's momentum, on one engine. */
export function describeNagGsOn(id: EngineId): void {
  describe(`NAG-GS on ${id}`, () => {
    let tf: TensorFlow;
    beforeAll(async () => {
      ({ tf } = await loadEngine(id));
    });

    const bowl: Objective = (x) => tf.sum(tf.square(x));
    const stretched: Objective = (x) =>
      tf.sub(tf.mul(0.5, tf.sum(tf.mul(tf.tensor1d([1, 10]), tf.square(x)))), tf.sum(x));
    // log cosh x without tf.cosh, which not every engine has: |x| + log(1 + e^(−2|x|)) − log 2.
    const logCosh: Objective = (x) => {
      const size = tf.abs(x);
      const terms = tf.sub(tf.add(size, tf.log1p(tf.exp(tf.mul(-2, size)))), Math.log(2));
      return tf.sum(tf.mul(tf.tensor1d([1, 4]), terms));
    };

    /** Steps of the optimizer from `start`; the point after each. */
    function follow(
      objective: Objective,
      start: readonly number[],
      settings: NagGsSettings,
      steps: number,
    ): Point[] {
      const x = tf.variable(tf.tensor1d([...start]));
      const optimizer = createOptimizer(tf, settings, [{ name: 'x', variable: x }]);
      const points: Point[] = [];
      for (let step = 0; step < steps; step++) {
        const { value, grads } = tf.variableGrads(() => objective(x), [x]);
        optimizer.step(grads);
        tf.dispose([value, grads]);
        points.push(pointOf(optimizer, Array.from(x.dataSync())));
        optimizer.iterations++;
      }
      optimizer.dispose();
      x.dispose();
      return points;
    }

    function pointOf(optimizer: Optimizer, x: readonly number[]): Point {
      const { alpha, mu, gamma } = optimizer.dynamics().nagGs!;
      const velocity = optimizer.state[0]!.variable.dataSync();
      const scale = alpha / ((1 + alpha) * (gamma + alpha * mu));
      return { x, v: x.map((value, i) => value - scale * velocity[i]!), gamma };
    }

    /** @param size of the coordinates that the run went through, whose rounding stays */
    function expectNear(actual: readonly number[], expected: readonly number[], size = 1): void {
      expect(actual).toHaveLength(expected.length);
      actual.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(TOLERANCE * size));
    }

    it('follows the bowl with a fixed γ', () => {
      const settings = { name: 'nag-gs', alpha: 0.05, mu: 1, gamma: 1.5 } as const;
      const points = follow(bowl, [1], settings, 200);
      for (const [step, x, v] of [
        [1, 0.996927803379, 0.935483870968],
        [2, 0.991033527528, 0.873148010505],
        [3, 0.982556365369, 0.813013122181],
        [4, 0.971724706342, 0.755091525809],
        [5, 0.958756281106, 0.699387776384],
        [10, 0.868759590629, 0.453825450604],
        [50, 0.0710928991274, -0.125522405445],
        [100, -0.0239389831877, -0.00453935417716],
        [200, 2.90815711751e-4, -1.76975706671e-4],
      ] as const) {
        expectNear(points[step - 1]!.x, [x]);
        expectNear(points[step - 1]!.v, [v]);
      }
    });

    it('follows the bowl with an updated γ', () => {
      const settings = { name: 'nag-gs', alpha: 0.05, mu: 1, gamma: 1.5, updateGamma: true } as const;
      const points = follow(bowl, [1], settings, 200);
      // The published order moves x first, so that its first call does nothing: call k + 1 has our x of step k.
      for (const [call, x, v, gamma] of [
        [2, 0.996879875195, 0.870249300584, 1.45351473923],
        [3, 0.990849847833, 0.807455740324, 1.43191879927],
        [4, 0.982116795094, 0.746225678392, 1.4113512374],
        [5, 0.970883884775, 0.686676728112, 1.39176308323],
        [10, 0.884027292752, 0.417444160952, 1.30695662677],
        [50, 0.0361859711805, -0.137853874227, 1.04360186349],
        [100, -0.0107768262112, 0.00743139773293, 1.003802245],
        [200, -6.88893197985e-5, -6.82601252127e-5, 1.00002891413],
      ] as const) {
        expectNear(points[call - 2]!.x, [x]);
        expectNear(points[call - 1]!.v, [v]);
        expect(points[call - 1]!.gamma).toBeCloseTo(gamma, 8);
      }
    });

    it('follows a stretched bowl at the critical step', () => {
      const points = follow(stretched, [3, -2], { name: 'nag-gs', alpha: 0.924950591148529 }, 12);
      const expected = [
        [2.53822768596, 2.84860929743],
        [2.05845192843, -2.18903615667],
        [1.68459109293, 1.73650261606],
        [1.42563321822, -0.982555068347],
        [1.25747443801, 0.783112123913],
      ];
      expected.forEach((x, i) => expectNear(points[i]!.x, x, 3));
      expectNear(points[11]!.x, [1.00522795311, 0.0843954158103], 3);
      expectNear(points[11]!.v, [1.00077267161, 0.0376149601102], 3);
    });

    it('follows log cosh, whose curvature is not constant', () => {
      const settings = { name: 'nag-gs', alpha: 0.3, mu: 0.5, gamma: 2 } as const;
      const fixed = follow(logCosh, [2, -1], settings, 10);
      expectNear(fixed[1]!.x, [1.91577616254, -0.739333260027]);
      expectNear(fixed[2]!.x, [1.84688717594, -0.542019548221]);
      expectNear(fixed[9]!.x, [1.19647937321, 0.19178795101]);
      const updated = follow(logCosh, [2, -1], { ...settings, updateGamma: true }, 10);
      expectNear(updated[0]!.x, [1.96300107369, -0.883081494182]);
      expectNear(updated[1]!.x, [1.89403259298, -0.674411823813]);
      expectNear(updated[8]!.x, [0.855929735341, 0.0621327865667]);
      expectNear(updated[9]!.v, [0.10650392028, -0.271712916449]);
      expect(updated[9]!.gamma).toBeCloseTo(0.60880722543, 9);
    });

    it('is TensorFlow.js’s momentum while γ stays', () => {
      const settings = { name: 'nag-gs', alpha: 0.05, mu: 1, gamma: 1.5 } as const;
      const ours = follow(logCosh, [2, -1], settings, 200);
      const x = tf.variable(tf.tensor1d([2, -1]));
      const stock = tf.train.momentum(0.0015360983102918, 0.921658986175115);
      for (const point of ours) {
        const { value, grads } = tf.variableGrads(() => logCosh(x), [x]);
        stock.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
        tf.dispose([value, grads]);
        Array.from(x.dataSync()).forEach((w, i) => expect(Math.abs(w - point.x[i]!)).toBeLessThan(2e-6));
      }
      stock.dispose();
      x.dispose();
    });
  });
}
