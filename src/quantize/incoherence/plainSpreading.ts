import { createInvolution } from '../../math/involution';
import { transpose } from '../matrixShape';
import { involutionSeeds, type CreateSpreading } from './spreading';

/** The transform in plain TypeScript; the kernel gives the same bits. */
export const createPlainSpreading: CreateSpreading = (sides, seed, mixing) => {
  const { rows, columns } = sides;
  const involutionsOf = (side: 'rows' | 'columns') =>
    involutionSeeds(sides[side], seed, side).map((s) => createInvolution(sides[side], s));
  const alongRows = involutionsOf('columns');
  const alongColumns = mixing === 'both' ? involutionsOf('rows') : [];
  const mixRows = (matrix: Float32Array, involutions: typeof alongRows) => {
    for (const involution of involutions) {
      for (let start = 0; start < matrix.length; start += involution.length) {
        involution.apply(matrix.subarray(start, start + involution.length));
      }
    }
  };
  const mixColumns = (matrix: Float32Array, involutions: typeof alongRows) => {
    const turned = transpose(matrix, rows);
    mixRows(turned, involutions);
    matrix.set(transpose(turned, columns));
  };
  return {
    spread(matrix) {
      mixColumns(matrix, alongColumns);
      mixRows(matrix, alongRows);
    },
    gather(matrix) {
      mixRows(matrix, alongRows.toReversed());
      mixColumns(matrix, alongColumns.toReversed());
    },
  };
};
