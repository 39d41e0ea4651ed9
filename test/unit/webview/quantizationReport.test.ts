import { describe, expect, test } from 'vitest';
import type { QuantizeSummary, TensorResult } from '../../../src/protocol/events';
import { quantizeSpec, type QuantizeSpec } from '../../../src/protocol/jobSpec';
import type { RunView } from '../../../src/protocol/messages';
import { costTiles } from '../../../webview/ui/quantization/costTiles';
import { healthOf } from '../../../webview/ui/quantization/health';
import { lossTiles } from '../../../webview/ui/quantization/lossTiles';
import { columnsOf } from '../../../webview/ui/quantization/tensorColumns';
import { nativeBytes } from '../../../webview/ui/quantization/wholeModel';
import { applyIncrement, modelOf, type RunModel } from '../../../webview/ui/runModel';

const MATRIX: TensorResult = {
  name: 'matrix',
  shape: [100, 80],
  action: 'quantized',
  bits: 4.5,
  mse: 0.01,
  distortion: 0.1,
  snrDb: 10,
  iterations: 0,
};
const VECTOR: TensorResult = {
  ...MATRIX,
  name: 'vector',
  shape: [100],
  action: 'kept',
  bits: 32,
  mse: 0,
  distortion: 0,
  snrDb: Infinity,
};
/** 8 000 weights of 4.5 bits, 100 of 32, and 60 bytes beside them. */
const BYTES = 4500 + 400 + 60;
const SUMMARY: QuantizeSummary = {
  job: 'quantize',
  output: ['/o'],
  bytes: { before: 32_400, after: BYTES },
  bitsPerWeight: { weights: 4.5, file: (8 * BYTES) / 8100 },
  distortion: 0.1,
  snrDb: 10,
};

function run(change: Partial<RunView> = {}, spec: Partial<QuantizeSpec> = {}): RunModel {
  return modelOf({
    summary: {
      id: 'r',
      job: 'quantize',
      name: 'r',
      state: 'done',
      started: 0,
      seconds: 3,
      last: {},
      folder: '/r',
    },
    spec: quantizeSpec({ input: '/m', output: '/o', form: 'native', ...spec }),
    series: [],
    tensors: [MATRIX, VECTOR],
    messages: [],
    finished: { type: 'finished', state: 'done', seconds: 3, summary: SUMMARY },
    ...change,
  });
}

/** The same before its end. */
function running(): RunModel {
  const model = run();
  model.finished = undefined;
  return model;
}

describe('what it costs', () => {
  const tile = (model: RunModel, label: string) => costTiles(model).find((one) => one.label === label);

  test('true bits of the whole file stand beside the nominal ones', () => {
    expect(tile(run(), 'Bits a weight, whole file')).toMatchObject({
      value: '4.899',
      note: '4 nominal; 4.500 in the quantized weights',
    });
    expect(tile(run({}, { bits: 2.5 }), 'Bits a weight, whole file')?.note).toContain('2.5 nominal');
    expect(tile(run({}, { size: 5000 }), 'Bits a weight, whole file')?.note).toContain('5.00 kB asked for');
  });

  test('a run on its way tells the bits of what is done', () => {
    expect(costTiles(running())).toMatchObject([{ label: 'Bits a weight, so far', value: '4.500' }]);
  });

  test('the native file is codes, kept tensors and the rest', () => {
    const bytes = nativeBytes(run())!;
    expect(bytes.quantized).toBe(4500);
    expect(bytes.kept).toBe(400);
    expect(bytes.rest).toBeCloseTo(60, 6);
    expect(bytes.all).toBeCloseTo(BYTES, 6);
    expect(nativeBytes(running())).toBeUndefined();
  });

  test('the topology of a TensorFlow.js model is told apart, and counted where it belongs', () => {
    const topology = 1000;
    const bytes = { before: 33_400, after: BYTES + topology, topology };
    const summary = { ...SUMMARY, bytes };
    const model = run({ finished: { type: 'finished', state: 'done', seconds: 3, summary } });
    expect(nativeBytes(model)).toMatchObject({ quantized: 4500, kept: 400, topology });
    expect(nativeBytes(model)!.all).toBeCloseTo(BYTES + topology, 6);
    expect(tile(model, 'Bits a weight, whole file')?.note).toMatch(/; 5\.8\d\d with model\.json$/);
  });
});

describe('what it loses', () => {
  const quality = { task: 'Next word', metric: 'perplexity', before: 12.3, after: 12.84, samples: 1200 };
  const tile = (change: object) =>
    lossTiles(run({ quality: [{ ...quality, higherIsBetter: false, ...change }] })).at(-1)!;

  test('a task is told before and after, to the same digit, with what is better', () => {
    expect(tile({})).toMatchObject({
      label: 'Next word: perplexity',
      value: '12.30 → 12.84',
      note: 'worse by 0.54; 1,200 samples; at 4.899 bits a weight, whole file',
    });
    expect(tile({ after: 12.1 }).note).toContain('better by 0.20; 1,200 samples');
    expect(tile({ before: 0, after: 0.0155 }).value).toBe('0 → 0.01550');
    expect(tile({ higherIsBetter: true }).note).toContain('better by 0.54');
    expect(tile({ after: 12.301 }).note).toContain('the same');
    expect(tile({ metric: 'accuracy', unit: '%', before: 97.33, after: 97 }).value).toBe('97.33 % → 97.00 %');
  });
});

describe('why', () => {
  const trace = (flatness: readonly number[]) => ({
    residual: [1, 0.6],
    maxNorm: { u: 1, v: 1 },
    histogram: { u: HISTOGRAM, v: HISTOGRAM },
    flatness,
  });
  const HISTOGRAM = { start: 0, width: 1, counts: [], centroids: [] };

  test('the health ratio is judged by its mean and its end', () => {
    expect(healthOf(trace([0.79, 0.77, 0.75]))).toMatchObject({ verdict: 'healthy', lowest: 0.75 });
    expect(healthOf(trace([0.79, 0.3, 0.78]))?.verdict).toBe('slower than usual');
    expect(healthOf(trace([0.79, 0.5, 0.35]))?.verdict).toBe('stalled');
    expect(healthOf(trace([]))).toBeUndefined();
    expect(healthOf(undefined)).toBeUndefined();
  });

  test('columns of a decomposition, and of a layer’s output, are there where a tensor has one', () => {
    const ids = (tensors: readonly TensorResult[]) => columnsOf(tensors).map(({ id }) => id);
    expect(ids([MATRIX, VECTOR])).not.toContain('iterations');
    expect(ids([{ ...MATRIX, iterations: 30 }])).toContain('iterations');
    expect(ids([{ ...MATRIX, iterations: 30 }])).not.toContain('health');
    expect(ids([MATRIX, { ...MATRIX, outputError: 0.01 }])).toContain('outputError');
    expect(ids([MATRIX])).not.toContain('outputError');
    expect(ids([{ ...MATRIX, decomposition: trace([0.77]) }])).toContain('health');
  });
});

test('an increment brings tasks and the picture', () => {
  const model = running();
  const quality = { task: 't', metric: 'm', before: 1, after: 0.9, higherIsBetter: true, samples: 3 };
  const rateDistortion = { rows: [], sampled: { weights: 1, tensors: 1 } };
  const { summary } = model;
  const nothing = { series: [], tensors: [], messages: [] };
  applyIncrement(model, { type: 'increment', summary, ...nothing, quality: [quality], rateDistortion });
  applyIncrement(model, { type: 'increment', summary, ...nothing });
  expect(model.quality).toEqual([quality]);
  expect(model.rateDistortion).toBe(rateDistortion);
});
