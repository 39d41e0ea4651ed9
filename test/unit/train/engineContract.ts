import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunEventBody } from '../../../src/protocol/events';
import type { EngineId } from '../../../src/protocol/engine';
import type { TensorFlow } from '../../../src/engine/engine';
import type { Experiment, LossFunction } from '../../../src/train/experiment';
import { loadEngine } from '../../../src/engine/registry';
import { pictureExperiment } from './pictures';
import { metricsOf, record, type Recording } from './record';
import { spiralExperiment } from './spirals';
import { twoTaskExperiment } from './twoTasks';

/** Whatever keeps something from step to step. */
const RESUMED: [string, Partial<Experiment>][] = [
  ['sgd', { optimizer: { name: 'sgd', learningRate: 0.01 } }],
  ['momentum', { optimizer: { name: 'momentum', learningRate: 0.01 } }],
  ['adam', { optimizer: { name: 'adam', learningRate: 0.01 } }],
  ['adamw', { optimizer: { name: 'adamw', learningRate: 0.01, weightDecay: 0.1 } }],
  ['lion', { optimizer: { name: 'lion', learningRate: 0.01, weightDecay: 0.1 } }],
  ['nag-gs', { optimizer: { name: 'nag-gs', alpha: 0.2, weightDecay: 0.1 } }],
  ['nag-gs with an updated γ', { optimizer: { name: 'nag-gs', alpha: 0.2, gamma: 2, updateGamma: true } }],
  [
    'nag-gs that follows the curvature',
    {
      optimizer: { name: 'nag-gs', curvature: 'auto', measureEvery: 5 },
      schedule: { warmup: 6 },
      averageWeights: 0.9,
      clipNorm: 5,
    },
  ],
  ['schedule-free-adamw', { optimizer: { name: 'schedule-free-adamw', learningRate: 0.01 } }],
  ['muon', { optimizer: { name: 'muon', learningRate: 0.02 } }],
  [
    'a schedule, clipped gradients and averaged weights',
    {
      optimizer: { name: 'momentum', learningRate: 0.02 },
      schedule: { warmup: 5, decay: 'cosine' },
      clipNorm: 0.5,
      averageWeights: 0.9,
    },
  ],
  ['parts of a batch', { accumulate: 3 }],
  ['a split last layer', { lastLayer: { learningRate: 0.3, pull: 0.1 }, clipNorm: 0.5 }],
  [
    'nag-gs, an updated γ and a schedule',
    {
      optimizer: { name: 'nag-gs', alpha: 0.2, gamma: 2, updateGamma: true },
      schedule: { decay: 'steps', at: [8, 16], factor: 0.5 },
    },
  ],
];

/** Everything that instruments can read, at every third step. */
const OFTEN = { preset: 'full', every: 3 } as const;

