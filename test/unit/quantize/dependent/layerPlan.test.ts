import { describe, expect, it } from 'vitest';
import { planLayers, type LayerTensor } from '../../../../src/quantize/dependent/layerPlan';
import { dependent } from '../../../../src/quantize/dependent/dependent';
import { quantizeLayer } from '../../../../src/quantize/feedback/quantizeLayer';
import type { TensorPlan } from '../../../../src/quantize/method';
import type { LayerStatistics } from '../../../../src/quantize/calibration/statistics';
import { packedTensorLength } from '../../../../src/quantize/packedTensor';
import { quantizeOptions } from '../methodContract';
import { transformerLayer } from '../../../../bench/quantize/transformerLayer';

const INPUTS = 96;
const OUTPUTS = 256;
const WEIGHTS = INPUTS * OUTPUTS;
const options = (bits: number) => quantizeOptions({ bits, groupSize: 128, preset: 'fast' });

interface Changes {
  readonly sensitivity?: number;
  readonly bitsToSpare?: number;
  /** Of all weights. */
  readonly size?: number;
}

interface TestLayer extends LayerTensor {
  readonly statistics: LayerStatistics;
}

function layerTensor(name: string, seed: number, changes: Changes = {}): TestLayer {
  const { sensitivity, bitsToSpare = 0, size = 1 } = changes;
  const { weights, hessian } = transformerLayer(INPUTS, OUTPUTS, seed);
  const values = weights.map((weight) => size * weight);
  const summary = { kind: 'hessian', inputs: INPUTS, samples: 1000, outputsFirst: false } as const;
  const statistics = { ...summary, values: hessian };
  return {
    entry: { name, dtype: 'F32', shape: [INPUTS, OUTPUTS], size: WEIGHTS, bytes: 4 * WEIGHTS },
    bitsToSpare,
    read: () => Promise.resolve(values),
    statistics,
    layer: {
      summary: { ...summary, ...(sensitivity !== undefined && { sensitivity }) },
      readStatistics: () => Promise.resolve(statistics),
    },
  };
}

/** Bits a weight that a layer takes when it is coded as planned. */
async function bitsOf(tensor: TestLayer, plans: ReadonlyMap<string, TensorPlan>): Promise<number> {
  const plan = plans.get(tensor.entry.name)!;
  const { packed } = await quantizeLayer(await tensor.read(), tensor.statistics, dependent, options(3), plan);
  return (8 * packedTensorLength(packed)) / WEIGHTS;
}

async function planned(
  tensors: readonly TestLayer[],
  bits: number,
): Promise<ReadonlyMap<string, TensorPlan>> {
  return planLayers(tensors, (bits * WEIGHTS * tensors.length) / 8, options(bits));
}

async function octaves(a: Changes, b: Changes): Promise<number> {
  const plans = await planned([layerTensor('a', 1, a), layerTensor('b', 1, b)], 3);
  return Math.log2(plans.get('b')!.step / plans.get('a')!.step);
}

describe('the plan of layers', () => {
  it('finds steps at which all layers together fit, and leave little', async () => {
    const tensors = [
      layerTensor('a', 1, { sensitivity: 1 }),
      layerTensor('b', 2, { sensitivity: 5, size: 0.1 }),
      layerTensor('c', 3, { sensitivity: 0.2, size: 7 }),
    ];
    for (const bits of [2, 3.3]) {
      const plans = await planned(tensors, bits);
      const taken = await Promise.all(tensors.map((tensor) => bitsOf(tensor, plans)));
      const mean = taken.reduce((sum, value) => sum + value, 0) / tensors.length;
      expect(mean).toBeLessThanOrEqual(bits);
      expect(mean).toBeGreaterThan(bits - 0.01);
    }
  });

  it('gives layers steps in proportion to √(weights / sensitivity)', async () => {
    expect(await octaves({ sensitivity: 16 }, { sensitivity: 1 })).toBeCloseTo(2, 10);
    expect(await octaves({ sensitivity: 1 }, { sensitivity: 1 })).toBeCloseTo(0, 10);
    // What was measured says all: neither the size of the weights nor bits to spare count beside it.
    const spare = { sensitivity: 1, bitsToSpare: 1 };
    expect(await octaves({ sensitivity: 4 }, spare)).toBeCloseTo(1, 10);
  });

  it('believes no measurement beyond four times a step or a quarter of it', async () => {
    expect(await octaves({ sensitivity: 2 ** 30 }, { sensitivity: 1 })).toBeCloseTo(4, 10);
    expect(await octaves({ sensitivity: 1 }, { sensitivity: 0 })).toBeCloseTo(2, 10);
  });

  it('gives all layers the same rate where one was not measured', async () => {
    const tensors = [layerTensor('a', 1, { sensitivity: 1000 }), layerTensor('b', 2, { size: 5 })];
    const plans = await planned(tensors, 3);
    const [a, b] = [await bitsOf(tensors[0]!, plans), await bitsOf(tensors[1]!, plans)];
    expect(Math.abs(a - b)).toBeLessThan(0.05);
    expect(await octaves({ bitsToSpare: 0 }, { bitsToSpare: 1 })).toBeCloseTo(1, 10);
  });

  it('does less harm than equal rates do, when sensitivities differ', async () => {
    const harms = [64, 1];
    const tensors = harms.map((sensitivity, i) => layerTensor(`${i}`, i + 1, { sensitivity }));
    const equal = harms.map((_, i) => layerTensor(`${i}`, i + 1));
    const harm = async (layers: readonly TestLayer[]) => {
      const plans = await planned(layers, 2.5);
      // Errors of a layer grow with the square of its step, by the definition of the sensitivity.
      return harms.reduce((sum, sensitivity, i) => sum + sensitivity * plans.get(`${i}`)!.step ** 2, 0);
    };
    expect(await harm(tensors)).toBeLessThan(0.5 * (await harm(equal)));
  });

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(planLayers([layerTensor('a', 1)], WEIGHTS / 4, { ...options(2), signal })).rejects.toThrow(
      'enough',
    );
  });
});
