import type { DataId, Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';
import { DataType } from '../graph/tensorflow_pb';
import {
  handleOf,
  type Handle,
  type NodeBackend,
  type NodeBinding,
  type OpAttribute,
  type TensorRecord,
  type TensorValues,
} from '../node/backend';
import { definitionOf } from '../operations/definition';
import type { FusedMove, FusedUpdate } from '../optimizers/fusedUpdate';
import { withHeardOptimizers } from '../optimizers/tfjsOptimizers';
import type { Move, Operation, Program, Value, ValueIndex } from '../program/program';
import type { Counter } from './counter';
import { watchField, type FieldWatch } from './fieldWatch';
import { withListener, type StepListener } from './listener';
import { watchMathRandom, watchScopes, type RandomWatch, type ScopeWatch } from './observe';
import { isDistribution, recognizeDraw, type Distribution } from './randomDraw';
import type { Refusal } from './refusal';
import { flatten } from './structure';

/** A step that has run, and what it did. */
export interface Recording<Result> {
  readonly result: Result;
  readonly program: Program;
  /** Empty where the program can be compiled. */
  readonly refusals: readonly Refusal[];
  /** Variables that were made in the step, other than slots of optimizers. */
  readonly newVariables: readonly Variable[];
  /** Milliseconds that the step took while it was recorded. */
  readonly duration: number;
}

export interface RecordOptions {
  /** Record an optimizer's update as one op where TensorFlow has one. */
  readonly fuse: boolean;
}

const TYPES: ReadonlySet<number> = new Set([DataType.DT_FLOAT, DataType.DT_INT32, DataType.DT_BOOL]);
/** Ops that give tensors of as many entries as their data happen to have. */
const SHAPED_BY_DATA: ReadonlySet<string> = new Set([
  'NonMaxSuppressionV3',
  'NonMaxSuppressionV4',
  'NonMaxSuppressionV5',
  'Unique',
  'UniqueV2',
  'Where',
]);
/** Kernels of tfjs-node that read an input in JavaScript only to check or to pass it on. */
const READING_KERNELS = ['GatherV2'];

/**
 * Runs a step as it is and writes down every op that reaches TensorFlow. What an op's input is follows from
 * its handle: an argument, a variable, a value made in the step, or something older.
 */
export function record<Result>(
  tf: TensorFlow,
  backend: NodeBackend,
  step: (...inputs: Tensor[]) => Result,
  inputs: readonly Tensor[],
  options: RecordOptions,
): Recording<Result> {
  return new Recorder(tf, backend, inputs, options).run(step);
}

class Recorder implements StepListener {
  private readonly values: Value[] = [];
  private readonly operations: Operation[] = [];
  private readonly refusals: Refusal[] = [];
  private readonly counters: Counter[] = [];
  private readonly byHandle = new Map<number, ValueIndex>();
  /** Variables that exist when the step begins, the handle that each holds, and how often it was moved. */
  private readonly variables: readonly Variable[];
  private readonly holds = new Map<Variable, { handle: number; version: number }>();
  private readonly variableOf = new Map<number, Variable>();
  /** Variables that belong to recorded updates: what they hold afterwards is the update's business. */
  private readonly owned = new Set<Variable>();
  /** Data that were made in JavaScript during the step. */
  private readonly born = new WeakSet<DataId>();
  private readonly draws = new WeakMap<DataId, { distribution: Distribution; seed: number }>();
  private readonly scalars = new WeakMap<DataId, () => number>();
  /** A field whose number an optimizer makes scalars of at present. */
  private field: FieldWatch | undefined;
  /** The data that are sent to the device at present. */
  private uploading: DataId | undefined;
  /** Above zero while ops are not part of the program. */
  private silence = 0;
  private readingKernels = 0;

  constructor(
    private readonly tf: TensorFlow,
    private readonly backend: NodeBackend,
    private readonly inputs: readonly Tensor[],
    private readonly options: RecordOptions,
  ) {
    this.variables = Object.values(tf.engine().registeredVariables);
    for (const variable of this.variables) {
      const handle = handleOf(this.backend, variable);
      this.holds.set(variable, { handle, version: 0 });
      this.variableOf.set(handle, variable);
    }
    inputs.forEach((input, position) => {
      const handle = handleOf(this.backend, input);
      if (this.variableOf.has(handle) || this.byHandle.has(handle)) {
        this.refuse(`argument ${position + 1} is a variable, or the same tensor as another argument`);
      }
      this.byHandle.set(handle, this.add({ kind: 'input', position, ...this.typeOf(input) }));
    });
  }

  run<Result>(step: (...inputs: Tensor[]) => Result): Recording<Result> {
    const scopes = watchScopes(this.tf);
    const random = watchMathRandom(scopes);
    const restoreBackend = this.interceptBackend(scopes, random);
    const restoreKernels = this.markReadingKernels();
    const start = performance.now();
    try {
      const result = withListener(this, () => withHeardOptimizers(this.tf, () => step(...this.inputs)));
      const duration = performance.now() - start;
      // Said first: whatever else was met follows from it.
      if (holdsThenable(result)) this.refusals.unshift(refusal('the step is asynchronous'));
      const program = this.finish(result);
      return { result, program, refusals: this.refusals, newVariables: this.newVariables(), duration };
    } finally {
      restoreKernels();
      restoreBackend();
      random.restore();
      scopes.restore();
    }
  }

  heardScalar(scalar: Scalar, compute: () => number): void {
    this.scalars.set(scalar.dataId, compute);
  }

  heardCounter(counter: Counter): void {
    // An update that is recorded as one counts by itself.
    if (this.silence === 0) this.counters.push(counter);
  }

  heardCompiledStep(): void {
    this.refuse('the step runs another compiled step');
  }

  heardField(owner: object, field: string, body: () => void): void {
    const watch = watchField(owner, field);
    this.field = watch;
    try {
      body();
    } finally {
      this.field = undefined;
      watch.restore();
    }
  }

  heardUpdate(update: FusedUpdate, moves: readonly FusedMove[], eagerly: () => void): boolean {
    if (!this.options.fuse || this.silence > 0) return false;
    const before = moves.map(({ variable, gradient }) => ({
      gradient: this.valueOf(gradient),
      before: this.valueOf(variable),
    }));
    const scalars = Object.fromEntries(
      Object.entries(update.scalars).map(([name, compute]) => [
        name,
        { compute, recorded: this.unheard(compute) },
      ]),
    );
    this.unheard(eagerly);
    for (const variable of update.products ?? []) this.owned.add(variable);
    const recorded = moves.map(({ variable, place }, i): Move => {
      const holds = this.holds.get(variable);
      if (holds === undefined) this.refuse(`the variable ${variable.name} was made in the step`);
      const version = (holds?.version ?? 0) + 1;
      const handle = this.unheard(() => handleOf(this.backend, variable));
      const after = this.add({ kind: 'variable', variable, version, ...this.typeOf(variable) });
      this.holds.set(variable, { handle, version });
      this.byHandle.set(handle, after);
      for (const slot of update.slots) this.owned.add(slot(place));
      return { variable, place, after, ...before[i]! };
    });
    this.operations.push({ kind: 'update', update, scalars, moves: recorded });
    return true;
  }

  private finish(result: unknown): Program {
    const assignments: { variable: Variable; value: ValueIndex }[] = [];
    for (const variable of this.variables) {
      if (variable.isDisposed) {
        this.refuse(`the variable ${variable.name} was disposed in the step`);
        continue;
      }
      const record = this.record(variable);
      const { handle } = this.holds.get(variable)!;
      const isUntouched = record.values === null && record.id === handle;
      // A slot of a fused optimizer changes with its update.
      if (isUntouched || (this.owned.has(variable) && !this.byHandle.has(record.id))) continue;
      assignments.push({ variable, value: this.valueOf(variable) });
    }
    if (this.inputs.some(({ isDisposed }) => isDisposed)) this.refuse('the step disposes an argument');
    const tensors = flatten(this.tf, result);
    if (tensors === undefined) this.refuse('the step returns something that is no tensor');
    return {
      values: this.values,
      operations: this.operations,
      counters: this.counters,
      assignments,
      results: (tensors ?? []).map((tensor) => this.valueOf(tensor)),
    };
  }

  private newVariables(): Variable[] {
    const known = new Set(this.variables);
    return Object.values(this.tf.engine().registeredVariables).filter(
      (variable) => !known.has(variable) && !this.owned.has(variable),
    );
  }

  /** Puts our listeners in the place of the backend's members that every op passes. Returns what undoes it. */
  private interceptBackend(scopes: ScopeWatch, random: RandomWatch): () => void {
    const { backend } = this;
    const { binding } = backend;
    const original = {
      move: backend.move.bind(backend),
      handles: backend.getInputTensorIds.bind(backend),
      read: backend.readSync.bind(backend),
    };
    backend.binding = this.listeningBinding(binding);
    backend.move = (dataId, values, shape, dtype, refCount) => {
      this.born.add(dataId);
      const scope = scopes.innermost;
      const seed = scope && random.drawnIn(scope);
      if (seed !== undefined && isDistribution(scope!.name)) {
        this.draws.set(dataId, { distribution: scope!.name, seed });
      }
      if (this.field !== undefined && shape.length === 0) this.recognize(this.field, dataId, values);
      original.move(dataId, values, shape, dtype, refCount);
    };
    backend.getInputTensorIds = (tensors) =>
      tensors.map((tensor) => {
        this.uploading = tensor.dataId;
        const [handle] = original.handles([tensor]);
        this.uploading = undefined;
        if (this.silence === 0) {
          if (typeof tensor.dataId === 'object' && backend.tensorMap.has(tensor.dataId))
            this.look(handle!, tensor.dataId);
          else this.refuse('an op takes a 64-bit integer');
        }
        return handle!;
      });
    backend.readSync = (dataId) => {
      if (this.silence === 0 && this.readingKernels === 0 && !this.isConstant(dataId)) {
        this.refuse('the step reads a tensor back (dataSync, arraySync, print)');
      }
      return this.unheard(() => original.read(dataId));
    };
    return () => {
      backend.binding = binding;
      for (const member of ['move', 'getInputTensorIds', 'readSync'] as const) {
        Reflect.deleteProperty(backend, member);
      }
    };
  }

  /** Remembers a scalar that is made of the field that is watched. */
  private recognize(field: FieldWatch, dataId: DataId, values: unknown): void {
    const compute = field.recognize(Math.fround(Number((values as ArrayLike<unknown>)[0])));
    if (compute !== undefined) this.scalars.set(dataId, compute);
  }

  /** The binding with three of its functions listened to. */
  private listeningBinding(binding: NodeBinding): NodeBinding {
    const listening: Pick<NodeBinding, 'executeOp' | 'createTensor' | 'runSavedModel'> = {
      executeOp: (name, attributes, inputs, count) => {
        const outputs = binding.executeOp(name, attributes, inputs, count);
        if (this.silence === 0) this.addOperation(name, attributes, inputs, outputs);
        return outputs;
      },
      createTensor: (shape, dtype, values) => {
        const handle = binding.createTensor(shape, dtype, values);
        const dataId = this.uploading;
        const isOlder = dataId !== undefined && !this.born.has(dataId);
        if (this.silence === 0 && !isOlder)
          this.byHandle.set(handle, this.addMade(shape, dtype, values, dataId));
        return handle;
      },
      runSavedModel: (...call) => {
        this.refuse('the step runs a saved model');
        return binding.runSavedModel(...call);
      },
    };
    return Object.create(binding, Object.getOwnPropertyDescriptors(listening)) as NodeBinding;
  }

  private addOperation(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: readonly Handle[],
  ): void {
    if (definitionOf(name) === undefined || outputs.length === 0)
      this.refuse(`the op ${name} cannot be compiled`);
    if (SHAPED_BY_DATA.has(name)) this.refuse(`the shape of what the op ${name} gives depends on data`);
    const inputValues = inputs.map((handle) => this.look(handle));
    const outputValues = outputs.map(({ id, shape, dtype }) => {
      const value = this.add({ kind: 'result', shape, dtype });
      this.byHandle.set(id, value);
      return value;
    });
    this.operations.push({
      kind: 'tensor',
      name,
      attributes: Object.fromEntries(attributes.map(({ name: key, value }) => [key, value])),
      inputs: inputValues,
      outputs: outputValues,
    });
  }

  /** The value of a tensor that JavaScript made in the step. */
  private addMade(
    shape: readonly number[],
    dtype: DataType,
    values: unknown,
    dataId: DataId | undefined,
  ): ValueIndex {
    const compute = dataId && this.scalars.get(dataId);
    if (compute !== undefined) {
      const number = { compute, recorded: Number((values as ArrayLike<number>)[0]) };
      return this.add({ kind: 'stepScalar', shape: [], dtype, number });
    }
    if (!TYPES.has(dtype)) this.refuse('the step makes a tensor of strings or complex numbers');
    const data = dataOf(dtype, values);
    const drawn = dataId && this.draws.get(dataId);
    const draw =
      drawn && this.unheard(() => recognizeDraw(this.tf, drawn.distribution, drawn.seed, shape, data));
    return this.add({
      kind: 'constant',
      shape: [...shape],
      dtype,
      data,
      ...(draw === undefined ? {} : { draw }),
    });
  }

  /** Marks the kernels that read their inputs while they run, so that this is not held against the step. */
  private markReadingKernels(): () => void {
    const restores = READING_KERNELS.map((name) => {
      const config = this.tf.getKernel(name, 'tensorflow');
      const { kernelFunc } = config;
      config.kernelFunc = (parameters) => {
        this.readingKernels++;
        try {
          return kernelFunc(parameters);
        } finally {
          this.readingKernels--;
        }
      };
      return () => {
        config.kernelFunc = kernelFunc;
      };
    });
    return () => restores.forEach((restore) => restore());
  }

  /** The value that a handle stands for; one that nobody in the step made is a variable or captured. */
  private look(handle: number, dataId?: DataId): ValueIndex {
    const known = this.byHandle.get(handle);
    if (known !== undefined) return known;
    const value = this.add(this.older(handle, dataId));
    this.byHandle.set(handle, value);
    return value;
  }

  private older(handle: number, dataId: DataId | undefined): Value {
    const variable = this.variableOf.get(handle);
    if (variable !== undefined) {
      return { kind: 'variable', variable, version: 0, ...this.typeOf(variable) };
    }
    if (dataId === undefined) {
      this.refuse('an op takes a handle that belongs to no tensor');
      return { kind: 'captured', dataId: {}, shape: [], dtype: DataType.DT_FLOAT };
    }
    const { shape, dtype } = this.backend.tensorMap.get(dataId);
    const compute = this.scalars.get(dataId);
    if (compute !== undefined) {
      const number = { compute, recorded: this.unheard(compute) };
      return { kind: 'stepScalar', shape, dtype, number };
    }
    return { kind: 'captured', dataId, shape, dtype };
  }

  private valueOf(tensor: Tensor): ValueIndex {
    return this.look(handleOf(this.backend, tensor), tensor.dataId);
  }

  private isConstant(dataId: DataId): boolean {
    const { values } = this.backend.tensorMap.get(dataId);
    return values !== null && this.born.has(dataId) && !this.draws.has(dataId);
  }

  private typeOf(tensor: Tensor): { shape: readonly number[]; dtype: DataType } {
    return { shape: tensor.shape.slice(), dtype: this.backend.getDTypeInteger(tensor.dtype) };
  }

  private record(tensor: Tensor): TensorRecord {
    return this.backend.tensorMap.get(tensor.dataId);
  }

  private add(value: Value): ValueIndex {
    return this.values.push(value) - 1;
  }

  private unheard<T>(body: () => T): T {
    this.silence++;
    try {
      return body();
    } finally {
      this.silence--;
    }
  }

  private refuse(reason: string): void {
    if (this.refusals.some((earlier) => earlier.reason === reason)) return;
    this.refusals.push(refusal(reason));
  }
}

function refusal(reason: string): Refusal {
  return { reason, where: new Error(reason) };
}

/** Whether a value is a promise, or holds one directly. */
function holdsThenable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return isThenable(value) || Object.values(value).some(isThenable);
}

function isThenable(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}

function dataOf(dtype: DataType, values: unknown): TensorValues {
  const numbers = values as ArrayLike<number>;
  if (dtype === DataType.DT_INT32) return Int32Array.from(numbers);
  if (dtype === DataType.DT_BOOL) return Uint8Array.from(numbers);
  return Float32Array.from(numbers);
}
