import { symmetricEigen, type SymmetricEigen } from '../../math/symmetricEigen';
import { addCombination, gramOf, logitsOf, type Batch, type LinearModel } from './linearModel';
import {
  eulerFlow,
  integratedFlow,
  leastSquaresFlow,
  type LocalProblem,
  type LocalStep,
  type Tolerance,
} from './localFlow';
import type { LocalLoss } from './localLoss';

export interface SplittingOptions {
  readonly loss: LocalLoss;
  /** The exact flow of each batch, or so many steps of Euler's method: one is SGD. */
  readonly local: 'flow' | { readonly stages: number };
  /** Of the integration, where the flow has no closed form. */
  readonly tolerance?: Tolerance;
  /** Pull back to where each step began; none where absent. */
  readonly pull?: number;
}

/** What the adaptive method is told where nobody says otherwise: the error of a step is far below that of splitting. */
export const DEFAULT_TOLERANCE: Tolerance = { relative: 1e-3, absolute: 1e-5 };

/**
 * SGD as a splitting of the gradient flow (Merkulov and Oseledets 2020): a step on a batch follows the flow of
 * the batch's own mean loss for the time α, where SGD takes one step of Euler's method of that length. For small
 * α both agree to O(α²); however large α is, the exact flow does not diverge. For linear models with least
 * squares, logistic or softmax loss.
 */
export class SplittingSolver {
  private readonly grams = new WeakMap<Batch, Float64Array>();
  private readonly eigens = new WeakMap<Batch, SymmetricEigen>();

  /**
   * @param model moved in place
   * @param options its `stages` ≥ 1
   */
  constructor(
    private readonly model: LinearModel,
    private readonly options: SplittingOptions,
  ) {}

  /**
   * One step on a batch. What is computed of its inputs alone, `[rows, rows]`, is kept as long as the batch is.
   *
   * @param learningRate α ≥ 0; Infinity with least squares and the flow: the block Kaczmarz method
   */
  step(batch: Batch, learningRate: number): Omit<LocalStep, 'coefficients'> {
    const { coefficients, ...cost } = this.solve(batch, learningRate);
    addCombination(this.model, batch, coefficients);
    return cost;
  }

  private solve(batch: Batch, time: number): LocalStep {
    const { loss, local, tolerance = DEFAULT_TOLERANCE, pull = 0 } = this.options;
    const problem: LocalProblem = {
      rows: batch.rows,
      outputs: this.model.outputs,
      gram: () => this.gram(batch),
      logits: logitsOf(this.model, batch),
      targets: batch.targets,
      pull,
    };
    if (local !== 'flow') return eulerFlow(loss, problem, time, local.stages);
    if (loss === 'squares') return leastSquaresFlow(problem, this.eigen(batch), time);
    return integratedFlow(loss, problem, time, tolerance);
  }

  private gram(batch: Batch): Float64Array {
    const known = this.grams.get(batch);
    if (known) return known;
    const gram = gramOf(batch, this.model.bias !== undefined);
    this.grams.set(batch, gram);
    return gram;
  }

  private eigen(batch: Batch): SymmetricEigen {
    const known = this.eigens.get(batch);
    if (known) return known;
    const eigen = symmetricEigen(this.gram(batch));
    this.eigens.set(batch, eigen);
    return eigen;
  }
}
