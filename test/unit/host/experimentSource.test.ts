import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findExperiment } from '../../../src/host/experiments/experimentSource';

const root = path.resolve(import.meta.dirname, '../../..');

describe('findExperiment', () => {
  it.each(['mnist-mlp.ts', 'mnist-cnn.ts'])('finds the call in examples/%s', (file) => {
    const source = readFileSync(path.join(root, 'examples', file), 'utf8');
    expect(source.slice(findExperiment(source))).toMatch(/^defineExperiment\(\{/);
  });

  it('finds a call with type arguments, and one over two lines', () => {
    expect(findExperiment('export default defineExperiment<{ a: number }>({})')).toBe(15);
    expect(findExperiment('export default defineExperiment\n({})')).toBe(15);
  });

  it.each([
    ['nothing', 'export const x = 1;'],
    ['an import', "import { defineExperiment } from 'weightroom';"],
    ['its definition', 'export function defineExperiment(settings: Settings) {}'],
    ['a comment', '// call defineExperiment({}) here'],
    ['a doc comment', '/**\n * defineExperiment({ … })\n */'],
    ['a longer name', 'redefineExperiment(); defineExperiments();'],
  ])('takes %s for no experiment', (_what, source) => {
    expect(findExperiment(source)).toBeUndefined();
  });

  it('finds the call behind a comment that names it', () => {
    const source = '// defineExperiment(\nexport default defineExperiment({});';
    expect(findExperiment(source)).toBe(source.lastIndexOf('defineExperiment'));
  });
});
