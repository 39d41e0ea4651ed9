import type { Program } from '../../program/program';
import { signatureOf } from '../../program/signature';
import { withoutDeadOperations } from '../deadOperations';
import { clusterOperations, type Cluster } from './clusters';
import { Fusible } from './fusible';
import { Fusion } from './fusion';

/** What fused loops cost beside what they compute, in microseconds that they must save in every step. */
export interface FusionPrices {
  /** A call of a loop: on small tensors it is slower than its ops. */
  readonly call: number;
  /** A loop that XLA has to compile, which takes some 70 milliseconds once. */
  readonly loop: number;
}

const PRICES: FusionPrices = { call: 25, loop: 500 };
/** Bytes that a processor reads and writes in a microsecond. */
const BYTES = 1e4;

/**
 * Fuses chains of ops on single entries and rows, so that what is between them never lies in memory.
 * TensorFlow's XLA compiles each chain to loops over all cores, once for all places with the same chain.
 * @param values how many of the results every step returns. What only the others need is in no loop, for a
 *   loop computes all that it holds.
 */
export function fuseChains(program: Program, values = program.results.length, prices = PRICES): Program {
  const live = withoutDeadOperations(program);
  const fusible = new Fusible(live);
  const everyStep = withoutDeadOperations({ ...live, results: live.results.slice(0, values) });
  const always = new Set(everyStep.operations);
  const clusters = clusterOperations(live.operations, (place) => {
    const operation = live.operations[place]!;
    return operation.kind === 'tensor' && always.has(operation) && fusible.has(operation);
  }).filter(({ size }) => size > 1);
  const worthy = clustersWorthTheirTime(live, fusible, clusters, prices);
  return new Fusion(live, fusible, worthy).run();
}

/** Those that save more time in the steps than it takes to compile them. */
function clustersWorthTheirTime(
  program: Program,
  fusible: Fusible,
  clusters: readonly Cluster[],
  prices: FusionPrices,
): Cluster[] {
  const fusion = new Fusion(program, fusible, clusters);
  fusion.run();
  const groups = new Map<string, { saved: number; readonly clusters: Cluster[] }>();
  const bytes = (values: readonly number[]): number =>
    4 * values.reduce((sum, value) => sum + fusible.size(value), 0);
  for (const [cluster, fused] of fusion.fused) {
    const apart = [...cluster].reduce((sum, place) => {
      const operation = program.operations[place]!;
      const isFree = operation.kind !== 'tensor' || operation.name === 'Reshape';
      return isFree ? sum : sum + bytes([...operation.inputs, ...operation.outputs]);
    }, 0);
    const together = bytes([...fused.inputs, ...fused.outputs]);
    const saved = (apart - together) / BYTES - prices.call;
    const signature = signatureOf(fused, program.values);
    const group = groups.get(signature) ?? { saved: 0, clusters: [] };
    groups.set(signature, group);
    group.saved += saved;
    group.clusters.push(cluster);
  }
  return [...groups.values()].flatMap((group) => (group.saved >= prices.loop ? group.clusters : []));
}
