import { DataType } from '../graph/tensorflow_pb';
import type { Graph, GraphTensor } from '../graph/graph';
import type { FusedRule } from '../optimizers/fusedUpdate';

interface RuleOp {
  readonly op: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Names of the scalars in the order in which the op takes them; `gradient` stands for itself. */
  readonly arguments: readonly string[];
}

/**
 * TensorFlow's op for each rule. What `FusedUpdate.scalars` must hold follows from the arguments:
 * - gradientDescent: w ← w − rate·g
 * - momentum, nesterov: a ← decay·a + g; w ← w − rate·a, or w ← w − rate·(g + decay·a)
 * - adam: m ← beta1·m + (1 − beta1)·g, v ← beta2·v + (1 − beta2)·g²,
 *   w ← w − rate·√(1 − power2) / (1 − power1) · m / (√v + epsilon), with powers of β of the step
 * - rmsProp: s ← decay·s + (1 − decay)·g², a ← momentum·a + rate·g / √(s + epsilon), w ← w − a
 * - adaMax: m as in adam, u ← max(beta2·u, |g|), w ← w − rate / (1 − power1) · m / (u + epsilon)
 */
const RULES: Readonly<Record<FusedRule, RuleOp>> = {
  gradientDescent: { op: 'ResourceApplyGradientDescent', arguments: ['rate', 'gradient'] },
  momentum: {
    op: 'ResourceApplyMomentum',
    attributes: { use_nesterov: false },
    arguments: ['rate', 'gradient', 'decay'],
  },
  nesterov: {
    op: 'ResourceApplyMomentum',
    attributes: { use_nesterov: true },
    arguments: ['rate', 'gradient', 'decay'],
  },
  adam: {
    op: 'ResourceApplyAdam',
    attributes: { use_nesterov: false },
    arguments: ['power1', 'power2', 'rate', 'beta1', 'beta2', 'epsilon', 'gradient'],
  },
  rmsProp: {
    op: 'ResourceApplyRMSProp',
    arguments: ['rate', 'decay', 'momentum', 'epsilon', 'gradient'],
  },
  adaMax: {
    op: 'ResourceApplyAdaMax',
    arguments: ['power1', 'rate', 'beta1', 'beta2', 'epsilon', 'gradient'],
  },
};

/** Adds the op that moves one variable. Returns the node's name. */
export function addUpdate(
  graph: Graph,
  rule: FusedRule,
  variable: GraphTensor,
  slots: readonly GraphTensor[],
  scalars: Readonly<Record<string, GraphTensor>>,
  gradient: GraphTensor,
  after: readonly string[],
): string {
  const { op, attributes, arguments: names } = RULES[rule];
  const inputs = names.map((name) => (name === 'gradient' ? gradient : scalars[name]!));
  return graph.node(
    op,
    [variable, ...slots, ...inputs],
    { T: DataType.DT_FLOAT, use_locking: false, ...attributes },
    { after },
  );
}
