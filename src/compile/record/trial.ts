import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';
import type { Counter } from './counter';

let current: Trial | undefined;

function listenWith(trial: Trial | undefined): void {
  current = trial;
}

/** Says that a step is about to count. */
export function willCount(counter: Counter): void {
  current?.counted.push({ counter, before: counter.read() });
}

/** Says that variables which were made in a step begin with what they hold now, not with what they were made of. */
export function beginAsTheyAre(variables: readonly Variable[]): void {
  for (const variable of variables) current?.began(variable);
}

/** What a step changes beside the variables that there were before it: counters, and variables that it makes. */
export class Trial {
  readonly counted: { readonly counter: Counter; readonly before: number }[] = [];
  private readonly beginnings = new Map<Variable, Tensor>();

  constructor(private readonly tf: TensorFlow) {}

  /** Runs `body`, and remembers what it changes. */
  during<T>(body: () => T): T {
    const engine = this.tf.engine();
    const outer = current;
    const makeVariable = engine.makeVariable.bind(engine);
    engine.makeVariable = (...given) => {
      const variable = makeVariable(...given);
      this.began(variable);
      return variable;
    };
    listenWith(this);
    try {
      return body();
    } finally {
      listenWith(outer);
      Reflect.deleteProperty(engine, 'makeVariable');
    }
  }

  began(variable: Variable): void {
    this.beginnings.get(variable)?.dispose();
    this.beginnings.set(variable, this.tf.keep(this.tf.clone<Tensor>(variable)));
  }

  /** Sets counters back. Variables stay, as though they had been made before the step: they hold what they began with. */
  undo(): void {
    for (const { counter, before } of this.counted.reverse()) counter.write(before);
    for (const [variable, beginning] of this.beginnings) {
      if (!variable.isDisposed) variable.assign(beginning);
      beginning.dispose();
    }
  }
}
