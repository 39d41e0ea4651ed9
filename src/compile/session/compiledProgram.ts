import type { Tensor } from '@tensorflow/tfjs';
import { DataType } from '../graph/tensorflow_pb';
import type { Feed, Lowered } from '../lower/lower';
import { SEED } from '../lower/randomness';
import { NUMBERS } from '../lower/stepNumbers';
import { handleOf, type Handle, type NodeBackend } from '../node/backend';
import { Session } from './session';

/** Random numbers of the recorded step: handles by the names of `Lowered.draws`. */
export type RecordedDraws = ReadonlyMap<string, number>;

/** A lowered program in a session: runs steps, sets and reads its variables. */
export class CompiledProgram {
  private readonly session: Session;

  constructor(
    private readonly backend: NodeBackend,
    readonly lowered: Lowered,
  ) {
    this.session = new Session(backend.binding, lowered.graph);
  }

  /** Whether every tensor that the step's code holds on to still exists. */
  get isAlive(): boolean {
    return this.lowered.feeds.every(
      (feed) => feed.kind !== 'captured' || this.backend.tensorMap.has(feed.dataId),
    );
  }

  /**
   * One step. TensorFlow computes what is fetched and what moves variables, and prepares each number of
   * results once.
   * @param seed of the step's random numbers
   * @param count of the first results to fetch
   * @param recorded to repeat the step that was recorded, with its numbers
   * @returns handles of the results
   */
  run(inputs: readonly Tensor[], seed: number, count: number, recorded?: RecordedDraws): Handle[] {
    const { backend, lowered } = this;
    const { binding } = backend;
    const own: number[] = [];
    const feeds = new Map<string, number>();
    const feedValues = (name: string, shape: readonly number[], dtype: DataType, values: unknown): void => {
      const handle = binding.createTensor(shape, dtype, values);
      own.push(handle);
      feeds.set(name, handle);
    };
    try {
      for (const feed of lowered.feeds) {
        feeds.set(feed.name, handleOf(backend, this.fed(feed, inputs)));
      }
      if (lowered.numbers.length > 0) {
        const numbers = Float32Array.from(lowered.numbers, (number) =>
          recorded === undefined ? number.compute() : number.recorded,
        );
        feedValues(NUMBERS, [numbers.length], DataType.DT_FLOAT, numbers);
      }
      if (lowered.isRandom) feedValues(SEED, [], DataType.DT_INT32, Int32Array.of(seed));
      recorded?.forEach((handle, name) => feeds.set(name, handle));
      if (count > 0) return this.session.run(feeds, lowered.fetches.slice(0, count));
      const [done] = this.session.run(feeds, [lowered.done]);
      own.push(done!.id);
      return [];
    } finally {
      for (const handle of own) binding.deleteTensor(handle);
    }
  }

  /** Sets the session's variables from these handles, in the order of the slots. */
  write(handles: readonly number[]): void {
    const { slots } = this.lowered;
    if (slots.length === 0) return;
    const feeds = new Map(slots.map(({ initial }, i) => [initial, handles[i]!]));
    const [done] = this.session.run(feeds, ['initialized']);
    this.backend.binding.deleteTensor(done!.id);
  }

  /** Handles of what the session's variables hold, in the order of the slots; they stay what they are. */
  read(): Handle[] {
    const { slots } = this.lowered;
    if (slots.length === 0) return [];
    return this.session.run(
      new Map(),
      slots.map(({ reading }) => reading),
    );
  }

  dispose(): void {
    this.session.dispose();
  }

  private fed(feed: Feed, inputs: readonly Tensor[]): Pick<Tensor, 'dataId'> {
    switch (feed.kind) {
      case 'input':
        return inputs[feed.position]!;
      case 'variable':
        return feed.variable;
      case 'captured':
        return feed;
    }
  }
}
