import {
  inputsOf,
  outputsOf,
  type FusedOperation,
  type Operation,
  type Program,
  type TensorOperation,
  type ValueIndex,
} from '../../program/program';
import type { Cluster } from './clusters';
import type { Fusible } from './fusible';

/** How much larger than a value may be what it is computed from, where it is computed anew and not read. */
const GROWTH = 1.25;
/** Ops that are worth being computed anew for one value. */
const MOST_ANEW = 16;

/** Ops that compute a value from values that lie in memory, its leaves. */
interface Recipe {
  readonly places: ReadonlySet<number>;
  readonly leaves: ReadonlySet<ValueIndex>;
}

/** A cluster as it is filled with what is needed of it. */
interface Draft {
  /** Places of operations, its own and those that it computes anew. */
  readonly places: Set<number>;
  readonly inputs: Set<ValueIndex>;
  readonly outputs: Set<ValueIndex>;
}

/**
 * Writes a program with its clusters as fused operations. A cluster that takes what another has on the way
 * computes it anew from what lies in memory anyway: TensorFlow.js keeps all that a gradient needs from the
 * forward pass, and reading it back costs more than the arithmetic.
 */
export class Fusion {
  /** What became of each cluster, after `run`. */
  readonly fused = new Map<Cluster, FusedOperation>();
  private readonly producers = new Map<ValueIndex, number>();
  private readonly drafts = new Map<Cluster, Draft>();
  private readonly clusterOf = new Map<number, Cluster>();
  private readonly needed = new Set<number>();
  private readonly recipes = new Map<ValueIndex, Recipe | undefined>();

  constructor(
    private readonly program: Program,
    private readonly fusible: Fusible,
    clusters: readonly Cluster[],
  ) {
    for (const [place, operation] of program.operations.entries()) {
      for (const output of outputsOf(operation)) this.producers.set(output, place);
    }
    for (const cluster of clusters) {
      this.drafts.set(cluster, { places: new Set(), inputs: new Set(), outputs: new Set() });
      for (const place of cluster) this.clusterOf.set(place, cluster);
    }
  }

  run(): Program {
    const { program } = this;
    for (const [place, { kind }] of program.operations.entries()) if (kind === 'update') this.need(place);
    for (const value of [...program.results, ...program.assignments.map((end) => end.value)]) {
      this.demand(value);
    }
    for (const [cluster, { places, inputs, outputs }] of this.drafts) {
      if (outputs.size === 0) continue;
      const operations = [...places].sort((a, b) => a - b).map((place) => this.tensorOperation(place));
      this.fused.set(cluster, { kind: 'fused', operations, inputs: [...inputs], outputs: [...outputs] });
    }
    return { ...program, operations: this.inOrder() };
  }

  /** Says that an operation outside of clusters, or the step's end, takes a value. */
  private demand(value: ValueIndex): void {
    const place = this.producers.get(value);
    if (place === undefined) return;
    const cluster = this.clusterOf.get(place);
    // A reshape by itself copies nothing; as the end of a loop it would.
    if (cluster === undefined || this.tensorOperation(place).name === 'Reshape') {
      this.need(place);
      return;
    }
    const draft = this.drafts.get(cluster)!;
    if (draft.outputs.has(value)) return;
    draft.outputs.add(value);
    this.include(place, cluster, draft);
  }

  private need(place: number): void {
    if (this.needed.has(place)) return;
    this.needed.add(place);
    for (const input of inputsOf(this.program.operations[place]!)) this.demand(input);
  }

  /** Puts an operation into a cluster's draft, with those of the ops before it that it computes itself. */
  private include(place: number, cluster: Cluster, draft: Draft): void {
    if (draft.places.has(place)) return;
    draft.places.add(place);
    for (const input of this.tensorOperation(place).inputs) {
      if (this.fusible.isInlined(input)) continue;
      const source = this.producers.get(input);
      const isInside = source !== undefined && (cluster.has(source) || this.recipe(input) !== undefined);
      if (isInside) this.include(source, cluster, draft);
      else if (!draft.inputs.has(input)) {
        draft.inputs.add(input);
        this.demand(input);
      }
    }
  }

  /** How a value is computed anew, where that is cheaper than to keep and read it. */
  private recipe(value: ValueIndex): Recipe | undefined {
    if (!this.recipes.has(value)) this.recipes.set(value, this.makeRecipe(value));
    return this.recipes.get(value);
  }

  private makeRecipe(value: ValueIndex): Recipe | undefined {
    const place = this.producers.get(value);
    const operation = place === undefined ? undefined : this.program.operations[place];
    if (operation?.kind !== 'tensor') return undefined;
    if (!this.fusible.isEntryByEntry(operation) || !this.fusible.has(operation)) return undefined;
    const places = new Set([place!]);
    const leaves = new Set<ValueIndex>();
    for (const input of operation.inputs) {
      if (this.fusible.isInlined(input)) continue;
      const deeper = this.recipe(input);
      if (deeper === undefined) leaves.add(input);
      deeper?.places.forEach((other) => places.add(other));
      deeper?.leaves.forEach((leaf) => leaves.add(leaf));
    }
    const size = [...leaves].reduce((sum, leaf) => sum + this.fusible.size(leaf), 0);
    const isCheap = places.size <= MOST_ANEW && size <= GROWTH * this.fusible.size(value);
    return isCheap ? { places, leaves } : undefined;
  }

  /** Fused and other operations, each after what it takes, else as they were asked for. */
  private inOrder(): Operation[] {
    const ordered: Operation[] = [];
    const done = new Set<number | Cluster>();
    const put = (place: number): void => {
      const cluster = this.needed.has(place) ? undefined : this.clusterOf.get(place);
      const operation = cluster === undefined ? this.program.operations[place]! : this.fused.get(cluster);
      const key = cluster ?? place;
      if (operation === undefined || done.has(key)) return;
      if (cluster === undefined && !this.needed.has(place)) return;
      done.add(key);
      for (const input of inputsOf(operation)) {
        const source = this.producers.get(input);
        if (source !== undefined) put(source);
      }
      ordered.push(operation);
    };
    for (const place of this.program.operations.keys()) put(place);
    return ordered;
  }

  private tensorOperation(place: number): TensorOperation {
    const operation = this.program.operations[place]!;
    if (operation.kind !== 'tensor') throw new Error('Only ops of TensorFlow are fused.');
    return operation;
  }
}
