import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findField } from '../../../src/host/experiments/experimentFields';

const root = path.resolve(import.meta.dirname, '../../..');
const EXAMPLE = readFileSync(path.join(root, 'examples', 'mnist-mlp.ts'), 'utf8');

/** The source from the field on. */
function found(field: string, source = EXAMPLE): string | undefined {
  const index = findField(source, field);
  return index === undefined ? undefined : source.slice(index);
}

describe('findField', () => {
  it('finds fields of an example, and fields within fields', () => {
    expect(found('batchSize')).toMatch(/^batchSize: 128,/);
    expect(found('optimizer.learningRate')).toMatch(/^learningRate: 0.001 }/);
    expect(found('parameters.hidden')).toMatch(/^hidden: 256 }/);
    expect(found('model')).toMatch(/^model: \(\{ hidden \}\)/);
  });

  it('is not led astray by values, comments and texts that look like fields', () => {
    const source = `
      const batchSize = 1;
      export default defineExperiment({
        // batchSize: 2,
        name: 'batchSize: 3, { "',
        model: ({ batchSize }) => { const x = { batchSize: 4 }; return [x, batchSize]; },
        notes: \`batchSize: 5\`,
        /* batchSize: 6 */ 'batchSize': 7,
      });`;
    expect(found('batchSize', source)).toMatch(/^'batchSize': 7/);
  });

  it('knows shorthands and methods', () => {
    const source = 'defineExperiment({ loss, model() { return { a: 1 }; }, epochs })';
    expect(found('loss', source)).toMatch(/^loss, model/);
    expect(found('epochs', source)).toBe('epochs })');
    expect(found('a', source)).toBeUndefined();
  });

  it('stays with the nearest field that the source has', () => {
    const source = 'defineExperiment({ optimizer: makeOptimizer({ learningRate: 1 }), epochs: 2 })';
    expect(found('optimizer.learningRate', source)).toMatch(/^optimizer: make/);
    expect(found('optimizer.momentum', EXAMPLE)).toMatch(/^optimizer: \{ name: 'adam'/);
    expect(found('schedule.warmup', source)).toBeUndefined();
    expect(found('epochs', 'defineExperiment(settings)')).toBeUndefined();
    expect(found('epochs', 'nothing')).toBeUndefined();
  });

  it('ends with a source that breaks off', () => {
    expect(found('epochs', 'defineExperiment({ name: "a')).toBeUndefined();
    expect(found('epochs', 'defineExperiment({ name: "a", epochs')).toBe('epochs');
  });
});
