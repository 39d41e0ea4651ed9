import type { Program, Value } from './program';

/**
 * A program as text, one operation a line: `%7 [32, 16] = MatMul(%3, w1) transpose_a=false`. Inputs are
 * written as `input1`, variables by their names with a prime for every update, constants by what they hold.
 */
export function printProgram(program: Program): string {
  const name = (index: number): string => nameOf(program.values[index]!, index);
  const lines = program.operations.map((operation) => {
    if (operation.kind === 'update') {
      const moved = operation.moves.map(
        ({ after, before, gradient }) => `  ${name(after)} = ${name(before)} moved by ${name(gradient)}`,
      );
      return [`${operation.update.rule}(${Object.keys(operation.update.scalars).join(', ')})`, ...moved].join(
        '\n',
      );
    }
    const results = operation.outputs
      .map((output) => `${name(output)} ${shapeOf(program.values[output]!)}`)
      .join(', ');
    const taken = operation.inputs.map(name).join(', ');
    if (operation.kind === 'fused') {
      const body = operation.operations.map(
        ({ name: op, inputs, outputs }) => `  ${name(outputs[0]!)} = ${op}(${inputs.map(name).join(', ')})`,
      );
      return [`${results} = one loop over (${taken})`, ...body].join('\n');
    }
    const settings = Object.entries(operation.attributes)
      .filter(([key]) => !/^T|^(Src|Dst)T$/.test(key))
      .map(([key, value]) => ` ${key}=${String(value)}`);
    return `${results} = ${operation.name}(${taken})${settings.join('')}`;
  });
  const assigned = program.assignments.map(({ variable, value }) => `${variable.name} := ${name(value)}`);
  const results = `return ${program.results.map(name).join(', ')}`;
  return [...lines, ...assigned, results].join('\n');
}

function nameOf(value: Value, index: number): string {
  switch (value.kind) {
    case 'input':
      return `input${value.position + 1}`;
    case 'variable':
      return `${value.variable.name}${"'".repeat(value.version)}`;
    case 'captured':
      return `captured${shapeOf(value)}`;
    case 'stepScalar':
      return 'number';
    case 'constant': {
      const { draw, data } = value;
      if (draw !== undefined) return `${draw.distribution}${shapeOf(value)}`;
      const shown = Array.from(data.slice(0, 4), (x) => Number(x.toPrecision(6))).join(', ');
      const isShort = data.length <= 4;
      return value.shape.length === 0 ? shown : `(${shown}${isShort ? '' : ', …'})`;
    }
    case 'result':
      return `%${index}`;
  }
}

function shapeOf({ shape }: Value): string {
  return `[${shape.join(', ')}]`;
}
