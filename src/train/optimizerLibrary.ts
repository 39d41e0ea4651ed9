import type { Optimizer as StockOptimizer, serialization, Tensor } from '@tensorflow/tfjs';
import { countStep } from '../compile/record/listener';
import { beginAsTheyAre } from '../compile/record/trial';
import type { TensorFlow } from '../engine/engine';
import { UserError } from '../protocol/userError';
import { programsTensorFlow } from './compileLibrary';
import { withWeights } from './exchangeWeights';
import { createOptimizer } from './optimizers/create';
import type { Dynamics, Gradients, NamedVariable, Optimizer } from './optimizers/optimizer';
import { rateFactor, type RateSchedule } from './optimizers/rateSchedule';
import type { OptimizerSettings } from './optimizers/settings';
import { checkOptimizer, checkSchedule } from './settings';

export interface StandaloneOptions {
  /** How the learning rate changes; `steps` is the length of the run, which `linear` and `cosine` need. */
  readonly schedule?: RateSchedule & { readonly steps?: number };
  readonly clipNorm?: number;
  readonly averageWeights?: number;
}

/** An optimizer of Weightroom's as one of TensorFlow.js's. */
export interface StandaloneOptimizer extends StockOptimizer {
  /** What the step that comes next is like. */
  dynamics(): Dynamics;
  /**
   * Takes the steps to come from the largest curvature λmax of the loss, which the program has measured: for
   * `{ name: 'nag-gs', curvature: 'auto' }`, between two steps.
   * @throws UserError `curvature-not-followed` for other settings, `no-curvature` for what is no positive number
   */
  setCurvature(largest: number): void;
  /** Runs `body` while the variables hold the weights to test and to save, where those are others. */
  withEvaluatedWeights<T>(body: () => Promise<T>): Promise<T>;
}

interface NamedTensor {
  readonly name: string;
  readonly tensor: Tensor;
}

type Configuration = StandaloneOptions & { readonly optimizer: OptimizerSettings };
type StandaloneClass = new (configuration: Configuration) => StandaloneOptimizer;

/**
 * An optimizer for any program with TensorFlow.js: for `model.compile`, `minimize`, `applyGradients`, and inside
 * `compile`. It knows variables by TensorFlow.js's names of them, and saves and loads with a model.
 * @param options among them the TensorFlow.js to use; `@tensorflow/tfjs-node` of the program where absent
 * @throws UserError `experiment-malformed` for settings that are none; those of the optimizers
 */
export function optimizer(
  settings: OptimizerSettings,
  { tf, ...options }: StandaloneOptions & { readonly tf?: TensorFlow } = {},
): StandaloneOptimizer {
  const Standalone = classFor(tf ?? programsTensorFlow());
  return new Standalone({ optimizer: settings, ...options });
}

/** Name of λmax beside what is kept of each variable. */
const CURVATURE = 'largestCurvature';

const classes = new WeakMap<TensorFlow, StandaloneClass>();

