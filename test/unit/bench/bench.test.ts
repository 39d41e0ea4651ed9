import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { published, scaled, summarize } from '../../../bench/measure';
import { BENCHES } from '../../../bench/registry';
import { renderRow } from '../../../bench/render';

interface Ending {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function runBench(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ending> {
  const script = path.join(process.env['WEIGHTROOM_DIST']!, 'bench', 'main.js');
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [script, ...args],
      { env: { ...process.env, ...env } },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      },
    );
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
      const { code, stderr } = await runBench(args);
      expect(code).toBe(2);
      for (const { name } of BENCHES) expect(stderr).toContain(name);
    }
  });

  it('names the parts of a bench where an unknown one is asked for', async () => {
    const { code, stderr } = await runBench(['quantize', '--only', 'nothing']);
    expect(code).toBe(2);
    const { sources } = BENCHES.find(({ name }) => name === 'quantize')!;
    for (const part of Object.keys(sources)) expect(stderr).toContain(part);
  });
});

describe('npm run bench -- --device', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), 'weightroom-bench-home-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const onGpu = (bench: string) => runBench([bench, '--device', 'gpu'], { WEIGHTROOM_HOME: home });

  it('names the devices where an unknown one is asked for', async () => {
    const { code, stderr } = await runBench(['train', '--device', 'tpu']);
    expect(code).toBe(2);
    expect(stderr).toBe('There is no device tpu. Use --device with one of: cpu, gpu.\n');
  });

  it('names the benches that use a GPU where another one is to', async () => {
    const { code, stderr } = await onGpu('quantize');
    expect(code).toBe(2);
    expect(stderr).toMatch(/quantize computes on the CPU alone.*one of: train\./);
  });

  it('says what is missing where the engine is not installed, and starts nothing', async () => {
    const { code, stdout, stderr } = await onGpu('train');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^The tensorflow engine is not installed\. .*WEIGHTROOM_LIBTENSORFLOW/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('says so where the engine that is installed found no GPU, and starts nothing', async () => {
    const folder = path.join(home, 'engines', 'tensorflow', `${process.platform}-${process.arch}`);
    await mkdir(folder, { recursive: true });
    const installation = {
      ...{ folder: 'here', version: '2.21.0', gpu: false, source: 'the package tensorflow-cpu 2.21.0' },
      ...{ installed: '2026-01-01T00:00:00Z', files: [] },
    };
    await writeFile(path.join(folder, 'manifest.json'), JSON.stringify(installation));
    const { code, stdout, stderr } = await onGpu('train');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^TensorFlow 2\.21\.0 from the package tensorflow-cpu 2\.21\.0 finds no GPU/);
    expect(stderr).toMatch(/tensorflow\[and-cuda\].*leave --device gpu out\.\n$/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
