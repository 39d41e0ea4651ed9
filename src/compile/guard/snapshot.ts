import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';

/** What all variables held at one moment. Clones share memory until a variable changes. */
export class Snapshot {
  private readonly copies: ReadonlyMap<Variable, Tensor>;

  constructor(private readonly tf: TensorFlow) {
    const variables = Object.values(tf.engine().registeredVariables);
    this.copies = new Map(variables.map((variable) => [variable, tf.keep(tf.clone(variable))]));
  }

  /** `undefined` for a variable that is younger. */
  of(variable: Variable): Tensor | undefined {
    return this.copies.get(variable);
  }

  /** Gives every variable what it held. */
  restore(): void {
    for (const [variable, copy] of this.copies) {
      if (!variable.isDisposed && variable.dataId !== copy.dataId) variable.assign(copy);
    }
  }

  dispose(): void {
    this.tf.dispose([...this.copies.values()]);
  }
}
