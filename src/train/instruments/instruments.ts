import type { Tensor } from '@tensorflow/tfjs';
import type { Reported } from '../../compile/compile';
import type { DataSet } from '../../data/dataSet';
import type { TensorFlow } from '../../engine/engine';
import type { InstrumentCostEvent, InstrumentsEvent, VerdictEvent } from '../../protocol/instruments';
import type { Batch } from '../batches/batch';
import type { Experiment } from '../experiment';
import type { Dynamics, Optimizer } from '../optimizers/optimizer';
import { streamSeed } from '../randomness';
import type { TrainableModel } from '../trainableModel';
import type { BatchGradients } from './batchGradients';
import { InstrumentCosts } from './costs';
import type { ExampleGradients } from './exampleGradients';
import { flatten } from './flatVector';
import { momentsOfParts, partsOf, type GradientMoments } from './gradientMoments';
import { lastLayerConsistency } from './lastLayerConsistency';
import { layersOf, sum, sumByLayer, type Layer } from './layers';
import { withLossCurvature } from './lossCurvature';
import {
  freshMemory,
  MOST_LOSSES,
  MOST_NORMS,
  MOST_POSITIONS,
  remember,
  smooth,
  type InstrumentMemory,
} from './memory';
import { readNoise, type NoiseReading } from './noise';
import { INSTRUMENTS, ReadingPlan, type Instrument } from './plan';
import { dynamicsValues, heavyBallOf, limitOf, noiseFloor, plateauOf, radiusAt } from './stepFacts';
import { stepPosition } from './stepPosition';
import {
  describeStep,
  readStep,
  type StepDescription,
  type StepReadings,
  type StepTensors,
} from './stepReadings';
import { judge } from './verdicts';

/** What was measured at one step. */
export interface Reading {
  /** Steps done. */
  readonly step: number;
  readonly dynamics: Dynamics;
  readonly description?: StepDescription;
  readonly position?: number;
  readonly noise?: NoiseReading;
  readonly curvature?: CurvatureReading;
  readonly consistency?: number;
}

interface CurvatureReading {
  readonly largest: number;
  readonly limit: number | undefined;
  readonly traceByLayer: readonly number[];
}

export interface InstrumentsSubject {
  readonly tf: TensorFlow;
  readonly experiment: Experiment;
  readonly data: DataSet;
  readonly model: TrainableModel;
  readonly optimizer: Optimizer;
  readonly gradients: BatchGradients;
  /** Where the model lets the gradients of single examples be known. */
  readonly examples: ExampleGradients | undefined;
}

/** Quantities by the instrument that reads them. */
const QUANTITIES_OF: Readonly<Record<Instrument, readonly string[]>> = {
  gradients: ['gradientNorm', 'weightNorm', 'updateNorm', 'updateRatio', 'distanceFromStart', 'deadUnits'],
  position: ['alpha'],
  noise: [
    'gradientVariance',
    'normTest',
    'innerProductTest',
    'orthogonalityTest',
    'noiseScale',
    'gradientSnr',
    'noiseFloor',
    'plateau',
  ],
  curvature: ['largestCurvature', 'curvatureLimit', 'stabilityMargin', 'hessianTrace', 'spectralRadius'],
  splitting: ['splittingConsistency'],
};

/**
 * The instruments of a run in training: at the steps of their plan they read gradients, noise, curvature and the
 * step itself, and say what that means. They change nothing: neither variables nor random numbers of the
 * training.
 */
export class Instruments {
  private known: InstrumentMemory = freshMemory();
  private knowsStart = true;
  private readonly plan: ReadingPlan;
  private readonly layers: readonly Layer[];
  private readonly costs = new InstrumentCosts();
  private readonly fullBatch: number;
  private start: readonly Tensor[] = [];
  private saysLayers = true;

  constructor(private readonly subject: InstrumentsSubject) {
    const { experiment, data, model } = subject;
    this.plan = new ReadingPlan(experiment.instruments ?? 'standard');
    this.layers = layersOf(model.trainable);
    this.fullBatch = Math.min(experiment.batchSize, data.train.size);
  }

