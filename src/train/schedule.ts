import type { ProgressEvent } from '../protocol/events';
import type { Experiment } from './experiment';

/** Progress is told at this many points of a run. Points, not times: the journal shall be repeatable. */
const PROGRESS_POINTS = 200;

/** What is due after which step. Steps are counted from the start of the first epoch. */
export class Schedule {
  readonly stepsPerEpoch: number;
  /** The step after which the run is done. */
  readonly total: number;
  private readonly epochs: number;
  private readonly evaluateEvery: number;
  private readonly progressEvery: number;

  constructor({ epochs, batchSize, evaluateEvery = 1 }: Experiment, trainSize: number, maxSteps = Infinity) {
    this.epochs = epochs;
    this.evaluateEvery = evaluateEvery;
    this.stepsPerEpoch = Math.ceil(trainSize / batchSize);
    this.total = Math.min(epochs * this.stepsPerEpoch, maxSteps);
    this.progressEvery = Math.ceil(this.total / PROGRESS_POINTS);
  }

  isEpochEnd(step: number): boolean {
    return step > 0 && step % this.stepsPerEpoch === 0;
  }

  isTest(step: number): boolean {
    const epoch = step / this.stepsPerEpoch;
    return step === this.total || (this.isEpochEnd(step) && epoch % this.evaluateEvery === 0);
  }

  isProgress(step: number): boolean {
    return step === this.total || step % this.progressEvery === 0;
  }

  progress(step: number): ProgressEvent {
    const epoch = Math.min(this.epochs, Math.floor(step / this.stepsPerEpoch) + 1);
    return {
      type: 'progress',
      done: step,
      total: this.total,
      unit: 'steps',
      what: `epoch ${epoch} of ${this.epochs}`,
    };
  }
}
