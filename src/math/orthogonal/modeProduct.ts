import { checkLength, type OrthogonalTransform } from './transform';

/**
 * The Kronecker product Q = Q₁ ⊗ Q₂ ⊗ …, which multiplies a tensor by one matrix along each of its axes;
 * the length of a matrix is the tensor's dimension there. Vectors are tensors flattened row-major: with two
 * matrices, Q z is Q₁ Z Q₂ᵀ. Q is never formed.
 */
export function createModeProduct(matrices: readonly OrthogonalTransform[]): OrthogonalTransform {
  const length = matrices.reduce((product, matrix) => product * matrix.length, 1);
  let stride = length;
  const axes = matrices.map((matrix) => {
    stride /= matrix.length;
    return { matrix, stride, fibre: new Float32Array(matrix.length) };
  });

  const product: OrthogonalTransform = {
    length,
    apply(z) {
      checkLength(product, z);
      for (const { matrix, ...axis } of axes) alongAxis(z, axis, (fibre) => matrix.apply(fibre));
    },
    applyTranspose(z) {
      checkLength(product, z);
      for (const { matrix, ...axis } of axes) alongAxis(z, axis, (fibre) => matrix.applyTranspose(fibre));
    },
  };
  return product;
}

interface Axis {
  /** Elements from one entry of a fibre to the next. */
  readonly stride: number;
  /** Room for one fibre, as long as the axis. */
  readonly fibre: Float32Array;
}

/** Replaces each line of elements along an axis by what `transform` makes of it. */
function alongAxis(z: Float32Array, { stride, fibre }: Axis, transform: (fibre: Float32Array) => void): void {
  const { length } = fibre;
  for (let block = 0; block < z.length; block += length * stride) {
    for (let start = block; start < block + stride; start++) {
      for (let i = 0; i < length; i++) fibre[i] = z[start + i * stride]!;
      transform(fibre);
      for (let i = 0; i < length; i++) z[start + i * stride] = fibre[i]!;
    }
  }
}