  /** Whether anything is ever read. */
  get areOn(): boolean {
    return Object.keys(this.plan.reach.due).length > 0;
  }

  /** What a checkpoint must hold of them. */
  get memory(): InstrumentMemory {
    return this.known;
  }

  /** Goes on from what a checkpoint holds. */
  resume(memory: InstrumentMemory): void {
    this.known = memory;
    this.knowsStart = memory.startsFromFile !== true;
  }

  /** Remembers the present weights as those at the start of training: fresh ones, or those of a file. */
  begin(isFromFile: boolean): void {
    if (isFromFile) this.known.startsFromFile = true;
    const { tf } = this.subject;
    if (!this.areOn) return;
    tf.dispose([...this.start]);
    // Copies: a clone would share its data with the variable.
    this.start = this.variables.map((variable) => tf.tidy(() => tf.keep(tf.add(variable, 0))));
  }

  /** Whether anything reads this step, counted from 1. */
  isDue(step: number): boolean {
    return INSTRUMENTS.some((instrument) => this.reads(instrument, step));
  }

  /** Reads a step's tensors in the step itself, see `compileReadable`. */
  readStep(tensors: Omit<StepTensors, 'start'>): StepReadings {
    return readStep(this.subject.tf, { ...tensors, start: this.start }, this.layers, this.plan.reach.detail);
  }

  /**
   * Takes a step and measures around it.
   * @param step its number, from 1
   * @param seed of the step's random numbers
   * @param take takes the step, with readings or without
   */
  async observe(
    step: number,
    { x, y, size }: Batch,
    seed: number,
    take: (isRead: boolean) => Reported<Tensor, StepReadings | undefined>,
  ): Promise<Reading> {
    const { tf, optimizer } = this.subject;
    const reads = (instrument: Instrument): boolean => this.reads(instrument, step);
    const dynamics = optimizer.dynamics();
    const noise = reads('noise') ? await this.readNoise(step, x, y, size) : undefined;
    const consistency = reads('splitting') ? await this.readConsistency({ x, y, seed }, dynamics) : undefined;
    const readsPosition = reads('position');
    const before = readsPosition ? this.variables.map((variable) => tf.keep(tf.clone(variable))) : [];
    try {
      const stopGradients = reads('gradients') ? this.costs.start('gradients') : undefined;
      const { value, readings } = take(reads('gradients') || readsPosition);
      const description =
        readings && (await describeStep(readings, this.layers, this.shapes, { knowsStart: this.knowsStart }));
      stopGradients?.();
      const position =
        readsPosition && description !== undefined
          ? await this.readPosition(value, description.slope, before, { x, y, seed })
          : undefined;
      const curvature = reads('curvature') ? this.readCurvature(dynamics) : undefined;
      return {
        step,
        dynamics,
        ...(description !== undefined && { description }),
        ...(position !== undefined && { position }),
        ...(noise !== undefined && { noise }),
        ...(curvature !== undefined && { curvature }),
        ...(consistency !== undefined && { consistency }),
      };
    } finally {
      tf.dispose(before);
    }
  }

  /** Takes note of the loss of a step; of every step, in order, before `report` of a reading at it. */
  addLoss(loss: number): void {
    remember(this.memory.losses, loss, MOST_LOSSES);
  }