/** A class for each copy of TensorFlow.js, which registers it, so that saved models find it. */
function classFor(tf: TensorFlow): StandaloneClass {
  const known = classes.get(tf);
  if (known !== undefined) return known;

  class WeightroomOptimizer extends tf.Optimizer {
    static readonly className = 'WeightroomOptimizer';
    private variables: readonly NamedVariable[] = [];
    private inner: Optimizer;
    /** State of variables that have not been met yet, by its name. */
    private loaded = new Map<string, Tensor>();

    constructor(private readonly configuration: Configuration) {
      super();
      checkOptimizer(configuration.optimizer);
      checkSchedule(withoutLength(configuration.schedule));
      this.inner = this.create([]);
    }

    /** Called by TensorFlow.js when a saved model is loaded. */
    static override fromConfig<T extends serialization.Serializable>(
      Class: serialization.SerializableConstructor<T>,
      config: serialization.ConfigDict,
    ): T {
      return new Class(JSON.parse(config['name'] as string));
    }

    override applyGradients(gradients: Record<string, Tensor> | NamedTensor[]): void {
      const byName: Gradients = Array.isArray(gradients)
        ? Object.fromEntries(gradients.map(({ name, tensor }) => [name, tensor]))
        : gradients;
      this.meet(Object.keys(byName));
      this.inner.step(byName);
      countStep({
        read: () => this.iterations,
        write: (count) => {
          this.iterations_ = count;
          this.inner.iterations = count;
        },
      });
    }

    dynamics(): Dynamics {
      return this.inner.dynamics();
    }

    setCurvature(largest: number): void {
      const { curvature } = this.inner;
      if (curvature === undefined) {
        throw new UserError(
          'curvature-not-followed',
          `${this.configuration.optimizer.name} does not take its step from a curvature.`,
          "Use { name: 'nag-gs', curvature: 'auto' }.",
        );
      }
      if (!(largest > 0 && Number.isFinite(largest))) {
        throw new UserError(
          'no-curvature',
          `No step follows from the curvature ${largest}.`,
          'Give a number above 0; leave the step as it is where the loss bends downward.',
        );
      }
      curvature.follow(largest);
    }

    async withEvaluatedWeights<T>(body: () => Promise<T>): Promise<T> {
      const weights = this.inner.evaluated?.();
      return weights === undefined ? body() : withWeights(tf, this.variables, weights, body);
    }

    override async getWeights(): Promise<NamedTensor[]> {
      const state = this.inner.state.map(({ name, variable }) => ({ name, tensor: variable }));
      const { largest } = this.inner.curvature ?? {};
      const curvature = largest === undefined ? [] : [{ name: CURVATURE, tensor: tf.scalar(largest) }];
      return [await this.saveIterations(), ...curvature, ...state];
    }

    override async setWeights(weights: NamedTensor[]): Promise<void> {
      const rest = await this.extractIterations(weights);
      this.inner.iterations = this.iterations;
      const curvature = rest.find(({ name }) => name === CURVATURE);
      if (this.inner.curvature !== undefined) {
        this.inner.curvature.largest = curvature && (await curvature.tensor.data())[0]!;
      }
      const state = rest.filter((entry) => entry !== curvature);
      this.loaded = new Map(state.map(({ name, tensor }) => [name, tf.keep(tf.clone(tensor))]));
      this.assignLoaded();
    }

    /** Texts change on the way through a saved model, all but names. */
    getConfig(): { name: string } {
      return { name: JSON.stringify(this.configuration) };
    }

    override dispose(): void {
      this.inner.dispose();
      tf.dispose([...this.loaded.values()]);
      this.loaded.clear();
    }

    /** Makes state for variables that have none; the others keep theirs. */
    private meet(names: readonly string[]): void {
      const known = new Set(this.variables.map(({ name }) => name));
      const { registeredVariables } = tf.engine();
      const met = names
        .filter((name) => !known.has(name))
        .map((name) => ({ name, variable: registeredVariables[name]! }));
      if (met.length === 0) return;
      const before = this.inner;
      this.inner = this.create([...this.variables, ...met]);
      this.inner.iterations = this.iterations;
      if (this.inner.curvature !== undefined) this.inner.curvature.largest = before.curvature?.largest;
      const state = new Map(before.state.map(({ name, variable }) => [name, variable]));
      for (const { name, variable } of this.inner.state) {
        const old = state.get(name);
        if (old !== undefined) variable.assign(old);
      }
      before.dispose();
      this.assignLoaded();
      beginAsTheyAre(this.inner.state.map(({ variable }) => variable));
    }

    private create(variables: readonly NamedVariable[]): Optimizer {
      this.variables = variables;
      const { optimizer: settings, schedule = {}, clipNorm, averageWeights } = this.configuration;
      const factor = rateFactor(schedule, schedule.steps ?? Infinity);
      return createOptimizer(tf, settings, variables, { factor, clipNorm, averageWeights });
    }

    /** A model that is loaded beside the saved one has other names for its variables, in the same order. */
    private assignLoaded(): void {
      const { loaded, inner } = this;
      const names = [...loaded.keys()];
      const isNamed = inner.state.some(({ name }) => loaded.has(name));
      if (!isNamed && inner.state.length !== names.length) return;
      inner.state.forEach(({ name, variable }, place) => {
        const saved = isNamed ? name : names[place]!;
        const value = loaded.get(saved);
        if (value === undefined) return;
        variable.assign(value);
        value.dispose();
        loaded.delete(saved);
      });
    }
  }

  tf.serialization.registerClass(WeightroomOptimizer);
  const made = WeightroomOptimizer as unknown as StandaloneClass;
  classes.set(tf, made);
  return made;
}

function withoutLength(schedule: StandaloneOptions['schedule']): RateSchedule | undefined {
  if (schedule === undefined) return undefined;
  const { steps, ...rest } = schedule;
  if (steps === undefined && (rest.decay === 'linear' || rest.decay === 'cosine')) {
    throw new UserError(
      'experiment-malformed',
      `schedule.decay '${rest.decay}' needs the length of the run.`,
      'Give schedule.steps.',
    );
  }
  return rest;
}
