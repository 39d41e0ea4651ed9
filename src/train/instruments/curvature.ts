import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';
import { Random } from '../../math/random';
import { largestEigenvalue, largestEigenvector } from '../../math/tridiagonal';
import { flatten, unflatten } from './flatVector';

/** Length of the step of a difference, beside 1 + ‖w‖₂. */
const RELATIVE_STEP = 1e-3;
/** A new direction of Lanczos's method that is shorter than this, beside λ, is rounding. */
const EXHAUSTED = 1e-4;
/** Share of random signs in the first direction: no eigenvector is then missed for symmetry. */
const RANDOM_SHARE = 0.3;

/** The Hessian, as far as Lanczos's method has come: tridiagonal in the directions. */
interface Lanczos {
  readonly directions: readonly Tensor1D[];
  readonly diagonal: readonly number[];
  readonly beside: readonly number[];
}

/** The gradient of one function of the variables at their present values, as a flat vector. */
export type GradientFunction = () => Tensor1D;

/**
 * Curvature of a loss at the present weights. Hessian-vector products are central differences of gradients,
 * (∇f(w + εv) − ∇f(w − εv)) / 2ε: TensorFlow.js cannot differentiate gradients of many ops, or does so wrongly.
 * The variables are moved for a moment and then hold their own values again, to the bit. Vectors are flat:
 * the variables' entries one after another.
 */
export class Curvature {
  private readonly size: number;

  /** @param gradientAt must be the same function each time: the same batch, the same random numbers */
  constructor(
    private readonly tf: TensorFlow,
    private readonly variables: readonly Variable[],
    private readonly gradientAt: GradientFunction,
  ) {
    this.size = variables.reduce((total, { size }) => total + size, 0);
  }

  /** H·v. */
  hessianTimes(vector: Tensor1D): Tensor1D {
    const { tf, variables } = this;
    return tf.tidy(() => {
      const own = variables.map((variable) => tf.clone(variable));
      const weights = flatten(tf, own);
      const [weightNorm, norm] = [tf.norm(weights), tf.norm(vector)].map((scalar) => scalar.dataSync()[0]!);
      if (!(norm! > 0)) return tf.zerosLike(vector);
      const step = (RELATIVE_STEP * (1 + weightNorm!)) / norm!;
      try {
        const [ahead, behind] = [step, -step].map((distance) => {
          this.hold(this.unflatten(tf.add<Tensor1D>(weights, tf.mul(vector, distance))));
          return this.gradientAt();
        });
        return tf.div(tf.sub(ahead!, behind!), 2 * step);
      } finally {
        this.hold(own);
      }
    });
  }

  /**
   * The largest eigenvalue of the Hessian, by Lanczos's method with full orthogonalization: from below, and
   * exact after as many products as the Hessian has distinct eigenvalues. With scales d it is that of
   * d^(−½)·H·d^(−½), the curvature in the coordinates in which an optimizer that divides steps by d is
   * gradient descent.
   */
  largest(products: number, seed: number, scales?: readonly Tensor[]): number {
    const { tf } = this;
    const root = tf.tidy(() => (scales === undefined ? undefined : tf.sqrt(flatten(tf, scales))));
    const { directions, ...matrix } = this.lanczos(products, this.firstDirection(seed, root), root);
    tf.dispose([...directions, ...(root === undefined ? [] : [root])]);
    return largestOf(matrix);
  }

  /**
   * The largest eigenvalue as `largest` finds it, and a vector of length 1 near its eigenvectors, which the caller
   * disposes: a later measurement that starts there needs fewer products.
   * @param start such a vector; the gradient where absent
   * @returns no direction where gradients are not finite
   */
  dominant(
    products: number,
    seed: number,
    start?: Tensor1D,
  ): { readonly largest: number; readonly direction?: Tensor1D } {
    const { tf } = this;
    const first = start === undefined ? this.firstDirection(seed, undefined) : this.besides(start, seed);
    const { directions, diagonal, beside } = this.lanczos(products, first);
    try {
      const largest = largestOf({ diagonal, beside });
      if (!Number.isFinite(largest)) return { largest };
      const shares = largestEigenvector(diagonal, beside, largest);
      const direction = tf.tidy(() => {
        const sum = tf.addN(shares.map((share, i) => tf.mul<Tensor1D>(directions[i]!, share)));
        return tf.div<Tensor1D>(sum, tf.norm(sum));
      });
      return { largest, direction };
    } finally {
      tf.dispose([...directions]);
    }
  }

