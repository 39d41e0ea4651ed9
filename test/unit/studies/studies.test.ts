import { describe, expect, it } from 'vitest';
import type { StudyRow } from '../../../src/protocol/study';
import { allStudies, findStudy } from '../../../src/studies/registry';
import { compared, rowText } from '../../../src/studies/rows';
import { runStudy } from '../../../src/studies/run';
import { quickContext, quickRun } from './quickRun';

function worse(rows: ReadonlyMap<string, StudyRow>): string[] {
  return [...rows.values()].filter(({ verdict }) => verdict === 'worse').map(({ what }) => what);
}

it('every study has a name and a title, and quick parts', () => {
  for (const study of allStudies()) {
    expect(findStudy(study.id)).toBe(study);
    expect(study.title).not.toBe('');
    expect(study.parts(true).length).toBeGreaterThan(0);
    expect(study.parts(true).length).toBeLessThanOrEqual(study.parts(false).length);
  }
});

describe('kashin/convergence', () => {
  it('finds the published steps, and the stalls of Kronecker products', async () => {
    const { rows, events } = await quickRun('kashin/convergence');
    const told = events.flatMap((event) => (event.type === 'figure' ? [event.row] : []));
    expect(told).toEqual([...rows.values()]);
    // Of numbers without a variance the largest decides.
    expect(worse(rows)).toEqual(['Student-t3 matrix, Kronecker signed-hadamard']);
    expect(rows.get('normal vector')!.ours).toBeGreaterThanOrEqual(28);
    expect(rows.get('normal vector')!.ours).toBeLessThanOrEqual(32);
    for (const matrix of [
      'rows of log-normal size',
      'three columns 50 times as large',
      'rank one and 5 % noise',
    ]) {
      expect(rows.get(`${matrix}, Kronecker signed-hadamard`)!.ours).toBe('> 100');
      expect(rows.get(`${matrix}, flattened`)!.ours).toBeLessThanOrEqual(40);
    }
    expect(rows.get('rows of log-normal size, Kronecker signed-hadamard')!.note).toContain(
      'its largest row is',
    );
  }, 180_000);
});

describe('kashin/transforms', () => {
  it('finds which matrices serve and which do not', async () => {
    const { rows } = await quickRun('kashin/transforms');
    expect(worse(rows)).toEqual([]);
    for (const id of ['haar', 'butterfly', 'signed-hadamard', 'signed-dct']) {
      expect(rows.get(`${id}, one number`)!.ours).toBeLessThanOrEqual(42);
    }
    expect(rows.get('dct, one number')!.ours).toBeGreaterThan(150);
    expect(rows.get('hadamard, eight spikes of 40σ')!.ours).toBeGreaterThan(150);
  });
});

describe('kashin/rate-distortion', () => {
  it('finds the published distortions', async () => {
    const { rows } = await quickRun('kashin/rate-distortion');
    // The step of a channel is its largest weight. Of n numbers with the tail 6/t⁴ that is (6n)^¼ in a typical
    // channel, but its mean square is Γ(½) times as much: 0.235 instead of 0.133 in units of the variance 2.
    expect(worse(rows)).toEqual(['4 bits, rtn, absmax, a channel of 4096, Student-t4']);
    const heavy = rows.get('4 bits, rtn, absmax, a channel of 4096, Student-t4')!.ours as number;
    expect(heavy).toBeGreaterThan(0.133);
    expect(heavy).toBeLessThan(0.3);
    const ours = (what: string) => rows.get(what)!.ours as number;
    expect(Math.abs(ours('4 bits, kashin-greedy, joint codebook of 16') - 0.0168)).toBeLessThan(0.0005);
    expect(Math.abs(ours('4 bits, Lloyd–Max of u, then of the rotated rest, 2 + 2') - 0.0139)).toBeLessThan(
      0.0003,
    );
    expect(Math.abs(ours('4 bits, Lloyd–Max of 16 levels') - 0.0095)).toBeLessThan(0.0002);
  }, 180_000);
});

it('a study stops at the next part when it is told to', async () => {
  const controller = new AbortController();
  const events = runStudy(findStudy('kashin/transforms'), await quickContext(controller.signal));
  expect((await events.next()).value).toMatchObject({ type: 'progress', done: 0, unit: 'parts' });
  const reason = new Error('enough');
  controller.abort(reason);
  await expect(events.next()).rejects.toBe(reason);
});

describe('a comparison', () => {
  const row = { what: 'steps', published: 40, unit: 'steps', tolerance: 0.1 };

  it.each([
    [41, 'as published'],
    [43, 'as published'],
    [45, 'worse'],
    [36, 'as published'],
    [20, 'better'],
  ] as const)('of %i with 40, give or take a tenth, says %s', (ours, verdict) => {
    const result = compared({ ...row, ours });
    expect(result.verdict).toBe(verdict);
    expect(result.deviation).toBeCloseTo(ours / 40 - 1, 12);
    expect(result).not.toHaveProperty('note');
  });

  it('is told in a sentence', () => {
    expect(rowText(compared({ ...row, ours: 45, note: 'measured' }))).toBe(
      'steps: 45 steps, published 40: worse (measured).',
    );
    expect(rowText({ what: 'steps', ours: 45, unit: 'steps' })).toBe('steps: 45 steps.');
  });
});
