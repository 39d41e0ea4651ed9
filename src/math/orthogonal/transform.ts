/** An orthogonal matrix Q that is applied without being formed. */
export interface OrthogonalTransform {
  /** Rows of Q, and columns. */
  readonly length: number;
  /** Replaces z by Q z, in place. */
  apply(z: Float32Array): void;
  /** Replaces z by Qᵀ z = Q⁻¹ z, in place. */
  applyTranspose(z: Float32Array): void;
}

/** Throws where a vector has another length than the matrix. */
export function checkLength({ length }: OrthogonalTransform, z: Float32Array): void {
  if (z.length !== length) throw new RangeError(`The matrix has length ${length}, the vector ${z.length}.`);
}
