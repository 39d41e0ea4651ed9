import type { Operation, Program, Value } from './program';

export interface Comparison {
  /** What is not the same, in words; `undefined` where both programs do the same. */
  readonly difference: string | undefined;
  /** Constants of the first program that have other values in the second, drawn at random or not. */
  readonly changing: readonly number[];
}

/**
 * Compares two recordings of one step. Values are numbered in the order in which they were met, so two
 * programs that do the same are equal number by number.
 */
export function compare(a: Program, b: Program): Comparison {
  const changing: number[] = [];
  const different = (difference: string): Comparison => ({ difference, changing });
  if (a.operations.length !== b.operations.length) {
    return different(`the step ran ${a.operations.length} ops one time and ${b.operations.length} the next`);
  }
  for (const [i, operation] of a.operations.entries()) {
    const difference = compareOperations(operation, b.operations[i]!);
    if (difference !== undefined) return different(difference);
  }
  if (a.values.length !== b.values.length)
    return different('the step uses more tensors one time than the next');
  for (const [i, value] of a.values.entries()) {
    const difference = compareValues(value, b.values[i]!);
    if (difference === 'changing') changing.push(i);
    else if (difference !== undefined) return different(difference);
  }
  const isSameEnd =
    String(a.results) === String(b.results) &&
    a.assignments.length === b.assignments.length &&
    a.assignments.every(
      ({ variable, value }, i) =>
        variable === b.assignments[i]!.variable && value === b.assignments[i]!.value,
    );
  return isSameEnd
    ? { difference: undefined, changing }
    : different('the step assigns or returns something else');
}

function compareOperations(a: Operation, b: Operation): string | undefined {
  if (a.kind === 'tensor' && b.kind === 'tensor') {
    if (a.name !== b.name) return `the step ran ${a.name} one time and ${b.name} the next`;
    if (String(a.inputs) !== String(b.inputs) || String(a.outputs) !== String(b.outputs)) {
      return `${a.name} takes other inputs one time than the next`;
    }
    const isSame = JSON.stringify(a.attributes) === JSON.stringify(b.attributes);
    return isSame ? undefined : `${a.name} has other attributes one time than the next`;
  }
  if (a.kind === 'update' && b.kind === 'update') {
    const isSame =
      a.update.rule === b.update.rule &&
      a.moves.length === b.moves.length &&
      a.moves.every((move, i) => {
        const other = b.moves[i]!;
        return (
          move.variable === other.variable &&
          move.gradient === other.gradient &&
          move.before === other.before &&
          move.after === other.after &&
          move.place === other.place
        );
      });
    return isSame ? undefined : 'the optimizer moves other variables one time than the next';
  }
  return 'the optimizer moves variables one time and not the next';
}

function compareValues(a: Value, b: Value): string | undefined {
  if (a.kind !== b.kind) return 'a tensor comes from elsewhere one time than the next';
  if (a.dtype !== b.dtype || String(a.shape) !== String(b.shape)) {
    return `a tensor has the shape [${a.shape.join(', ')}] one time and [${b.shape.join(', ')}] the next`;
  }
  switch (a.kind) {
    case 'constant': {
      const { data, draw } = b as typeof a;
      if (a.draw?.distribution !== draw?.distribution)
        return 'random numbers are drawn one time and not the next';
      return isSameData(a.data, data) ? undefined : 'changing';
    }
    case 'variable': {
      const { variable, version } = b as typeof a;
      return variable === a.variable && version === a.version
        ? undefined
        : 'another variable is used the next time';
    }
    case 'captured':
      if (a.dataId === (b as typeof a).dataId) return undefined;
      return (
        `a tensor of shape [${a.shape.join(', ')}] from outside the step is another one the next time; ` +
        'pass it as an argument'
      );
    case 'input':
      return a.position === (b as typeof a).position ? undefined : 'arguments are used in another order';
    case 'stepScalar':
    case 'result':
      return undefined;
  }
}

function isSameData(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}
