import type { Tensor } from '@tensorflow/tfjs';
import { eagerStep } from '../compile/eager';
import { compileReadable, type ReadableStep, type Reported, type SignatureInfo } from '../compile/compile';
import type { Column, DataSet } from '../data/dataSet';
import type { TensorFlow } from '../engine/engine';
import type { MessageEvent } from '../protocol/events';
import { UserError } from '../protocol/userError';
import { checkImages } from './batches/augment';
import { takeBatch, type Batch } from './batches/batch';
import { BatchSource } from './batches/batchSource';
import { restoreCheckpoint, saveCheckpoint, saveTensors, type Identity } from './checkpoint';
import { evaluate } from './evaluate';
import { CurvatureFollower } from './curvatureFollower';
import type { Experiment } from './experiment';
import { withWeights } from './exchangeWeights';
import { BatchGradients } from './instruments/batchGradients';
import { ExampleGradients } from './instruments/exampleGradients';
import { Instruments, type Reading } from './instruments/instruments';
import type { MeasuredLoss } from './instruments/lossCurvature';
import { readMemory } from './instruments/memory';
import type { StepReadings } from './instruments/stepReadings';
import { SOLVED_APART, SplitStep } from './lastLayer/splitStep';
import { lossGradients, type LossGradients } from './lossGradients';
import { LossLedger, type StepLoss } from './lossLedger';
import { objectiveOf, type Losses, type Measure, type Objective } from './objective';
import { createOptimizer } from './optimizers/create';
import type { NamedVariable, Optimizer } from './optimizers/optimizer';
import type { RateFactor } from './optimizers/rate';
import { rateFactor } from './optimizers/rateSchedule';
import { streamSeed, withSeededRandom } from './randomness';
import { loadInitialWeights } from './initialWeights';
import { Scoreboard } from './scoreboard';
import { withTaskTargets } from './tasks';
import { trainableModel, type TrainableModel } from './trainableModel';

/** How many batches are tested at once: without a backward pass, memory allows more than in training. */
const TEST_BATCHES = 4;

/**
 * A model in training: everything that its next step depends on, so that it can be saved and restored
 * whole. It owns its tensors; `dispose` gives them back.
 */
export class Training {
  /** Steps done. */
  step = 0;
  scores: Scoreboard;
  readonly model: TrainableModel;
  /** The model as the optimizer and the instruments see it: without a last layer that is moved apart. */
  private readonly moved: TrainableModel;
  private readonly split: SplitStep | undefined;
  readonly instruments: Instruments;
  /** What `test` measures; empty without test examples. */
  readonly measures: readonly Measure[];
  private readonly optimizer: Optimizer;
  private readonly gradients: BatchGradients;
  private readonly examples: ExampleGradients | undefined;
  /** Where the optimizer takes its step from the curvature. */
  private readonly follower: CurvatureFollower | undefined;
  private readonly data: DataSet;
  private readonly batches: BatchSource;
  private readonly objective: Objective;
  private readonly ledger: LossLedger;
  private readonly descend: ReadableStep<[Tensor, ...Tensor[]], Tensor, StepReadings>;
  /** The step after which the model was tested last. */
  private tested: number | undefined;

