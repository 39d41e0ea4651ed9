import path from 'node:path';
import { expect, it } from 'vitest';
import { runProgram } from './bundledProcess';
import type { FuzzFormat, FuzzReport } from './fuzz';
import { temporaryFolder } from './temporaryFolder';

const CASES = 5000;
const HEAP_MB = 64;
const FORMATS: readonly FuzzFormat[] = [
  'safetensors',
  'sharded safetensors',
  'TF.js layers',
  'TF.js graph',
  'TF.js packed',
];

it.each(FORMATS)(
  `${CASES} damaged models, %s: each is read or refused`,
  async (format) => {
    const folder = await temporaryFolder();
    const report = (await runProgram('fuzz', [path.join(folder, 'model'), format, String(CASES), '20'], {
      folder,
      node: [`--max-old-space-size=${HEAP_MB}`],
    })) as FuzzReport;
    expect(report.crashes).toEqual([]);
    expect(report.worstExcess).toBeLessThan(64e6);
    // The damages reach behind the syntax: some harmless, most for many different reasons.
    expect(report.opened).toBeGreaterThan(CASES / 100);
    expect(report.opened).toBeLessThan(CASES / 2);
    expect(Object.keys(report.refused).length).toBeGreaterThan(8);
  },
  240_000,
);
