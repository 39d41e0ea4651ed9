import path from 'node:path';
import type { TrainSummary } from '../protocol/events';
import { UserError } from '../protocol/userError';
import { createRun } from '../runs/create';
import { writeEnvironment } from '../runs/environmentFile';
import { openJournal } from '../runs/journal';
import { isCancelled } from '../runs/state';
import { findWorkspace } from '../runs/workspace';
import { claimRun } from './claim';
import { describeEnvironment } from './environment';
import { RunWriter } from './runWriter';

export interface WatchOptions {
  /** For people; the name of the program where absent. */
  readonly name?: string;
  /** Folder whose `.weightroom` gets the run; the nearest with one above the working folder where absent. */
  readonly workspace?: string;
}

type Logs = Readonly<Record<string, number>>;

/** What `model.fit` and `model.fitDataset` of TensorFlow.js take as `callbacks`. */
export interface FitCallbacks {
  readonly onTrainBegin: () => Promise<void>;
  readonly onBatchEnd: (batch: number, logs?: Logs) => Promise<void>;
  readonly onEpochEnd: (epoch: number, logs?: Logs) => Promise<void>;
  readonly onTrainEnd: () => Promise<void>;
}

/**
 * Makes a run of what a program of your own trains, so that the Runs view shows it as it grows: a point a batch, and
 * one an epoch for what is validated. Every call of `fit` is a run; a program that ends before its training did
 * leaves one that failed. **Cancel** in the editor makes the next batch throw.
 *
 * @example
 * await model.fit(x, y, { epochs: 5, validationSplit: 0.1, callbacks: watch() });
 * @throws UserError `no-program` where there is no file that trains, or the errors of a folder that cannot be written
 */
export function watch(options: WatchOptions = {}): FitCallbacks {
  let run: WatchedRun | undefined;
  return {
    onTrainBegin: async () => {
      run = await WatchedRun.begin(options);
    },
    onBatchEnd: (_batch, logs = {}) => settled(() => run?.batch(logs)),
    onEpochEnd: (epoch, logs = {}) => settled(() => run?.epoch(epoch, logs)),
    onTrainEnd: () => settled(() => run?.end()),
  };
}

/** Names of TensorFlow.js for what every training measures. */
const METRICS: Readonly<Record<string, string>> = { loss: 'Loss', acc: 'Accuracy' };
/** What TensorFlow.js says of a batch beside metrics. */
const NO_METRICS: readonly string[] = ['batch', 'size'];

class WatchedRun {
  private step = 0;
  private stepsBefore = 0;
  private epochsDone = 0;
  private stepsPerEpoch: number | undefined;
  private readonly final: Record<string, number> = {};
  private readonly atExit = (): void => {
    this.writer.finish('failed', { error: UNFINISHED });
  };

  private constructor(
    private readonly folder: string,
    private readonly writer: RunWriter,
    private readonly stopBeating: () => void,
  ) {
    process.once('exit', this.atExit);
  }

  static async begin({ name, workspace }: WatchOptions): Promise<WatchedRun> {
    const program = process.argv[1];
    if (program === undefined) {
      throw new UserError('no-program', 'There is no program to watch.', 'Put the training into a file.');
    }
    const folder = await createRun(workspace ?? findWorkspace(process.cwd()), {
      job: 'train',
      experiment: path.resolve(program),
      engine: 'best',
      overrides: {},
      watched: true,
    });
    const stopBeating = await claimRun(folder);
    await writeEnvironment(folder, describeEnvironment());
    const writer = new RunWriter(folder, openJournal(folder));
    writer.append({ type: 'started', name: name ?? path.parse(program).name });
    return new WatchedRun(folder, writer, stopBeating);
  }

  batch(logs: Logs): void {
    this.step++;
    const done = this.step - this.stepsBefore;
    const part = this.stepsPerEpoch === undefined ? 0 : done / this.stepsPerEpoch;
    this.measure(this.epochsDone + part, logs);
    if (!isCancelled(this.folder)) return;
    this.close('cancelled');
    throw new UserError('cancelled', 'The training was cancelled.', 'Start it again when you like.');
  }

  epoch(epoch: number, logs: Logs): void {
    this.stepsPerEpoch = this.step - this.stepsBefore;
    this.stepsBefore = this.step;
    this.epochsDone = epoch + 1;
    const validated = Object.entries(logs).filter(([name]) => name.startsWith('val_'));
    this.measure(this.epochsDone, Object.fromEntries(validated));
  }

  end(): void {
    this.close('done');
  }

  private measure(epoch: number, logs: Logs): void {
    const values = Object.fromEntries(
      Object.entries(logs)
        .filter(([name]) => !NO_METRICS.includes(name))
        .map(([name, value]) => [metricName(name), value]),
    );
    if (Object.keys(values).length === 0) return;
    Object.assign(this.final, values);
    this.writer.append({ type: 'metrics', step: this.step, epoch, values });
  }

  private close(state: 'done' | 'cancelled'): void {
    const { step: steps, final } = this;
    const summary: TrainSummary = { job: 'train', engine: '', steps, final, best: {} };
    this.writer.finish(state, { summary });
    this.stopBeating();
    process.off('exit', this.atExit);
  }
}

const UNFINISHED = {
  code: 'program-ended',
  message: 'The program ended before its training did.',
  remedy: 'Read what it printed.',
};

/** `val_loss` is `testLoss`, `acc` is `trainAccuracy`, `meanSquaredError` is `trainMeanSquaredError`. */
function metricName(log: string): string {
  const isValidated = log.startsWith('val_');
  const name = isValidated ? log.slice('val_'.length) : log;
  return `${isValidated ? 'test' : 'train'}${METRICS[name] ?? name.charAt(0).toUpperCase() + name.slice(1)}`;
}

/** What an act throws becomes what its promise rejects with. */
function settled(act: () => void): Promise<void> {
  return new Promise((resolve) => {
    act();
    resolve();
  });
}