  /** @throws UserError where the experiment's model, loss or metrics cannot be used with the data */
  constructor(
    private readonly tf: TensorFlow,
    private readonly experiment: Experiment,
    data: DataSet,
  ) {
    const { model, parameters = {}, seed, batchSize, augment } = experiment;
    this.data = withTaskTargets(data, experiment);
    this.batches = new BatchSource(tf, this.data.train, { seed, batchSize, augment });
    this.objective = objectiveOf(tf, experiment, this.data);
    this.measures = this.objective.measures;
    this.scores = new Scoreboard(this.measures);
    this.model = withSeededRandom(streamSeed(seed, 'weights'), () => trainableModel(tf, model(parameters)));
    this.split = this.splitLastLayer();
    this.moved = this.split?.body ?? this.model;
    this.optimizer = this.buildOptimizer();
    this.ledger = new LossLedger(tf);
    const mode = experiment.compile ?? 'fused';
    this.gradients = new BatchGradients(tf, this.moved, this.batchLosses, mode);
    this.examples = this.objective.areMeans
      ? ExampleGradients.of(tf, this.moved, (x, y) => this.batchLosses(x, y).total, mode)
      : undefined;
    const measured = {
      tf,
      experiment:
        this.moved.trainable.length > 0 ? experiment : { ...experiment, instruments: 'off' as const },
      data: this.data,
      model: this.moved,
      gradients: this.gradients,
      examples: this.examples,
    };
    this.instruments = new Instruments({ ...measured, optimizer: this.optimizer });
    this.follower = this.buildFollower(measured);
    this.descend = this.compileStep();
  }

  /** Whether a loss applies a softmax to what has passed one already. */
  get appliesSoftmaxTwice(): boolean {
    return this.objective.logits.some((output) => this.model.endsInSoftmax(output));
  }

  /** Losses of the tasks by the names under which they are reported; none where there is one task. */
  namedLosses(byTask: readonly number[]): Readonly<Record<string, number>> {
    return Object.fromEntries(this.objective.lossNames.map((name, i) => [name, byTask[i]!]));
  }

  /** Losses of steps that have not been fetched. */
  get unsettled(): number {
    return this.ledger.size;
  }

  /** Applies model and loss to two examples, so that a misfit is told before anything else happens. */
  checkFit(): void {
    const { x, size } = this.data.train;
    if (this.experiment.augment !== undefined) checkImages(x.shape, this.experiment.augment);
    try {
      this.tf.tidy(() => {
        const batch = takeBatch(this.tf, this.data.train, { examples: Uint32Array.of(0, size - 1) });
        this.objective.losses(batch.y, this.model.apply(batch.x, false));
      });
    } catch (cause) {
      throw new UserError(
        'model-does-not-fit',
        `Model, loss and data do not fit together: ${cause instanceof Error ? cause.message : String(cause)}`,
        `An example of x has the shape [${x.shape.join(', ')}], its ${this.targetShapes()}.`,
        { cause },
      );
    }
  }

  /**
   * Before a step: measures the curvature that the optimizer's step follows from, where there is one and it is due.
   * @returns what became of it
   */
  followCurvature(): MessageEvent | undefined {
    return this.follower?.follow(this.step);
  }

  /**
   * One step on the next batch of the epoch. Its loss, from before the step, is fetched by `settle`.
   * @returns what the instruments read of it, at the steps of their plan
   */
  async advance(): Promise<Reading | undefined> {
    const { tf, instruments, step } = this;
    const seed = streamSeed(this.experiment.seed, 'step', step);
    const batch = this.batches.next(step);
    this.optimizer.iterations = step;
    const take = (isRead: boolean): Reported<Tensor, StepReadings | undefined> => {
      const reported = withSeededRandom(seed, () => this.descendOn(batch, isRead));
      this.optimizer.iterations = ++this.step;
      this.ledger.add(this.step, reported.value);
      return reported;
    };
    try {
      if (instruments.isDue(step + 1)) {
        return await instruments.observe(step + 1, batch, seed, take);
      }
      take(false);
      return undefined;
    } finally {
      tf.dispose([batch.x, ...batch.y]);
    }
  }

  /** Fetches the losses of the steps since the last time. */
  async settle(): Promise<readonly StepLoss[]> {
    const settled = await this.ledger.settle();
    // A split step tells of the loss after the last layer was moved first, for the instruments.
    const losses = this.split === undefined ? settled : settled.map(beforeSplit);
    for (const { loss } of losses) this.instruments.addLoss(loss);
    return losses;
  }

  get isTested(): boolean {
    return this.data.test === undefined || this.tested === this.step;
  }

