import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../engine/engine';
import { compile, type CompiledStep, type CompileOptions, type SignatureInfo } from './compile';

/** A model whose `fit`, `fitDataset`, `evaluate` and `evaluateDataset` run compiled. */
export interface CompiledModel {
  /** What became of the steps of training and of evaluation. */
  info(): { readonly train: readonly SignatureInfo[]; readonly test: readonly SignatureInfo[] };
  /** Gives the weights back and lets the model run as before. */
  dispose(): void;
}

type Batch = readonly (Tensor | null)[];
type BatchFunction = (data: Batch) => Tensor[];

/** The members of a layers model that its loops are made of; its typings hide them. */
interface Internals {
  makeTrainFunction(): BatchFunction;
  makeTestFunction(): void;
  testFunction: BatchFunction;
  readonly optimizer_: unknown;
  readonly lossFunctions: readonly unknown[];
  readonly metricsTensors: readonly (readonly [unknown, number])[];
  readonly collectedTrainableWeights: readonly unknown[];
}

/**
 * Makes the loops of a layers model fast, callbacks, validation, smaller last batches and `stopTraining` and
 * all: every batch goes through a compiled step. The model stays what it is; `model.compile` may be called
 * before or after, and again.
 */
export function compileModel(
  tf: TensorFlow,
  model: LayersModel,
  options: Omit<CompileOptions, 'rehearse'> = {},
): CompiledModel {
  const target = innerModel(model);
  const train = new BatchStep(tf, target, options);
  const test = new BatchStep(tf, target, options);
  const original = {
    train: target.makeTrainFunction.bind(target),
    test: target.makeTestFunction.bind(target),
  };
  target.makeTrainFunction = () => train.of(original.train());
  target.makeTestFunction = () => {
    original.test();
    target.testFunction = test.of(target.testFunction);
  };
  return {
    info: () => ({ train: train.info(), test: test.info() }),
    dispose: () => {
      for (const member of ['makeTrainFunction', 'makeTestFunction'] as const) {
        Reflect.deleteProperty(target, member);
      }
      train.dispose();
      test.dispose();
    },
  };
}

/** A sequential model leaves its loops to one that it holds. */
function innerModel(model: LayersModel): Internals {
  const inner = Reflect.get(model, 'model') as Internals | undefined;
  return inner ?? (model as unknown as Internals);
}

/** A function on batches whose compiled form is kept as long as the model means the same by it. */
class BatchStep {
  private step: CompiledStep<Tensor[], Tensor[]> | undefined;
  private meaning: readonly unknown[] = [];
  private body: BatchFunction | undefined;
  /** Which entries of a batch are there: weights of samples may be missing. */
  private present: readonly boolean[] = [];

  constructor(
    private readonly tf: TensorFlow,
    private readonly model: Internals,
    private readonly options: CompileOptions,
  ) {}

  /** The function that runs `body` compiled. */
  of(body: BatchFunction): BatchFunction {
    this.body = body;
    return (data) => this.run(data);
  }

  info(): readonly SignatureInfo[] {
    return this.step?.info() ?? [];
  }

  dispose(): void {
    this.step?.dispose();
    this.step = undefined;
  }

  private run(data: Batch): Tensor[] {
    const meaning = this.currentMeaning(data);
    const isSame =
      meaning.length === this.meaning.length && meaning.every((part, i) => part === this.meaning[i]);
    if (!isSame) {
      this.dispose();
      this.meaning = meaning;
      this.present = data.map((tensor) => tensor !== null);
    }
    this.step ??= compile(this.tf, (...tensors: Tensor[]) => this.runBody(tensors), this.options);
    return this.step(...data.filter((tensor) => tensor !== null));
  }

  private runBody(tensors: readonly Tensor[]): Tensor[] {
    let next = 0;
    return this.body!(this.present.map((isPresent) => (isPresent ? tensors[next++]! : null)));
  }

  /** What the function depends on beside its tensors: `model.compile` and `trainable` change it. */
  private currentMeaning(data: Batch): readonly unknown[] {
    const { optimizer_, lossFunctions, metricsTensors, collectedTrainableWeights } = this.model;
    return [
      optimizer_,
      ...lossFunctions,
      ...metricsTensors.map(([metric]) => metric),
      ...collectedTrainableWeights,
      ...data.map((tensor) => tensor !== null),
    ];
  }
}
