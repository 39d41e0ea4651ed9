import { inputsOf, outputsOf, type Operation, type ValueIndex } from '../../program/program';

/** Places of operations in a program. */
export type Cluster = ReadonlySet<number>;

/**
 * Groups fusible operations with those that compute their inputs, as far as each group can run at once:
 * nothing outside a group may need one of its results and give it an input. Groups of one are included.
 */
export function clusterOperations(
  operations: readonly Operation[],
  isFusible: (place: number) => boolean,
): Cluster[] {
  const grouping = new Grouping(operations);
  for (const place of operations.keys()) if (isFusible(place)) grouping.add(place);
  return grouping.clusters();
}

class Grouping {
  private readonly producers = new Map<ValueIndex, number>();
  private readonly clusterOf = new Map<number, Set<number>>();

  constructor(private readonly operations: readonly Operation[]) {
    for (const [place, operation] of operations.entries()) {
      for (const output of outputsOf(operation)) this.producers.set(output, place);
    }
  }

  /** Puts an operation into the groups of what it takes, and makes those one, where that can be. */
  add(place: number): void {
    let cluster = new Set([place]);
    const sources = new Set(this.sourcesOf(place).flatMap((source) => this.clusterOf.get(source) ?? []));
    for (const source of sources) {
      const joint = new Set([...cluster, ...source]);
      if (this.canRunAtOnce(joint)) cluster = joint;
    }
    for (const member of cluster) this.clusterOf.set(member, cluster);
  }

  clusters(): Cluster[] {
    return [...new Set(this.clusterOf.values())];
  }

  /** Whether no input of a group depends on the group. */
  private canRunAtOnce(group: Cluster): boolean {
    const first = Math.min(...group);
    const seen = new Set<number>();
    const ahead = [...group];
    for (let place = ahead.pop(); place !== undefined; place = ahead.pop()) {
      for (const source of this.sourcesOf(place)) {
        if (group.has(source)) {
          if (!group.has(place)) return false;
          continue;
        }
        // What another group needs as a whole, this operation needs.
        for (const member of this.clusterOf.get(source) ?? [source]) {
          if (group.has(member) || member < first || seen.has(member)) continue;
          seen.add(member);
          ahead.push(member);
        }
      }
    }
    return true;
  }

  private sourcesOf(place: number): number[] {
    return inputsOf(this.operations[place]!).flatMap((value) => this.producers.get(value) ?? []);
  }
}