  /** Means of all measures over the test examples; `undefined` where there are none, or `signal` was aborted. */
  async test(signal: AbortSignal): Promise<Readonly<Record<string, number>> | undefined> {
    const { test } = this.data;
    if (test === undefined) return undefined;
    const size = TEST_BATCHES * this.experiment.batchSize;
    const values = await this.withEvaluatedWeights(() =>
      evaluate(this.tf, this.model, test, this.measures, size, signal),
    );
    if (values !== undefined) this.tested = this.step;
    return values;
  }

  /** Writes everything into one file that `restore` reads. */
  async save(file: string): Promise<void> {
    const { step, tested = 0, tensors, identity } = this;
    const { final, best } = this.scores;
    const instruments = this.instruments.memory;
    const curvature = this.optimizer.curvature?.largest;
    const steepestCurvature = this.follower?.steepest;
    const position = {
      step,
      tested,
      final,
      best,
      instruments,
      ...(curvature !== undefined && { curvature }),
      ...(steepestCurvature !== undefined && { steepestCurvature }),
    };
    await saveCheckpoint(file, position, identity, tensors);
  }

  /** Writes the model's variables alone, for use elsewhere: the weights that it is tested with. */
  async saveModel(file: string): Promise<void> {
    await this.withEvaluatedWeights(() => saveTensors(file, this.model.variables, {}, { force: false }));
  }

  /**
   * Starts from the weights in a model file instead of fresh ones.
   * @returns names of the variables that the file does not have
   */
  async load(file: string): Promise<readonly string[]> {
    return loadInitialWeights(this.tf, file, this.model.variables);
  }

  /** @throws UserError `checkpoint-mismatch`, or the errors of a bad file */
  async restore(file: string): Promise<void> {
    const position = await restoreCheckpoint(this.tf, file, this.identity, this.tensors);
    this.step = position.step;
    this.optimizer.iterations = position.step;
    if (this.optimizer.curvature !== undefined) this.optimizer.curvature.largest = position.curvature;
    if (this.follower !== undefined)
      this.follower.steepest = position.steepestCurvature ?? position.curvature;
    this.tested = position.tested;
    this.scores = new Scoreboard(this.measures, position.final, position.best);
    if (position.instruments !== undefined) this.instruments.resume(readMemory(position.instruments));
  }

  /**
   * What the next step computes as a graph, as text; it is not taken.
   * @throws UserError `not-compiled` where steps run eagerly
   */
  printStep(): string {
    const { x, y } = this.batches.peek(this.step);
    try {
      return this.descend.print(x, ...y);
    } finally {
      this.tf.dispose([x, ...y]);
    }
  }

  /** What became of the step: compiled or not, how fast, and why not. */
  get stepInfo(): readonly SignatureInfo[] {
    return this.descend.info();
  }

  dispose(): void {
    this.batches.dispose();
    this.descend.dispose();
    this.instruments.dispose();
    this.follower?.dispose();
    this.gradients.dispose();
    this.examples?.dispose();
    this.ledger.dispose();
    this.optimizer.dispose();
    this.model.dispose();
  }

  private get tensors(): readonly NamedVariable[] {
    return [...this.model.variables, ...this.optimizer.state, ...(this.follower?.state ?? [])];
  }

  private get identity(): Identity {
    const { optimizer, batchSize, seed } = this.experiment;
    return { optimizer: optimizer.name, batchSize, seed, trainSize: this.data.train.size };
  }

  /** `target [10]`, or `targets left [10], right [10]`. */
  private targetShapes(): string {
    const { y, targets } = this.data.train;
    const shape = ({ shape: own, classes }: Column): string =>
      `[${(classes === undefined ? own : [classes]).join(', ')}]`;
    if (targets === undefined) return `target ${shape(y)}`;
    return `targets ${Object.entries(targets)
      .map(([name, column]) => `${name} ${shape(column)}`)
      .join(', ')}`;
  }

