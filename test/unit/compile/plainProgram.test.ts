import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { beforeAll, expect, test } from 'vitest';
import { distFolder } from '../../../src/engine/distFolder';
import { BINDING_VARIABLE } from '../../../src/engine/tensorflow/bindingLocation';
import { BINDING_NAME, librariesFolder, readInstallation } from '../../../src/engine/tensorflow/installation';

const program = path.join(import.meta.dirname, 'fixtures/plainProgram.cjs');
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  const installation = await readInstallation();
  env = {
    ...process.env,
    WEIGHTROOM_DIST: distFolder(),
    [BINDING_VARIABLE]: path.join(librariesFolder(installation!.folder), BINDING_NAME),
    TF_CPP_MIN_LOG_LEVEL: '3',
    TF_ENABLE_ONEDNN_OPTS: '1',
  };
});

function expectTrained(output: string): void {
  const { first, last, info } = JSON.parse(output.trim().split('\n').at(-1)!) as {
    first: number;
    last: number;
    info: unknown;
  };
  expect(first).toBeGreaterThan(1);
  expect(last).toBeLessThan(0.3);
  expect(info).toEqual([expect.objectContaining({ state: 'compiled', steps: 200 })]);
}

test('a program with the ordinary packages trains compiled', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [program], { env });
  expectTrained(stdout);
});

test('so does one in a thread', async () => {
  const worker = new Worker(program, { env, stdout: true });
  let output = '';
  worker.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject));
  expectTrained(output);
});