  /** Says what a reading says, and what it means. */
  report(reading: Reading, epoch: number): [InstrumentsEvent, ...VerdictEvent[]] {
    const { memory, layers } = this;
    const { step, dynamics, description, position, noise, curvature, consistency } = reading;
    if (position !== undefined) remember(memory.positions, position, MOST_POSITIONS);
    if (description !== undefined) {
      remember(memory.gradientNorms, description.values['gradientNorm']!, MOST_NORMS);
    }
    if (noise !== undefined) memory.noise = smooth(memory.noise, noise);
    if (curvature !== undefined) {
      memory.curvature = { largest: curvature.largest, trace: sum([...curvature.traceByLayer]) };
    }
    const values = {
      ...description?.values,
      ...dynamicsValues(dynamics),
      ...(position !== undefined && { alpha: position }),
      ...(noise !== undefined && this.noiseValues(noise, dynamics)),
      ...(curvature !== undefined && this.curvatureValues(curvature, dynamics)),
      ...(consistency !== undefined && { splittingConsistency: consistency }),
    };
    const byLayer = {
      ...description?.byLayer,
      ...(noise !== undefined && {
        gradientVariance: noise.byLayer.map(({ variance }) => variance),
        normTest: noise.byLayer.map(({ normTest }) => normTest),
      }),
      ...(curvature !== undefined && { hessianTrace: curvature.traceByLayer }),
    };
    const names = layers.map(({ name }) => name);
    const hasLayers = Object.keys(byLayer).length > 0;
    const event: InstrumentsEvent = {
      type: 'instruments',
      step,
      epoch,
      values,
      ...(hasLayers && { byLayer }),
      ...(hasLayers && this.saysLayers && { layers: names }),
      ...(description?.histograms !== undefined && { histograms: description.histograms }),
      ...(description?.planes !== undefined && { planes: description.planes }),
    };
    if (hasLayers) this.saysLayers = false;
    const { optimizer } = this.subject.experiment;
    const batchSize = this.fullBatch;
    return [event, ...judge({ step, batchSize, optimizer, values, byLayer, layers: names, memory })];
  }

  /** What reading has cost, by the clock. */
  costEvent(step: number): InstrumentCostEvent | undefined {
    return this.costs.event(step, QUANTITIES_OF);
  }

  dispose(): void {
    this.subject.tf.dispose([...this.start]);
    this.start = [];
  }

  private get variables() {
    return this.subject.model.trainable.map(({ variable }) => variable);
  }

  private get sizes() {
    return this.variables.map(({ size }) => size);
  }

  private get shapes() {
    return this.variables.map(({ shape }) => shape);
  }

  /** Full batches alone are read: what is due at a smaller last one of an epoch is read at the next step. */
  private reads(instrument: Instrument, step: number): boolean {
    if (!this.isFull(step) || !this.canRead(instrument)) return false;
    return (
      this.plan.isDue(instrument, step) || (!this.isFull(step - 1) && this.plan.isDue(instrument, step - 1))
    );
  }

  private canRead(instrument: Instrument): boolean {
    const { model, experiment, optimizer } = this.subject;
    // One example has no parts.
    if (instrument === 'noise') return this.fullBatch > 1;
    if (instrument !== 'splitting') return true;
    // Steps in other coordinates than the gradient's follow another flow; a layer that is split off, its own.
    const isPlain = optimizer.dynamics().preconditioned !== true && experiment.lastLayer === undefined;
    return isPlain && model.lastLayer !== undefined && typeof experiment.loss === 'string';
  }

  private isFull(step: number): boolean {
    const { size } = this.subject.data.train;
    const { fullBatch } = this;
    return size % fullBatch === 0 || step % Math.ceil(size / fullBatch) !== 0;
  }

  private async readNoise(
    step: number,
    x: Tensor,
    y: readonly Tensor[],
    batchSize: number,
  ): Promise<NoiseReading> {
    const { tf, optimizer, experiment, examples } = this.subject;
    const stop = this.costs.start('noise');
    const seed = streamSeed(experiment.seed, 'noise', step);
    const moments = examples?.moments(x, y, seed) ?? this.momentsOfParts(x, y, batchSize, seed);
    const scales = optimizer.iterations > 0 ? optimizer.scales?.() : undefined;
    try {
      return await readNoise(tf, moments, this.sizes, this.layers, scales);
    } finally {
      tf.dispose([moments.mean, moments.variance, moments.along, ...(scales ?? [])]);
      stop();
    }
  }

