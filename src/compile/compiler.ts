import type { Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../engine/engine';
import { AuditClock } from './guard/auditClock';
import type { GuardDurations } from './guard/guardTimes';
import { StepTimes } from './guard/stepTimes';
import { repeatStep } from './guard/repeatStep';
import { shadowCheck } from './guard/shadowCheck';
import { Snapshot } from './guard/snapshot';
import { StepRandom } from './guard/stepRandom';
import { undone } from './guard/undone';
import { lower } from './lower/lower';
import { UserError } from '../protocol/userError';
import type { NodeBackend } from './node/backend';
import { withoutDeadOperations } from './passes/deadOperations';
import { fuseChains } from './passes/fusion/fuse';
import { simplify } from './passes/simplify';
import { compare } from './program/compare';
import { printProgram } from './program/print';
import type { Program, ValueIndex } from './program/program';
import { advance } from './record/counter';
import { runsCompiledStep } from './record/listener';
import { record, type Recording } from './record/recorder';
import { CannotCompile } from './record/refusal';
import { flatten, rebuild } from './record/structure';
import { CompiledProgram } from './session/compiledProgram';
import { Custody } from './session/custody';
import { MOST_COMPILED, Signatures, useOf, type Signature, type Use } from './signatures';
import { withoutReadings, runAsItIs, type Reported, type Step } from './readings';

/** What became of a step for one combination of shapes and types. */
export interface SignatureInfo {
  /** As `float32 [32, 10], int32 [32]`. */
  readonly signature: string;
  readonly state: 'recording' | 'compiled' | 'eager';
  /** Why it is eager. */
  readonly reason?: string;
  /** Its stack leads to the line that the reason speaks of, where that is known. */
  readonly where?: Error;
  readonly operations: number;
  readonly nodes: number;
  readonly steps: number;
  readonly audits: number;
  /** Milliseconds of an eager and of a compiled step: the least and the median of what was measured; 0 where nothing was. */
  readonly eagerMs: number;
  readonly compiledMs: number;
  /** Milliseconds that writing, loading, preparing and checking the graph took. */
  readonly compileMs: number;
  /** What guards took. A step of the run that is recorded for them is in it, whole. */
  readonly guardMs: GuardDurations;
}

/** Recordings of one signature before it is given up. */
const MOST_RECORDINGS = 4;
/** Programs that were found out of date before a signature is given up. */
const MOST_REVISIONS = 3;
/** A step with the programs that it was compiled to: one for each combination of shapes and types. */
export class Compiler<Result, Readings> {
  private readonly custody: Custody;
  private readonly signatures = new Signatures();
  private isDisposed = false;

  constructor(
    private readonly tf: TensorFlow,
    private readonly backend: NodeBackend,
    private readonly step: Step<Result, Readings>,
    private readonly fuse: boolean,
    private readonly rehearses: boolean,
    private readonly timesEager: boolean,
  ) {
    this.custody = new Custody(backend);
  }

  run(inputs: readonly Tensor[], isRead: boolean): Reported<Result, Readings | undefined> {
    const signature = this.signatures.of(inputs);
    if (this.isDisposed) return this.runEagerly(inputs, isRead);
    if (signature.state.kind !== 'eager') runsCompiledStep();
    signature.steps++;
    if (useOf(signature)?.compiled.isAlive === false) {
      this.revise(signature, 'a tensor from outside the step was disposed');
    }
    if (!this.isToBeRecorded(signature)) return this.runAsKnown(signature, inputs, isRead);
    if (!this.rehearses) {
      return guarded(signature, () => {
        const reported = this.observe(signature, inputs, isRead);
        const use = useOf(signature);
        // After an audit the session is given what the step left: that belongs to what the audit costs.
        if (use?.clock.isNew === false) this.custody.give(use.compiled);
        return reported;
      });
    }
    const random = new StepRandom();
    while (this.isToBeRecorded(signature)) {
      guarded(signature, () => random.duringTrial(() => this.rehearse(signature, inputs)));
    }
    return random.duringStep(() => this.runAsKnown(signature, inputs, isRead));
  }

  info(): SignatureInfo[] {
    return this.signatures.all.map(({ name, state, steps, eagerMs, compileMs, guard }) => {
      const use = state.kind === 'compiled' ? state.use : undefined;
      return {
        signature: name,
        state: state.kind,
        ...(state.kind === 'eager' ? { reason: state.reason } : {}),
        ...(state.kind === 'eager' && state.where !== undefined ? { where: state.where } : {}),
        operations: use?.program.operations.length ?? 0,
        nodes: use?.compiled.lowered.graph.size ?? 0,
        steps,
        audits: use?.clock.audits ?? 0,
        eagerMs,
        compiledMs: use?.times.median ?? 0,
        compileMs,
        guardMs: guard.durations,
      };
    });
  }

  print(inputs: readonly Tensor[]): string {
    const { tf } = this;
    this.custody.takeBack();
    const recorded = (): Recording<unknown> =>
      undone(tf, () => {
        const recording = this.record(inputs, false);
        tf.dispose(Object.values(recording.result) as Tensor[]);
        return recording;
      });
    // The first step may make what later ones have, such as slots of optimizers.
    recorded();
    const { program, refusals } = recorded();
    if (refusals[0] !== undefined) throw notCompiled(refusals[0].reason);
    const [form] = this.forms(program, program.results.length);
    return printProgram(withoutDeadOperations(form!));
  }

  dispose(): void {
    this.isDisposed = true;
    for (const signature of this.signatures.all) this.drop(signature);
    this.signatures.clear();
  }

  private runEagerly(inputs: readonly Tensor[], isRead: boolean): Reported<Result, Readings | undefined> {
    this.custody.takeBack();
    return runAsItIs(this.tf, this.step, isRead, inputs);
  }

  /** Runs a step in its session where it has one. A variable as an argument would be moved while it is read. */
  private runAsKnown(
    signature: Signature,
    inputs: readonly Tensor[],
    isRead: boolean,
  ): Reported<Result, Readings | undefined> {
    const use = useOf(signature);
    if (use === undefined || inputs.some((input) => input instanceof this.tf.Variable)) {
      return this.runEagerly(inputs, isRead);
    }
    return this.runCompiled(use, inputs, isRead);
  }

  private runCompiled(
    use: Use,
    inputs: readonly Tensor[],
    isRead: boolean,
  ): Reported<Result, Readings | undefined> {
    const { tf, backend, custody } = this;
    const { compiled, program, example, valueCount, clock, times } = use;
    const start = performance.now();
    custody.give(compiled);
    const seed = Math.floor(Math.random() * 2 ** 31);
    const handles = compiled.run(inputs, seed, isRead ? program.results.length : valueCount);
    compiled.lowered.counters.forEach(advance);
    const tensors = handles.map((handle) => backend.createOutputTensor(handle));
    const duration = performance.now() - start;
    clock.addStep(duration);
    if (!isRead) times.add(duration);
    const { value, readings } = example as Reported<Result, Readings>;
    return {
      value: rebuild(tf, value, tensors.slice(0, valueCount)) as Result,
      readings: isRead ? (rebuild(tf, readings, tensors.slice(valueCount)) as Readings) : undefined,
    };
  }

  private isToBeRecorded({ state }: Signature): boolean {
    if (state.kind === 'compiled') return state.use.clock.isDue;
    return state.kind === 'recording';
  }

  /** Runs a step as it is, records it, and compares it with what is known. */
  private observe(
    signature: Signature,
    inputs: readonly Tensor[],
    isRead: boolean,
  ): Reported<Result, Readings | undefined> {
    const { tf } = this;
    this.custody.takeBack();
    const before = new Snapshot(tf);
    const kept = inputs.map((input) => tf.keep(tf.clone(input)));
    try {
      const recording = this.record(inputs);
      this.learn(signature, recording, kept, before);
      return isRead ? recording.result : withoutReadings(tf, recording.result);
    } finally {
      tf.dispose(kept);
      before.dispose();
    }
  }

  /** As `observe`, and undoes what the step did. */
  private rehearse(signature: Signature, inputs: readonly Tensor[]): void {
    const { tf } = this;
    this.custody.takeBack();
    undone(tf, (before) => {
      const recording = this.record(inputs);
      this.learn(signature, recording, inputs, before);
      tf.dispose(Object.values(recording.result) as Tensor[]);
      const isNew = useOf(signature)?.clock.isNew === true;
      if (isNew && this.timesEager) signature.eagerMs = this.timeEagerly(inputs);
    });
  }

  /** Runs a step as it is, readings among what it returns where they are wanted, and writes it down. */
  private record(
    inputs: readonly Tensor[],
    isRead = true,
  ): Recording<Reported<Result, Readings | undefined>> {
    // The value comes first among the results, whatever the order in which the step names the two.
    const step = (...given: Tensor[]) => {
      const { value, readings } = this.step(isRead, ...given);
      return { value, readings };
    };
    return record(this.tf, this.backend, step, inputs, { fuse: this.fuse });
  }

  /** Milliseconds of one step as it is, which nobody listens to. */
  private timeEagerly(inputs: readonly Tensor[]): number {
    const start = performance.now();
    const { value } = runAsItIs(this.tf, this.step, false, inputs);
    const duration = performance.now() - start;
    this.tf.dispose(value as Tensor);
    return duration;
  }

  /** Draws the conclusions from a recording of a step. */
  private learn(
    signature: Signature,
    recording: Recording<Reported<Result, Readings | undefined>>,
    inputs: readonly Tensor[],
    before: Snapshot,
  ): void {
    const { program, duration, refusals, newVariables } = recording;
    signature.eagerMs = signature.eagerMs === 0 ? duration : Math.min(signature.eagerMs, duration);
    const { state } = signature;
    const [refusal] = refusals;
    if (refusal !== undefined) {
      this.giveUp(signature, refusal.reason, refusal.where);
    } else if (state.kind === 'compiled') {
      const { difference, changing } = compare(state.use.program, program);
      const surprise = changing.find((value) => !state.use.changing.has(value));
      if (difference !== undefined) this.revise(signature, difference, program);
      else if (surprise !== undefined)
        this.revise(signature, 'a value made by JavaScript has changed', program);
    } else if (state.kind === 'recording') {
      signature.recordings++;
      const { previous } = state;
      signature.state = { kind: 'recording', previous: program };
      if (previous === undefined) return;
      const { difference, changing } = compare(previous, program);
      const [made] = newVariables;
      if (difference === undefined && made === undefined) {
        if (!this.signatures.makeRoom((oldest) => this.drop(oldest))) {
          this.giveUp(signature, `batches have more than ${MOST_COMPILED} shapes`);
          return;
        }
        signature.guard.during('compiling', () =>
          this.build(signature, recording, new Set(changing), inputs, before),
        );
      } else if (signature.recordings >= MOST_RECORDINGS) {
        this.giveUp(signature, made === undefined ? difference! : `the step makes a variable (${made.name})`);
      }
    }
  }

  private build(
    signature: Signature,
    { program, result }: Recording<Reported<Result, Readings | undefined>>,
    changing: ReadonlySet<ValueIndex>,
    inputs: readonly Tensor[],
    before: Snapshot,
  ): void {
    const start = performance.now();
    const values = flatten(this.tf, result.value)!;
    let compiled: CompiledProgram | undefined;
    let reason = '';
    for (const form of this.forms(program, values.length)) {
      try {
        compiled = this.checked(signature, form, changing, program, inputs, values, before);
        break;
      } catch (error) {
        const isOurs = error instanceof CannotCompile;
        reason = isOurs ? error.message : `TensorFlow refuses the graph: ${messageOf(error)}`;
      }
    }
    if (compiled === undefined) {
      this.giveUp(signature, reason);
      return;
    }
    const [example, valueCount] = [result, values.length];
    signature.compileMs = performance.now() - start;
    signature.state = {
      kind: 'compiled',
      use: {
        program,
        changing,
        compiled,
        example,
        valueCount,
        clock: new AuditClock(),
        times: new StepTimes(),
      },
    };
  }

  /**
   * A program as it can be written, best first: a TensorFlow without XLA does not take the fused one.
   * @param values how many of the results every step returns; the others are readings
   */
  private *forms(program: Program, values: number): Generator<Program> {
    if (this.fuse) {
      const simplified = simplify(program);
      const fused = fuseChains(simplified, values);
      yield fused;
      if (fused.operations.some(({ kind }) => kind === 'fused')) yield simplified;
    } else {
      yield program;
    }
  }

  /** A form of a program in a session, which has repeated the recorded step. */
  private checked(
    { guard }: Signature,
    form: Program,
    changing: ReadonlySet<ValueIndex>,
    program: Program,
    inputs: readonly Tensor[],
    results: readonly Tensor[],
    before: Snapshot,
  ): CompiledProgram {
    const { backend } = this;
    const compiled = new CompiledProgram(backend, lower(form, changing));
    try {
      const repeated = repeatStep(backend, compiled, program, inputs, results.length, before);
      guard.during('shadowCheck', () => shadowCheck(compiled.lowered.slots, repeated, results));
      return compiled;
    } catch (error) {
      compiled.dispose();
      throw error;
    }
  }

  /** The program is out of date: begins anew with what was recorded last, or gives up. */
  private revise(signature: Signature, reason: string, latest?: Program): void {
    if (++signature.revisions >= MOST_REVISIONS) {
      this.giveUp(signature, reason);
    } else {
      this.drop(signature);
      signature.recordings = latest === undefined ? 0 : 1;
      signature.state = { kind: 'recording', previous: latest };
    }
  }

  private giveUp(signature: Signature, reason: string, where?: Error): void {
    this.drop(signature);
    signature.state = { kind: 'eager', reason, where };
  }

  /** Frees the session of a signature. */
  private drop({ state }: Signature): void {
    if (state.kind !== 'compiled') return;
    this.custody.leave(state.use.compiled);
    state.use.compiled.dispose();
  }
}

/** Why there is no program to print. */
export function notCompiled(reason: string): UserError {
  return new UserError(
    'not-compiled',
    `Steps run eagerly, because ${reason}.`,
    'A program is printed of steps that are compiled on the tensorflow engine.',
  );
}

/** Runs a recording of a step and counts its time: the first is needed to compile, and of a compiled step it is an audit. */
function guarded<T>(signature: Signature, recording: () => T): T {
  const { guard } = signature;
  const use = useOf(signature);
  if (use === undefined) {
    const isFirst = signature.recordings === 0 && signature.revisions === 0;
    return guard.during(isFirst ? 'compiling' : 'recordings', recording);
  }
  return use.clock.during(() => guard.during('audits', recording));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
