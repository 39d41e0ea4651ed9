import { describe, expect, test } from 'vitest';
import type { RateDistortionRow } from '../../../src/protocol/events';
import { quantizeSpec } from '../../../src/protocol/jobSpec';
import { curvesOf, gapToLimit } from '../../../webview/ui/quantization/curves';
import { bitsFor, DECIBELS_A_BIT, shannonLimit, snrAt } from '../../../webview/ui/quantization/equalBits';

function row(method: string, nominal: number, bits: number, snrDb: number): RateDistortionRow {
  return { method, bits: { nominal, true: bits }, distortion: 10 ** (-snrDb / 10), snrDb, seconds: 1 };
}

const CURVE = [
  { bits: 4.16, snrDb: 20 },
  { bits: 2.16, snrDb: 8 },
];

test('a bit is worth 6.02 dB at the limit, where the distortion is 4^−R', () => {
  expect(DECIBELS_A_BIT).toBeCloseTo(6.0206, 4);
  for (const bits of [1, 2.5, 4]) expect(10 ** (-shannonLimit(bits) / 10)).toBeCloseTo(4 ** -bits, 12);
});

describe('a method at other bits than its marks', () => {
  test('is read at a mark and on the line between two, whatever their order', () => {
    expect(snrAt(CURVE, 4.16)).toEqual({ value: 20, kind: 'measured' });
    expect(snrAt(CURVE, 2.16)).toEqual({ value: 8, kind: 'measured' });
    expect(snrAt(CURVE, 3.16)?.value).toBeCloseTo(14, 12);
    expect(snrAt(CURVE, 3.16)?.kind).toBe('measured');
  });

  test('is carried on for half a bit along 6.02 dB a bit, and no further', () => {
    for (const [bits, value] of [
      [4.5, 20 + 0.34 * 6.0206],
      [1.9, 8 - 0.26 * 6.0206],
    ] as const) {
      expect(snrAt(CURVE, bits)?.value).toBeCloseTo(value, 4);
      expect(snrAt(CURVE, bits)?.kind).toBe('beyond');
    }
    expect(snrAt(CURVE, 4.7)).toBeUndefined();
    expect(snrAt(CURVE, 1.6)).toBeUndefined();
    expect(snrAt([], 4)).toBeUndefined();
    expect(snrAt([{ bits: 4, snrDb: 17 }], 4.1)?.value).toBeCloseTo(17.602, 3);
  });

  test('needs so many bits for a quality as its curve says, the other way round', () => {
    for (const bits of [1.8, 2.16, 2.9, 4.16, 4.6]) {
      const snr = snrAt(CURVE, bits)!;
      expect(bitsFor(CURVE, snr.value)?.value).toBeCloseTo(bits, 9);
      expect(bitsFor(CURVE, snr.value)?.kind).toBe(snr.kind);
    }
    expect(bitsFor(CURVE, 24)).toBeUndefined();
  });
});

describe('curves', () => {
  const rows = [
    row('rtn', 4, 4.16, 19.6),
    row('rtn', 3, 3.15, 13.8),
    row('dependent', 4, 4.01, 24),
    row('kashin-greedy', 4, 4.02, 17.4),
  ];
  const spec = quantizeSpec({ input: '/m', output: '/o', method: 'rtn', bits: 3 });
  const summary = {
    job: 'quantize',
    output: [],
    bytes: { before: 4000, after: 500 },
    bitsPerWeight: { weights: 5.17, file: 5.3 },
    distortion: 0.0027,
    snrDb: 25.7,
  } as const;

  test('are ranked by their mean distance to the limit, their marks by true bits', () => {
    const curves = curvesOf(rows, [{ spec, summary: undefined }]);
    expect(curves.map(({ method }) => method)).toEqual(['dependent', 'rtn', 'kashin-greedy']);
    expect(curves[1]!.marks.map(({ bits }) => bits)).toEqual([3.15, 4.16]);
    expect(gapToLimit(curves[0]!.marks[0]!)).toBeCloseTo(4.01 * 6.0206 - 24, 3);
  });

  test('the mark of the run is the chosen one, and no other', () => {
    const marks = curvesOf(rows, [{ spec, summary }]).flatMap((curve) => curve.marks);
    expect(marks.filter(({ chosen }) => chosen)).toMatchObject([{ method: 'rtn', nominal: 3 }]);
    expect(marks).toHaveLength(rows.length);
  });

  test('a run whose bits were not sampled gets a mark from its closing figures', () => {
    const marks = curvesOf(rows, [{ spec: { ...spec, bits: 5 }, summary }]).flatMap((curve) => curve.marks);
    expect(marks).toHaveLength(rows.length + 1);
    expect(marks.find(({ chosen }) => chosen)).toMatchObject({ method: 'rtn', bits: 5.17, snrDb: 25.7 });
  });

  test('a run that aims at a size stands where it came out', () => {
    const sized = { ...spec, bits: 3, size: 500 };
    const marks = curvesOf(rows, [{ spec: sized, summary }]).flatMap((curve) => curve.marks);
    expect(marks.filter(({ chosen }) => chosen)).toMatchObject([{ method: 'rtn', bits: 5.17 }]);
  });
});
