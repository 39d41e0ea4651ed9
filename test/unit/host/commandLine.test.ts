import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../src/host/commandLine';
import { findJobNode } from '../../../src/host/jobNode';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'weightroom-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

let scripts = 0;

/** A program that stands where `dist/cli.js` stands. */
function script(source: string): string {
  const file = path.join(folder, `${++scripts}.cjs`);
  writeFileSync(file, source);
  return file;
}

describe('runCommandLine', () => {
  it('asks for JSON, returns the document, and passes progress on', async () => {
    const lines: string[] = [];
    const program = script(
      `console.error('10 %'); console.error(''); console.error('done'); console.log(JSON.stringify(process.argv.slice(2)))`,
    );
    const onProgress = (line: string) => lines.push(line);
    const document = await runCommandLine(process.execPath, program, ['engines', 'a b'], { onProgress });
    expect(document).toEqual(['engines', 'a b', '--json']);
    expect(lines).toEqual(['10 %', 'done']);
  });

  it('throws the error that the command reports', async () => {
    const error = { code: 'no-python', message: 'There is no Python.', remedy: 'Install it.' };
    const program = script(
      `console.log(JSON.stringify({ error: ${JSON.stringify(error)} })); process.exitCode = 1`,
    );
    await expect(runCommandLine(process.execPath, program, [])).rejects.toMatchObject({
      name: 'UserError',
      ...error,
    });
  });

  it('names the command and its last words where there is no JSON', async () => {
    const program = script(`console.error('bus error'); process.exitCode = 3`);
    await expect(runCommandLine(process.execPath, program, ['engines'])).rejects.toThrow(
      'weightroom engines ended with code 3 and printed no JSON: bus error',
    );
  });

  it('ends the process when it is aborted', async () => {
    const abort = new AbortController();
    const program = script(`console.error('started'); setInterval(() => {}, 1000)`);
    const running = runCommandLine(process.execPath, program, [], {
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('starts nothing once it is aborted', async () => {
    const signal = AbortSignal.abort();
    await expect(runCommandLine('/no/such/program', 'x', [], { signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('findJobNode', () => {
  it('takes the Node.js that runs this', async () => {
    expect(await findJobNode('')).toBe(process.execPath);
  });

  it('takes the configured one where it is one', async () => {
    expect(await findJobNode(process.execPath)).toBe(process.execPath);
  });

  it('refuses what is no Node.js, and one that is too old', async () => {
    await expect(findJobNode('/no/such/node')).rejects.toMatchObject({ code: 'node-unusable' });
    const old = path.join(folder, 'old-node');
    writeFileSync(old, '#!/bin/sh\necho 18.20.4\n', { mode: 0o755 });
    await expect(findJobNode(old)).rejects.toThrow('Node.js 18.20.4; jobs need 20 or newer');
  });
});
