import { execFile } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { published, scaled, summarize } from '../../../bench/measure';
import { BENCHES } from '../../../bench/registry';
import { renderRow } from '../../../bench/render';

function runBench(...args: string[]): Promise<{ code: number; stderr: string }> {
  const script = path.join(process.env['WEIGHTROOM_DIST']!, 'bench', 'main.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], (error, _, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stderr });
    });
  });
}

describe('figures of benches', () => {
  it('are a median with its range', () => {
    expect(summarize([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(summarize([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
    expect(scaled(published(0.5, 1), 2)).toEqual({ median: 1.5, min: 1, max: 2 });
  });

  it('are shown with limit, target, peers and spread', () => {
    const text = renderRow({
      id: 'a',
      what: 'Something',
      unit: 'dB',
      ours: summarize([0.2, 0.21, 0.22]),
      peers: { Somebody: published(0.5) },
      limit: 0,
      target: 0.28,
    });
    expect(text).toBe(
      'Something\n  ours  0.210 [0.200 – 0.220] dB   (limit 0, target 0.280)\n        0.500 dB   Somebody',
    );
  });
});

describe('npm run bench', () => {
  it('names the benches where none or an unknown one is asked for', async () => {
    for (const args of [[], ['nothing'], ['quantize', '--fast'], ['quantize', 'train']]) {
      const { code, stderr } = await runBench(...args);
      expect(code).toBe(2);
      for (const { name } of BENCHES) expect(stderr).toContain(name);
    }
  });

  it('names the parts of a bench where an unknown one is asked for', async () => {
    const { code, stderr } = await runBench('quantize', '--only', 'nothing');
    expect(code).toBe(2);
    const { sources } = BENCHES.find(({ name }) => name === 'quantize')!;
    for (const part of Object.keys(sources)) expect(stderr).toContain(part);
  });
});
