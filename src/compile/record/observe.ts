import type { TensorFlow } from '../../engine/engine';

/** A function of TensorFlow.js that runs at present. */
export interface Scope {
  readonly name: string;
}

/** The functions of TensorFlow.js that run at present. */
export interface ScopeWatch {
  readonly innermost: Scope | undefined;
  restore(): void;
}

/** Listens to the scopes that every function of TensorFlow.js opens under its own name. */
export function watchScopes(tf: TensorFlow): ScopeWatch {
  const engine = tf.engine();
  const start = engine.startScope.bind(engine);
  const end = engine.endScope.bind(engine);
  const open: Scope[] = [];
  engine.startScope = (name) => {
    open.push({ name: (name ?? '').replace(/__op$/, '') });
    start(name);
  };
  engine.endScope = (result) => {
    open.pop();
    end(result);
  };
  return {
    get innermost() {
      return open.at(-1);
    },
    restore: () => {
      for (const member of ['startScope', 'endScope'] as const) Reflect.deleteProperty(engine, member);
    },
  };
}

export interface RandomWatch {
  /** What `Math.random` gave last inside this scope. */
  drawnIn(scope: Scope): number | undefined;
  restore(): void;
}

/** Remembers what `Math.random` gives: TensorFlow.js takes the seeds of its random functions from it. */
export function watchMathRandom(scopes: ScopeWatch): RandomWatch {
  const original = Math.random;
  const drawn = new WeakMap<Scope, number>();
  Math.random = () => {
    const value = original();
    if (scopes.innermost !== undefined) drawn.set(scopes.innermost, value);
    return value;
  };
  return {
    drawnIn: (scope) => drawn.get(scope),
    restore: () => {
      Math.random = original;
    },
  };
}
