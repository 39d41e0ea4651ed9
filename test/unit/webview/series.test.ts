import { expect, test } from 'vitest';
import type { Series } from '../../../src/protocol/messages';
import { Random } from '../../../src/math/random';
import { toCsv, fileName } from '../../../webview/ui/csv';
import { metricGroups } from '../../../webview/ui/metricGroups';
import { SeriesColumns } from '../../../webview/ui/seriesColumns';
import { mergedRows } from '../../../webview/ui/seriesRows';
import { MovingAverage } from '../../../webview/ui/smoothing';
import {
  extent,
  nearestPlace,
  nextPlace,
  previousPlace,
  readingsAt,
  traceOf,
} from '../../../webview/ui/trace';

function series(name: string, steps: readonly number[]): Series {
  const column = Float64Array.from(steps);
  return {
    name,
    steps: column,
    epochs: column.map((s) => s / 10),
    seconds: column.map((s) => s / 100),
    values: column.map((s) => s * s),
  };
}

function exponentialMean(values: Float64Array, weight: number): Float64Array {
  const mean = new MovingAverage(weight);
  mean.update(values);
  return mean.values;
}

const SPARSE = SeriesColumns.from(series('testLoss', [0, 10, 20]));
const DENSE = SeriesColumns.from(series('trainLoss', [0, 5, 10, 15]));

test('columns grow to what was appended, whatever the pieces', () => {
  const random = new Random(1);
  const columns = new SeriesColumns('loss');
  const all: number[] = [];
  while (all.length < 5000) {
    const piece = Array.from({ length: Math.floor(random.uniform() * 900) }, (_, k) => all.length + k);
    columns.append(series('loss', piece));
    all.push(...piece);
  }
  expect(columns.length).toBe(all.length);
  expect(Array.from(columns.axis('step'))).toEqual(all);
  expect(Array.from(columns.axis('time'))).toEqual(all.map((s) => s / 100));
  expect(Array.from(columns.values)).toEqual(all.map((s) => s * s));
});

test('rows are merged by step, in both orders', () => {
  const rows = [...mergedRows([DENSE, SPARSE])];
  expect(rows.map(({ step, values }) => [step, ...values])).toEqual([
    [0, 0, 0],
    [5, 25, undefined],
    [10, 100, 100],
    [15, 225, undefined],
    [20, undefined, 400],
  ]);
  expect([...mergedRows([DENSE, SPARSE], 'newest first')]).toEqual(rows.reverse());
});

test('a step that is reported twice has two rows', () => {
  const twice = SeriesColumns.from(series('loss', [1, 1, 2]));
  expect([...mergedRows([twice])].map(({ step }) => step)).toEqual([1, 1, 2]);
});

test('losses share a chart, accuracies another, the rest have their own', () => {
  const names = ['testAccuracy', 'learningRate', 'trainLoss', 'Adam: testLoss', 'loss'];
  const groups = metricGroups(names.map((name) => new SeriesColumns(name)));
  expect(groups.map(({ title, series }) => [title, series.map(({ name }) => name)])).toEqual([
    ['Loss', ['trainLoss', 'Adam: testLoss', 'loss']],
    ['Accuracy', ['testAccuracy']],
    ['Learning rate', ['learningRate']],
  ]);
});

test('a metric of several tasks has one chart with a line for each', () => {
  const names = [
    'trainLoss',
    'trainLossLeft',
    'trainLossRight',
    'testAccuracyLeft',
    'testRecallLeft',
    'testRecallRight',
    'left/f1',
    'right/f1',
    'learningRate',
  ];
  const groups = metricGroups(names.map((name) => new SeriesColumns(name)));
  expect(groups.map(({ title, series }) => [title, series.map(({ name }) => name)])).toEqual([
    ['Loss', ['trainLoss', 'trainLossLeft', 'trainLossRight']],
    ['Accuracy', ['testAccuracyLeft']],
    ['Test recall', ['testRecallLeft', 'testRecallRight']],
    ['F1', ['left/f1', 'right/f1']],
    ['Learning rate', ['learningRate']],
  ]);
});

test('a cursor stands at samples and reads the last one before it', () => {
  const traces = [DENSE, SPARSE].map((one) => traceOf(one, 'step', 0));
  expect(extent(traces)).toEqual([0, 20]);
  expect(extent([])).toEqual([0, 1]);
  expect(nearestPlace(traces, 7)).toBe(5);
  expect(nearestPlace(traces, 99)).toBe(20);
  expect(nextPlace(traces, 5)).toBe(10);
  expect(nextPlace(traces, 20)).toBeUndefined();
  expect(previousPlace(traces, 15)).toBe(10);
  expect(previousPlace(traces, 0)).toBeUndefined();
  expect(readingsAt(traces, 15).map(({ trace, x, value }) => [trace.name, x, value])).toEqual([
    ['trainLoss', 15, 225],
    ['testLoss', 10, 100],
  ]);
});

test('the moving average of a constant is that constant from the first sample on', () => {
  const smooth = exponentialMean(new Float64Array(500).fill(3.25), 0.97);
  for (const value of smooth) expect(value).toBeCloseTo(3.25, 10);
});

test('the moving average is the weighted mean of all samples so far', () => {
  const random = new Random(5);
  const values = Float64Array.from({ length: 60 }, () => random.uniform());
  const weight = 0.8;
  const smooth = exponentialMean(values, weight);
  for (let k = 0; k < values.length; k++) {
    let sum = 0;
    let total = 0;
    for (let i = 0; i <= k; i++) {
      sum += weight ** (k - i) * values[i]!;
      total += weight ** (k - i);
    }
    expect(smooth[k]).toBeCloseTo(sum / total, 12);
  }
});

test('the moving average of a series that grows is that of the whole', () => {
  const random = new Random(6);
  const values = Float64Array.from({ length: 3000 }, (_, k) =>
    k % 97 === 0 ? Number.NaN : random.uniform(),
  );
  const grown = new MovingAverage(0.95);
  for (let length = 0; length <= values.length; length += 1 + Math.floor(random.uniform() * 50)) {
    grown.update(values.subarray(0, length));
  }
  grown.update(values);
  expect(grown.values).toEqual(exponentialMean(values, 0.95));
});

test('a value that is not finite stays, and does not spoil the mean', () => {
  const smooth = exponentialMean(Float64Array.of(2, Number.NaN, 2, Infinity, 2), 0.5);
  expect(Array.from(smooth, (value) => (Number.isFinite(value) ? Number(value.toFixed(12)) : value))).toEqual(
    [2, Number.NaN, 2, Infinity, 2],
  );
});

test('CSV quotes what it must and keeps every digit', () => {
  const rows = [
    ['a,b', 1 / 3, undefined],
    ['say "so"', Number.NaN, 1e-300],
  ];
  expect(toCsv(['name', 'x', 'y'], rows)).toBe(
    'name,x,y\n"a,b",0.3333333333333333,\n"say ""so""",NaN,1e-300\n',
  );
  expect(fileName('Loss: MNIST / two layers')).toBe('loss-mnist-two-layers');
  expect(fileName('‖r‖')).toBe('r');
});

test('a series of a few samples is not smoothed', () => {
  expect(traceOf(DENSE, 'step', 0.9).smooth).toBeUndefined();
  const long = SeriesColumns.from(
    series(
      'loss',
      Array.from({ length: 20 }, (_, k) => k),
    ),
  );
  expect(traceOf(long, 'step', 0.9).smooth?.values).toEqual(exponentialMean(long.values, 0.9));
});