  private get stepsPerEpoch(): number {
    return Math.ceil(this.data.train.size / this.experiment.batchSize);
  }

  private splitLastLayer(): SplitStep | undefined {
    try {
      return SplitStep.of(this.tf, this.experiment, this.model, this.objective);
    } catch (error) {
      this.model.dispose();
      throw error;
    }
  }

  private get rateFactor(): RateFactor {
    const { schedule = {}, epochs } = this.experiment;
    return rateFactor(schedule, epochs * this.stepsPerEpoch);
  }

  private buildOptimizer(): Optimizer {
    const { optimizer, clipNorm, averageWeights } = this.experiment;
    const surroundings = { factor: this.rateFactor, clipNorm, averageWeights };
    return createOptimizer(this.tf, optimizer, this.moved.trainable, surroundings);
  }

  private buildFollower(measured: MeasuredLoss): CurvatureFollower | undefined {
    const { optimizer, experiment } = this;
    const { curvature } = optimizer;
    if (curvature === undefined || experiment.optimizer.name !== 'nag-gs') return undefined;
    if (this.moved.trainable.length === 0) return undefined;
    return new CurvatureFollower(measured, () => optimizer.dynamics(), curvature, experiment.optimizer);
  }

  /** Some optimizers take gradients elsewhere than at the weights to use. */
  private async withEvaluatedWeights<T>(body: () => Promise<T>): Promise<T> {
    const weights = this.optimizer.evaluated?.();
    return weights === undefined ? body() : withWeights(this.tf, this.moved.trainable, weights, body);
  }

  /** Moves the variables on one batch. The value is the loss before, with all penalties. */
  private descendOn({ x, y }: Batch, isRead: boolean): Reported<Tensor, StepReadings | undefined> {
    return isRead ? this.descend.read(x, ...y) : { value: this.descend(x, ...y), readings: undefined };
  }

  /** The losses of a batch as in training; the whole with all penalties, the tasks without. */
  private readonly batchLosses = (x: Tensor, y: readonly Tensor[]): Losses => {
    const { tf, model } = this;
    const { total, byTask } = this.objective.losses(y, model.apply(x, true));
    return { total: model.penalties().reduce((sum, term) => tf.add(sum, term), total), byTask };
  };

  /** A step as TensorFlow.js would run it; it changes nothing but variables. */
  private compileStep(): ReadableStep<[Tensor, ...Tensor[]], Tensor, StepReadings> {
    const { tf, moved, split, optimizer, instruments, rateFactor: factor } = this;
    const variables = moved.trainable.map(({ variable }) => variable);
    const { accumulate = 1, compile: mode = 'fused' } = this.experiment;
    const gradientsOf = (x: Tensor, y: readonly Tensor[]): LossGradients =>
      split === undefined
        ? lossGradients(tf, this.batchLosses, variables, x, y, accumulate)
        : split.gradients(x, y, factor(optimizer.iterations));
    const step = (
      wantsReadings: boolean,
      x: Tensor,
      ...y: Tensor[]
    ): Reported<Tensor, StepReadings | undefined> =>
      tf.tidy(() => {
        const isRead = wantsReadings && instruments.areOn;
        const { value, grads } = gradientsOf(x, y);
        const before = isRead ? variables.map((variable) => tf.clone(variable)) : [];
        if (variables.length > 0) optimizer.step(grads);
        if (!isRead) return { value, readings: undefined };
        const gradients = variables.map((variable) => grads[variable.name] ?? tf.zerosLike(variable));
        return { value, readings: { ...instruments.readStep({ gradients, before, after: variables }) } };
      });
    return split === undefined
      ? compileReadable(tf, step, { mode, rehearse: true })
      : eagerStep(tf, step, SOLVED_APART, mode);
  }
}

/** The loss from before a step that moved the last layer apart, see `SplitStep`. */
function beforeSplit({ step, byTask: [before] }: StepLoss): StepLoss {
  return { step, loss: before!, byTask: [] };
}
