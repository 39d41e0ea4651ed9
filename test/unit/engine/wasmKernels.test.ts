import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose } from './closeness';
import { runOnEngine } from './engineProcess';
import type { RandomKernels } from './programs/randomKernels';

describe('gradient kernels of the wasm engine, over seeded random shapes', () => {
  let wasm: RandomKernels;
  let cpu: RandomKernels;
  let printed: readonly string[];
  beforeAll(async () => {
    const onWasm = await runOnEngine('randomKernels', 'wasm');
    const onCpu = await runOnEngine('randomKernels', 'cpu');
    wasm = onWasm.result as RandomKernels;
    cpu = onCpu.result as RandomKernels;
    printed = [onWasm.stderr, onCpu.stderr];
  });

  test.each([
    'Conv2DBackpropFilter',
    'Conv2DBackpropInput',
    'DepthwiseConv2dNativeBackpropFilter',
    'DepthwiseConv2dNativeBackpropInput',
    'MaxPoolGrad',
    'AvgPoolGrad',
    'UnsortedSegmentSum',
    'BatchMatMul',
  ])('%s agrees with the plain JavaScript of the cpu engine', (kernel) => {
    const cases = cpu.results.filter(({ what }) => what.startsWith(`${kernel} `));
    expect(cases.length).toBeGreaterThanOrEqual(40);
    const actual = wasm.results.filter(({ what }) => what.startsWith(`${kernel} `));
    for (const [i, expected] of cases.entries()) {
      expect(actual[i]!.what).toBe(expected.what);
      expect(actual[i]!.shape, expected.what).toEqual(expected.shape);
      expectClose(actual[i]!.values, expected.values, expected.what);
    }
  });

  test('every intermediate buffer is given back', () => {
    expect(wasm.leaked).toBe(0);
  });

  test('neither engine prints anything of its own', () => {
    expect(printed).toEqual(['', '']);
  });
});