  private momentsOfParts(x: Tensor, y: readonly Tensor[], batchSize: number, seed: number): GradientMoments {
    const { tf, gradients } = this.subject;
    const { count, size } = partsOf(batchSize, this.plan.reach.parts);
    const parts = gradients.ofParts(x, y, count, size, seed);
    const moments = momentsOfParts(tf, parts, size, this.sizes);
    tf.dispose(parts);
    return moments;
  }

  private async readPosition(
    lossBefore: Tensor,
    slopeBefore: number,
    before: readonly Tensor[],
    { x, y, seed }: { readonly x: Tensor; readonly y: readonly Tensor[]; readonly seed: number },
  ): Promise<number | undefined> {
    const { tf } = this.subject;
    const stop = this.costs.start('position');
    const { loss, gradient } = this.subject.gradients.of(x, y, seed);
    const slope = tf.tidy(() => {
      const update = tf.sub(flatten(tf, this.variables), flatten(tf, before));
      return tf.sum(tf.mul(gradient, update));
    });
    try {
      const [[f0], [f1], [s1]] = await Promise.all([lossBefore.data(), loss.data(), slope.data()]);
      return stepPosition([f0!, f1!], [slopeBefore, s1!]);
    } finally {
      tf.dispose([loss, slope, gradient]);
      stop();
    }
  }

  private async readConsistency(
    batch: { readonly x: Tensor; readonly y: readonly Tensor[]; readonly seed: number },
    dynamics: Dynamics,
  ): Promise<number | undefined> {
    const { tf, model, experiment } = this.subject;
    const stop = this.costs.start('splitting');
    const { rate } = heavyBallOf(dynamics);
    const consistency = await lastLayerConsistency(tf, model, model.lastLayer!, experiment.loss, batch, rate);
    stop();
    return consistency;
  }

  private readCurvature(dynamics: Dynamics): CurvatureReading {
    const { tf, experiment, optimizer } = this.subject;
    const { products, probes } = this.plan.reach;
    const stop = this.costs.start('curvature');
    const scales = optimizer.scales?.();
    try {
      return withLossCurvature(this.subject, (curvature, seed) => ({
        largest: curvature.largest(products, seed, scales),
        limit: limitOf(dynamics, experiment.optimizer),
        traceByLayer: sumByLayer(this.layers, curvature.traces(probes, seed)),
      }));
    } finally {
      tf.dispose([...(scales ?? [])]);
      stop();
    }
  }

  private noiseValues({ all, signalToNoise }: NoiseReading, dynamics: Dynamics): Record<string, number> {
    const { memory, subject, fullBatch } = this;
    const { variance, square, scaledVariance } = memory.noise!;
    const limit = limitOf(dynamics, subject.experiment.optimizer);
    const isPreconditioned = dynamics.preconditioned === true;
    const weights = sum(this.sizes);
    // The trace is that of the plain Hessian, which says nothing of the curvatures in scaled coordinates.
    const meanCurvature = isPreconditioned ? 0 : (memory.curvature?.trace ?? 0) / weights;
    const isFull = memory.losses.length === MOST_LOSSES;
    return {
      gradientVariance: all.variance,
      normTest: all.normTest,
      innerProductTest: all.innerProductTest,
      orthogonalityTest: all.orthogonalityTest,
      gradientSnr: signalToNoise,
      noiseScale: square > 0 ? variance / square : Infinity,
      ...(limit !== undefined && {
        noiseFloor: noiseFloor(dynamics, scaledVariance / fullBatch, meanCurvature, limit),
      }),
      ...(isFull && { plateau: plateauOf(memory.losses) }),
    };
  }

  private curvatureValues(
    { largest, limit, traceByLayer }: CurvatureReading,
    dynamics: Dynamics,
  ): Record<string, number> {
    const radius = radiusAt(dynamics, this.subject.experiment.optimizer, largest);
    return {
      largestCurvature: largest,
      hessianTrace: sum([...traceByLayer]),
      ...(limit !== undefined && { curvatureLimit: limit }),
      ...(limit !== undefined && largest > 0 && { stabilityMargin: limit / largest }),
      ...(radius !== undefined && { spectralRadius: radius }),
    };
  }
}