  /**
   * The trace of the Hessian by variable: Hutchinson's estimator, the mean of v·Hv over random signs v. It is
   * without bias, and exact for a diagonal Hessian.
   */
  traces(probes: number, seed: number): Float64Array {
    const { tf, variables } = this;
    const traces = new Float64Array(variables.length);
    const random = new Random(seed);
    for (let probe = 0; probe < probes; probe++) {
      const parts = tf.tidy(() => {
        const signs = this.signs(random);
        const products = this.unflatten(tf.mul(signs, this.hessianTimes(signs)));
        return tf.stack(products.map((product) => tf.sum(product))).dataSync();
      });
      parts.forEach((part, i) => (traces[i]! += part / probes));
    }
    return traces;
  }

  /** Lanczos's matrix, and the directions in which it stands for the Hessian; the first is given away. */
  private lanczos(products: number, first: Tensor1D, root?: Tensor): Lanczos {
    const directions = [first];
    const diagonal: number[] = [];
    const beside: number[] = [];
    for (let j = 0; j < products; j++) {
      const { along, next, length } = this.extend(directions, root);
      diagonal.push(along);
      if (j === products - 1 || !(length > EXHAUSTED * Math.abs(along))) {
        next.dispose();
        break;
      }
      beside.push(length);
      directions.push(next);
    }
    return { directions, diagonal, beside };
  }

  /** The gradient leans towards directions of large curvature, so that few products are needed. */
  private firstDirection(seed: number, root: Tensor | undefined): Tensor1D {
    const { tf } = this;
    return tf.tidy(() => {
      const gradient = this.gradientAt();
      return this.besides(root === undefined ? gradient : tf.div<Tensor1D>(gradient, root), seed);
    });
  }

  /** A direction with a share of random signs, of length 1. */
  private besides(lead: Tensor1D, seed: number): Tensor1D {
    const { tf } = this;
    return tf.tidy(() => {
      const signs = this.signs(new Random(seed));
      const norm = tf.norm(lead).dataSync()[0]!;
      const spread = RANDOM_SHARE / Math.sqrt(this.size);
      const sum = norm > 0 ? tf.add(tf.div(lead, norm), tf.mul(signs, spread)) : signs;
      return tf.div<Tensor1D>(sum, tf.norm(sum));
    });
  }

  private extend(
    directions: readonly Tensor1D[],
    root: Tensor | undefined,
  ): { readonly along: number; readonly next: Tensor1D; readonly length: number } {
    const { tf } = this;
    const latest = directions.at(-1)!;
    const { along, rest, length } = tf.tidy(() => {
      const inner = root === undefined ? latest : tf.div<Tensor1D>(latest, root);
      const outer = this.hessianTimes(inner);
      const product = root === undefined ? outer : tf.div<Tensor1D>(outer, root);
      const known = tf.stack([...directions]);
      const orthogonal = (vector: Tensor): Tensor =>
        tf.sub(
          vector,
          tf.reshape(
            tf.matMul(tf.reshape(tf.matMul(known, tf.reshape(vector, [-1, 1])), [1, -1]), known),
            [-1],
          ),
        );
      // Twice is enough (Kahan and Parlett).
      const left = orthogonal(orthogonal(product));
      return { along: tf.sum(tf.mul(latest, product)), rest: left, length: tf.norm(left) };
    });
    const next = tf.tidy(() => tf.div<Tensor1D>(rest, tf.maximum(length, 1e-30)));
    const answer = { along: along.dataSync()[0]!, next, length: length.dataSync()[0]! };
    tf.dispose([along, rest, length]);
    return answer;
  }

  private signs(random: Random): Tensor1D {
    return this.tf.tensor1d(
      Float32Array.from({ length: this.size }, () => (random.nextUint32() & 1 ? 1 : -1)),
    );
  }

  private hold(values: readonly Tensor[]): void {
    this.variables.forEach((variable, i) => variable.assign(values[i]!));
  }

  private unflatten(vector: Tensor1D): Tensor[] {
    return unflatten(
      this.tf,
      vector,
      this.variables.map(({ shape }) => shape),
    );
  }
}

function largestOf({ diagonal, beside }: Omit<Lanczos, 'directions'>): number {
  const isFinite = [...diagonal, ...beside].every(Number.isFinite);
  return isFinite ? largestEigenvalue(diagonal, beside) : NaN;
}