/** What training must do on every engine. A process computes on one engine, so each has its test file. */
export function describeTrainingOn(id: EngineId): void {
  describe(`training on ${id}`, () => {
    let tf: TensorFlow;
    beforeAll(async () => {
      ({ tf } = await loadEngine(id));
    });

    const plain = (): LayersModel =>
      tf.sequential({
        layers: [
          tf.layers.dense({ inputShape: [2], units: 24, activation: 'tanh' }),
          tf.layers.dense({ units: 2 }),
        ],
      });

    it('learns the spirals', async () => {
      const experiment = spiralExperiment(tf, { epochs: 30 });
      const { result } = await record({ tf, experiment });
      expect(result.steps).toBe(30 * 7);
      expect(result.final['testAccuracy']).toBeGreaterThan(0.9);
      expect(result.best['testLoss']!.value).toBeLessThan(0.3);
    });

    it(`says how its steps are computed`, async () => {
      const { events } = await record({ tf, experiment: spiralExperiment(tf) });
      const told = events.flatMap((event) => (event.type === 'message' ? [event.text] : []));
      expect(told).toEqual(
        id === 'tensorflow' ? [expect.stringMatching(/^compiled \(fused\): (as|[\d.]+ × faster)/)] : [],
      );
    });

    it('says why a step with a split last layer is not compiled', async () => {
      const experiment = spiralExperiment(tf, { lastLayer: { learningRate: 0.3 } });
      const { events } = await record({ tf, experiment });
      const told = events.flatMap((event) => (event.type === 'message' ? [event.text] : []));
      expect(told).toEqual(
        id === 'tensorflow'
          ? ['eager, because the last layer is solved in float64, outside of TensorFlow']
          : [],
      );
    });

    it('compiles a step with all that surrounds an optimizer', async () => {
      const experiment = spiralExperiment(tf, {
        optimizer: { name: 'adamw', learningRate: 0.01 },
        schedule: { warmup: 5, decay: 'linear' },
        clipNorm: 0.5,
        averageWeights: 0.9,
        accumulate: 3,
      });
      const weights = [];
      for (const compile of ['off', 'exact', 'fused'] as const) {
        // Without dropout: a graph draws other masks.
        const { events, result } = await record({ tf, experiment: { ...experiment, compile, model: plain } });
        if (id === 'tensorflow' && compile !== 'off') {
          const texts = events.flatMap((event) => (event.type === 'message' ? [event.text] : []));
          expect(texts).toEqual([expect.stringMatching(`^compiled \\(${compile}\\)`)]);
        }
        weights.push(result.final['testLoss']!);
      }
      expect(weights[1]).toBeCloseTo(weights[0]!, 5);
      expect(weights[2]).toBeCloseTo(weights[0]!, 4);
    });

    it('gives the same journal and the same weights for the same seed', async () => {
      const [first, second] = [
        await record({ tf, experiment: spiralExperiment(tf, { instruments: OFTEN }) }),
        await record({ tf, experiment: spiralExperiment(tf, { instruments: OFTEN }) }),
      ];
      const comparable = (events: readonly RunEventBody[], outputs: string): string =>
        JSON.stringify(events.filter(({ type }) => type !== 'instrumentCost'))
          .replaceAll(outputs, '')
          .replace(/(compiled \(fused\): )[^"]+/, '$1as fast as the machine is');
      expect(comparable(second.events, second.outputs)).toBe(comparable(first.events, first.outputs));
      expect(await modelBytes(second.outputs)).toEqual(await modelBytes(first.outputs));
    });

    it.each([
      { name: 'adam', learningRate: 0.01 },
      { name: 'momentum', learningRate: 0.01 },
    ] as const)('trains to the same bits whatever the instruments read, with %o', async (optimizer) => {
      const off = await record({ tf, experiment: spiralExperiment(tf, { optimizer, instruments: 'off' }) });
      const full = await record({ tf, experiment: spiralExperiment(tf, { optimizer, instruments: OFTEN }) });
      expect(saidBy(off)).toEqual([]);
      const readings = saidBy(full).filter((event) => event.type === 'instruments');
      expect(readings.length).toBe(9);
      const ofLastLayer = readings.filter(({ values }) => 'splittingConsistency' in values);
      expect(ofLastLayer.length).toBe(optimizer.name === 'momentum' ? 9 : 0);
      expect(metricsOf(full.events)).toEqual(metricsOf(off.events));
      expect(await modelBytes(full.outputs)).toEqual(await modelBytes(off.outputs));
    });

    it.each<[string, Partial<Experiment>]>([
      ...RESUMED,
      ['all instruments', { instruments: OFTEN }],
      [
        'all instruments and momentum',
        { instruments: OFTEN, optimizer: { name: 'momentum', learningRate: 0.01 } },
      ],
    ])('goes on after a cancellation as if it had not happened, with %s', (_name, changes) =>
      expectToResume(tf, spiralExperiment(tf, changes)),
    );

    it('has the bits of a run without compilation, and goes on with them, where no graph can have the loss', async () => {
      const loss: LossFunction = (target, prediction) => {
        const scale = Math.max(1, ...prediction.dataSync());
        return tf.losses.softmaxCrossEntropy(target, tf.div(prediction, scale));
      };
      const [fallen, off] = [
        await record({ tf, experiment: spiralExperiment(tf, { loss }) }),
        await record({ tf, experiment: spiralExperiment(tf, { loss, compile: 'off' }) }),
      ];
      expect(metricsOf(fallen.events)).toEqual(metricsOf(off.events));
      expect(await modelBytes(fallen.outputs)).toEqual(await modelBytes(off.outputs));
      await expectToResume(tf, spiralExperiment(tf, { loss }));
    });

    it('goes on after a cancellation as if it had not happened, with augmented images', async () => {
      await expectToResume(tf, pictureExperiment(tf, { augment: { crop: 2, flip: true } }));
    });

    it.each<[string, Partial<Experiment>]>([
      ['in one', {}],
      ['in parts, with all instruments', { accumulate: 3, instruments: OFTEN }],
    ])('goes on with two tasks as if it had not been cancelled, %s', async (_name, changes) => {
      await expectToResume(tf, twoTaskExperiment(tf, changes));
    });

    it('trains two tasks as without compilation, and gives all tensors back', async () => {
      const before = tf.memory().numTensors;
      const finals = [];
      for (const compile of ['off', 'fused'] as const) {
        const counts = new Set<number>();
        const { events, result } = await record({
          tf,
          experiment: twoTaskExperiment(tf, { compile }),
          until: (event) => {
            if (event.type === 'progress' && event.done > 0) counts.add(tf.memory().numTensors);
            return false;
          },
        });
        expect(counts.size).toBe(1);
        if (id === 'tensorflow' && compile === 'fused') {
          const texts = events.flatMap((event) => (event.type === 'message' ? [event.text] : []));
          expect(texts).toEqual([expect.stringMatching(/^compiled \(fused\)/)]);
        }
        finals.push(result.final);
      }
      for (const [name, value] of Object.entries(finals[0]!)) expect(finals[1]![name]).toBeCloseTo(value, 4);
      expect(tf.memory().numTensors).toBe(before);
    });

    it.each<[string, Partial<Experiment>]>([
      ['adam', {}],
      [
        'all that surrounds it',
        { clipNorm: 0.5, averageWeights: 0.9, accumulate: 3, schedule: { warmup: 9 } },
      ],
      ['all instruments', { instruments: OFTEN }],
    ])(
      'keeps the number of tensors constant over steps and gives all back, with %s',
      async (_name, changes) => {
        const before = tf.memory().numTensors;
        const counts: number[] = [];
        await record({
          tf,
          experiment: spiralExperiment(tf, changes),
          until: (event) => {
            if (event.type === 'progress' && event.done > 0) counts.push(tf.memory().numTensors);
            return false;
          },
        });
        expect(counts.length).toBe(28);
        expect(new Set(counts).size).toBe(1);
        expect(tf.memory().numTensors).toBe(before);
      },
    );
  });
}

/** Trains in one go, and again with a cancellation in the middle of an epoch: all must be the same, to the bit. */
async function expectToResume(tf: TensorFlow, experiment: Experiment): Promise<void> {
  const whole = await record({ tf, experiment });
  const cancelled = await record({
    tf,
    experiment,
    until: (event) => event.type === 'progress' && event.done === 10,
  });
  expect(cancelled.result.steps).toBeLessThan(whole.result.steps);
  const resumed = await record({ tf, experiment, resume: cancelled.outputs });

  expect([...metricsOf(cancelled.events), ...metricsOf(resumed.events)]).toEqual(metricsOf(whole.events));
  expect([...saidBy(cancelled), ...saidBy(resumed)]).toEqual(saidBy(whole));
  expect(resumed.result).toEqual(whole.result);
  expect(await modelBytes(resumed.outputs)).toEqual(await modelBytes(whole.outputs));
}

/** What instruments and the optimizer said, but for the names of layers, which every journal says once. */
function saidBy({ events }: Recording): RunEventBody[] {
  return events.flatMap((event): RunEventBody[] => {
    if (event.type === 'verdict') return [event];
    if (event.type === 'message' && event.text.startsWith('step ')) return [event];
    return event.type === 'instruments' ? [{ ...event, layers: [] }] : [];
  });
}

async function modelBytes(outputs: string): Promise<string> {
  return (await readFile(path.join(outputs, 'model.safetensors'))).toString('base64');
}
