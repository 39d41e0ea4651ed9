import { handleOf, type NodeBackend, type TensorRecord } from '../node/backend';
import type { StateSlot } from '../lower/state';
import type { CompiledProgram } from './compiledProgram';

/**
 * The program that held the data of a variable last. An assignment gives a variable other data, so a program
 * that is named here has the same values in its session.
 */
const holders = new WeakMap<TensorRecord, CompiledProgram>();

/**
 * Who has the newest values of the variables: TensorFlow.js, or the session of a compiled program.
 *
 * While a session has them, the backend's record of each variable has no handle; whatever asks for it, be it
 * an op, a read, a clone or the disposal before an assignment, takes all values back first. So a weight
 * that is read between steps is the trained one, a clone is a snapshot, and a user's assignment wins.
 */
export class Custody {
  private owner: CompiledProgram | undefined;
  private held: { readonly record: TensorRecord; readonly release: () => void }[] = [];

  constructor(private readonly backend: NodeBackend) {}

  /** Makes a program's session the one that has the newest values of its variables. */
  give(program: CompiledProgram): void {
    const { slots } = program.lowered;
    if (slots.length === 0 || (this.owner === program && this.held.length > 0)) return;
    this.takeBack();
    for (const slot of slots) this.separate(slot);
    const isCurrent = slots.every((slot) => holders.get(this.recordOf(slot)) === program);
    if (!isCurrent) program.write(slots.map((slot) => handleOf(this.backend, slot.variable())));
    this.owner = program;
    this.held = slots.map((slot) => this.hold(program, slot));
  }

  /** Gives the newest values to TensorFlow.js. The session keeps its own, which are the same until one is assigned. */
  takeBack(): void {
    const { owner, held } = this;
    if (owner === undefined || held.length === 0) return;
    this.held = [];
    const handles = owner.read();
    held.forEach(({ record, release }, i) => {
      release();
      record.id = handles[i]!.id;
    });
    for (const { settle } of owner.lowered.updates) settle?.();
  }

  /** Forgets a program that is about to be disposed. */
  leave(program: CompiledProgram): void {
    if (this.owner !== program) return;
    this.takeBack();
    this.owner = undefined;
  }

  /** Gives a variable data of its own where it shares them with a clone. */
  private separate({ variable, dtype }: StateSlot): void {
    const shared = variable();
    const { backend } = this;
    if (backend.tensorMap.get(shared.dataId).refCount <= 1) return;
    const { binding } = backend;
    const attributes = [{ name: 'T', type: binding.TF_ATTR_TYPE, value: dtype }];
    const [copy] = binding.executeOp('Identity', attributes, [handleOf(backend, shared)], 1);
    const tensor = backend.createOutputTensor(copy!);
    shared.assign(tensor);
    tensor.dispose();
  }

  /** Empties the record of a variable, so that nothing old is read and no memory is kept twice. */
  private hold(program: CompiledProgram, slot: StateSlot): { record: TensorRecord; release: () => void } {
    const record = this.recordOf(slot);
    this.backend.binding.deleteTensor(record.id);
    holders.set(record, program);
    return { record, release: watchHandle(record, () => this.takeBack()) };
  }

  private recordOf({ variable }: StateSlot): TensorRecord {
    return this.backend.tensorMap.get(variable().dataId);
  }
}

/**
 * Calls `wanted` before anybody uses a record's handle or counts its owners, until it is released. The
 * handle must be set anew then.
 */
function watchHandle(record: TensorRecord, wanted: () => void): () => void {
  const { refCount } = record;
  Object.defineProperties(record, {
    id: {
      configurable: true,
      enumerable: true,
      get: () => {
        wanted();
        return record.id;
      },
    },
    refCount: {
      configurable: true,
      enumerable: true,
      get: () => refCount,
      set: (count: number) => {
        wanted();
        record.refCount = count;
      },
    },
  });
  return () => {
    const plain = { configurable: true, enumerable: true, writable: true };
    Object.defineProperties(record, { id: { ...plain, value: -1 }, refCount: { ...plain, value: refCount } });
  };
}
