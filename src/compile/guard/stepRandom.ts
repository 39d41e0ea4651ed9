import { Random } from '../../math/random';

/**
 * `Math.random` in a step that is tried before it is run: trials draw other numbers, each its own, and the step draws
 * what it would have drawn without them.
 */
export class StepRandom {
  /** What the step draws first, which the trials' numbers follow from. */
  private readonly first = Math.random();
  private readonly others = new Random(Math.floor(this.first * 2 ** 32));

  duringTrial<T>(body: () => T): T {
    return withRandom(() => this.others.uniform(), body);
  }

  duringStep<T>(body: () => T): T {
    const original = Math.random;
    let isFirst = true;
    const draw = (): number => {
      if (!isFirst) return original();
      isFirst = false;
      return this.first;
    };
    return withRandom(draw, body);
  }
}

function withRandom<T>(draw: () => number, body: () => T): T {
  const original = Math.random;
  Math.random = draw;
  try {
    return body();
  } finally {
    Math.random = original;
  }
}
