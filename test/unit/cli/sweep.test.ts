import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunSummary } from '../../../src/protocol/run';
import type { SweepSummary } from '../../../src/protocol/sweep';
import { listRuns } from '../../../src/runs/list';
import { readWorker } from '../../../src/runs/mark';
import { isAlive } from '../../../src/runs/process';
import { temporaryFolder } from '../runs/workspace';
import { command, document, startCommand } from './commandLine';
import { writeExperiment } from './files';

interface Answer extends Omit<SweepSummary, 'job'> {
  readonly sweep: string;
  readonly state: string;
  readonly best: SweepSummary['settings'][number] | null;
}

async function trialsUnderWay(folder: string, count: number): Promise<readonly RunSummary[]> {
  for (;;) {
    const trials = (await listRuns(folder)).filter(
      ({ sweep, last }) => sweep !== undefined && 'trainLoss' in last,
    );
    if (trials.length >= count) return trials;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('sweep', () => {
  it('trains every setting with every seed, each as a run that knows its sweep, and names the best', async () => {
    const folder = await temporaryFolder();
    await writeExperiment(folder, 'line.ts');
    const flags = [
      '--engine',
      'cpu',
      '--grid',
      'optimizer.learningRate=0.01,0.2',
      '--seeds',
      '2',
      '--jobs',
      '2',
    ];
    const answer = (await document(folder, 'sweep', 'line.ts', ...flags)) as Answer;
    expect(answer).toMatchObject({ state: 'done', metric: 'testLoss', maximize: false });
    expect(answer.trials).toHaveLength(4);
    for (const { state, final, run } of answer.trials) {
      expect([state, typeof final['testLoss'], typeof run]).toEqual(['done', 'number', 'string']);
    }
    expect(answer.best).toEqual(answer.settings[0]);
    expect(answer.best).toMatchObject({ parameters: { 'optimizer.learningRate': 0.2 }, done: 2 });
    const losses = answer.trials
      .filter(({ parameters }) => parameters['optimizer.learningRate'] === 0.2)
      .map(({ final }) => final['testLoss']!);
    expect(answer.best!.mean).toBeCloseTo((losses[0]! + losses[1]!) / 2, 12);
    expect(answer.best!.deviation).toBeCloseTo(Math.abs(losses[0]! - losses[1]!) / Math.SQRT2, 12);

    const runs = await listRuns(folder);
    expect(runs).toHaveLength(5);
    expect(runs.find(({ id }) => id === answer.sweep)).toMatchObject({
      job: 'sweep',
      name: 'line, sweep',
      state: 'done',
      last: { trials: 4, testLoss: answer.best!.mean },
    });
    for (const { run, parameters, seed } of answer.trials) {
      expect(runs.find(({ id }) => id === run)).toMatchObject({ job: 'train', sweep: answer.sweep });
      const file = path.join(folder, '.weightroom', 'runs', run, 'spec.json');
      const { spec } = JSON.parse(await readFile(file, 'utf8')) as { spec: unknown };
      expect(spec).toMatchObject({ overrides: parameters, seed, sweep: answer.sweep });
    }
  });

  it('goes on after a trial that fails, and fails where all of them do', async () => {
    const folder = await temporaryFolder();
    await writeExperiment(folder, 'line.ts');
    const sweep = ['sweep', 'line.ts', '--engine', 'cpu', '--grid'];
    const answer = (await document(folder, ...sweep, 'optimizer.learningRate=-1,0.1')) as Answer;
    expect(answer.trials.map(({ state }) => state)).toEqual(['failed', 'done']);
    expect(answer.trials[0]!.error).toContain('optimizer.learningRate cannot be -1');
    expect(answer.best!.parameters).toEqual({ 'optimizer.learningRate': 0.1 });

    const none = await command(folder, ...sweep, 'optimizer.rate=1,2', '--json');
    expect(none.code).toBe(2);
    expect(JSON.parse(none.stdout)).toMatchObject({
      error: {
        code: 'all-trials-failed',
        message: expect.stringContaining('no setting "optimizer.rate"') as string,
      },
    });
  });

  it('prints a table, the best first', async () => {
    const folder = await temporaryFolder();
    await writeExperiment(folder, 'line.ts');
    const flags = ['--engine', 'cpu', '--grid', 'optimizer.learningRate=0.01,0.2', '--max-steps', '2'];
    const { stdout, stderr } = await command(folder, 'sweep', 'line.ts', ...flags);
    const [title, , first, second] = stdout.split('\n').map((line) => line.trim().split(/\s+/));
    expect(title!.slice(0, 2)).toEqual(['optimizer.learningRate', 'testLoss']);
    expect([first![0], second![0]]).toEqual(['0.2', '0.01']);
    expect(Number(first![1])).toBeLessThan(Number(second![1]));
    expect(stdout).toContain('Best    optimizer.learningRate=0.2');
    const sweep = stdout.trim().split(/\s+/).at(-1)!;
    await document(folder, 'export', sweep, '--csv', 'tables');
    const [heading, ...rows] = (await readFile(path.join(folder, 'tables', 'trials.csv'), 'utf8')).split(
      '\r\n',
    );
    expect(heading).toMatch(/^run,state,optimizer\.learningRate,seed,seconds,.*testLoss/);
    expect(rows.map((row) => row.split(',').slice(1, 4))).toEqual([
      ['done', '0.01', ''],
      ['done', '0.2', ''],
      [],
    ]);
    expect(stderr).toMatch(/optimizer\.learningRate 0\.01: .*testLoss/);
  });

  it('is cancelled with its trials, starts no more, and says what it has', async () => {
    const folder = await temporaryFolder();
    const experiment = await writeExperiment(folder, 'line.ts');
    // The first setting ends at once; the others go on for ever.
    const source = await readFile(experiment, 'utf8');
    await writeFile(experiment, source.replace('seed: 1,', 'seed: 1,\n  evaluateEvery: 1000,'));
    const flags = ['--engine', 'cpu', '--jobs', '2', '--grid', 'epochs=1,1000000,2000000,3000000', '--json'];
    const started = startCommand(folder, ['sweep', 'line.ts', ...flags]);
    const trials = await trialsUnderWay(folder, 3);
    const workers = await Promise.all(trials.map((trial) => readWorker(trial.folder)));
    started.child.kill('SIGINT');
    const { code, stdout } = await started.result;
    expect(code).toBe(130);
    const answer = JSON.parse(stdout) as Answer;
    expect(answer.state).toBe('cancelled');
    expect(answer.trials.map(({ state }) => state)).toEqual(['done', 'cancelled', 'cancelled']);
    const states = (await listRuns(folder)).map(({ state }) => state).sort();
    expect(states).toEqual(['cancelled', 'cancelled', 'cancelled', 'done']);
    for (const worker of workers) {
      await expect.poll(() => isAlive(worker!.process), { timeout: 5000 }).toBe(false);
    }
  });

  it('leaves no trial behind when it was killed and is cancelled afterwards', async () => {
    const folder = await temporaryFolder();
    await writeExperiment(folder, 'line.ts');
    const flags = ['--engine', 'cpu', '--grid', 'epochs=1000000', '--json'];
    const started = startCommand(folder, ['sweep', 'line.ts', ...flags]);
    const [trial] = await trialsUnderWay(folder, 1);
    const sweep = (await listRuns(folder)).find(({ job }) => job === 'sweep')!;
    const { pid } = (await readWorker(sweep.folder))!.process;
    process.kill(pid, 'SIGKILL');
    expect((await started.result).code).toBe(1);
    expect(await document(folder, 'runs', trial!.id)).toMatchObject([{ state: 'running' }]);
    await document(folder, 'cancel', sweep.id);
    expect(await document(folder, 'runs', trial!.id)).toMatchObject([{ state: 'cancelled' }]);
  });
});
