import type { Optimizer } from './optimizer';

/** An optimizer that does what `inner` does but for some members; the count of steps is `inner`'s. */
export function around(inner: Optimizer, members: Partial<Omit<Optimizer, 'iterations'>>): Optimizer {
  return {
    state: inner.state,
    step: (gradients) => inner.step(gradients),
    dynamics: () => inner.dynamics(),
    ...(inner.evaluated === undefined ? {} : { evaluated: inner.evaluated }),
    ...(inner.curvature === undefined ? {} : { curvature: inner.curvature }),
    ...(inner.scales === undefined ? {} : { scales: inner.scales }),
    dispose: () => inner.dispose(),
    ...members,
    get iterations() {
      return inner.iterations;
    },
    set iterations(steps) {
      inner.iterations = steps;
    },
  };
}
