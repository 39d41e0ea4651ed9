import { inverseFactor } from '../../math/inverseFactor';

/**
 * How the errors of a layer's weights show in its output: an error Δ `[inputs, outputs]` costs
 * tr(ΔᵀHΔ), H = E[x xᵀ] over the layer's inputs x. With H⁻¹ = UᵀU this is Σ ‖e_c‖² / U_cc², where e_c is
 * what is wrong with row c after the rows below have made up for it as well as they can.
 */
export interface Curvature {
  readonly inputs: number;
  /** U_cc, the diagonal of U. */
  readonly rowSteps: Float64Array;
  /** U, row-major `[inputs, inputs]`, upper triangular; missing where H is diagonal. */
  readonly factor?: Float64Array;
}

/** @param hessian H, row-major `[inputs, inputs]`, symmetric and finite */
export function curvatureOfHessian(hessian: ArrayLike<number>, inputs: number): Curvature {
  const { factor } = inverseFactor(hessian, inputs);
  return {
    inputs,
    factor,
    rowSteps: Float64Array.from({ length: inputs }, (_, c) => factor[c * inputs + c]!),
  };
}

/**
 * Where only the second moments of the inputs are known: no input can make up for another, but those that
 * carry more are coded more finely. Damped as a Hessian is.
 *
 * @param moments E[x_c²], `[inputs]`, finite and not negative
 */
export function curvatureOfMoments(moments: ArrayLike<number>): Curvature {
  const values = Float64Array.from(moments);
  const mean = values.reduce((sum, moment) => sum + moment, 0) / values.length;
  const damping = mean > 0 ? 0.01 * mean : 1;
  return { inputs: values.length, rowSteps: values.map((moment) => 1 / Math.sqrt(moment + damping)) };
}
