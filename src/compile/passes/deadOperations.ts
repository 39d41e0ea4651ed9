import { inputsOf, outputsOf, type Operation, type Program, type ValueIndex } from '../program/program';

/** Leaves out the ops whose results nobody uses. TensorFlow would not run them either; a reader need not see them. */
export function withoutDeadOperations(program: Program): Program {
  const used = new Set<ValueIndex>([...program.results, ...program.assignments.map(({ value }) => value)]);
  const kept: Operation[] = [];
  for (const operation of program.operations.toReversed()) {
    const isUsed = operation.kind === 'update' || outputsOf(operation).some((output) => used.has(output));
    if (!isUsed) continue;
    kept.push(operation);
    for (const input of inputsOf(operation)) used.add(input);
  }
  return { ...program, operations: kept.reverse() };
}
