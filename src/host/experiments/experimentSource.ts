/**
 * Index of the call `defineExperiment(` that makes a source text an experiment; `undefined` where the
 * name is absent, or stands only in comments, imports or its own definition.
 */
export function findExperiment(source: string): number | undefined {
  for (const match of source.matchAll(/\bdefineExperiment\s*(?:<[^()]*>)?\s*\(/g)) {
    const lineStart = source.lastIndexOf('\n', match.index) + 1;
    const before = source.slice(lineStart, match.index);
    if (!/\bfunction\s+$|\/\/|^\s*\/?\*/.test(before)) return match.index;
  }
  return undefined;
}
