import { writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { runFiles } from '../../../src/runs/layout';
import { readLogTail } from '../../../src/runs/logTail';
import { temporaryFolder } from './workspace';

it('gives the last twenty lines that tell something', async () => {
  const folder = await temporaryFolder();
  expect(await readLogTail(folder)).toEqual([]);
  const told = Array.from({ length: 30 }, (_, i) => `line ${i}`);
  const banner = [
    'WARNING: All log messages before absl::InitializeLog() is called are written to STDERR',
    'I0000 00:00:1795563565.280899   27059 port.cc:153] oneDNN custom operations are on. You may see …',
  ];
  await writeFile(runFiles(folder).log, [...told, ...banner, '', ''].join('\n'));
  expect(await readLogTail(folder)).toEqual(told.slice(10));
});
