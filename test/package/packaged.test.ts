import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installExtension } from '../../scripts/lib/codeServer.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { makePackage } from '../../scripts/lib/vsix.mjs';
import { installVscode } from '../../scripts/lib/vscode.mjs';
import { openEditor } from '../e2e/editor/editor';
import { saveScreenshot } from '../e2e/editor/screenshots';
import { webview } from '../e2e/editor/webviews';
import { acceptSuggestions } from '../e2e/editor/quantizeQuestions';
import { chooseInContextMenu } from '../e2e/editor/workbench';

/** Outside the repository: nothing of its node_modules is above it. */
let home: string;
let extensionsDir: string;
/** The installed extension. */
let installed: string;

beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'weightroom-package-'));
  extensionsDir = path.join(home, 'extensions');
  await installExtension(await installVscode(), { home, extensionsDir, vsix: await makePackage() });
  const name = (await readdir(extensionsDir)).find((entry) => entry.startsWith('weightroom.weightroom-'));
  installed = path.join(extensionsDir, name!);
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** Where VS Code looks for a plugin of its TypeScript, and where TypeScript looks for declarations. */
const PLUGIN = path.join('node_modules', 'weightroom-typescript-plugin');
const DECLARATIONS = path.join('dist', 'types');

test('the package holds what runs, and no node_modules but its own plugin', async () => {
  const files = await readdir(installed, { recursive: true });
  const strange = files.filter(
    (file) =>
      file.split(path.sep).includes('node_modules') &&
      file !== 'node_modules' &&
      !file.startsWith(PLUGIN) &&
      !file.startsWith(DECLARATIONS),
  );
  expect(strange).toEqual([]);
  expect(files).toContain(path.join(PLUGIN, 'index.js'));
  expect(files.filter((file) => file.startsWith(DECLARATIONS) && /\.[cm]?js$/.test(file))).toEqual([]);
  expect(files).toContain(path.join('dist', 'extension.js'));
  expect(files).toContain(path.join('dist', 'examples', 'data', 'shakespeare.txt'));
  expect(files).toContain(
    path.join('dist', 'native', `${process.platform}-${process.arch}`, 'tfjs_binding.node'),
  );
});

test('its command line quantizes and computes from its own files alone', async () => {
  const model = path.join(home, 'model.safetensors');
  await copyFile(path.join(root, 'examples/models/tiny-encoder.safetensors'), model);
  const { output } = (await commandLine('quantize', model, '--form', 'native')) as { output: string[] };
  expect((await stat(output[0]!)).size).toBeLessThan((await stat(model)).size / 4);
  const engines = (await commandLine('engines')) as { id: string; usable: boolean }[];
  expect(engines.filter(({ usable }) => usable).map(({ id }) => id)).toEqual(['wasm', 'cpu']);
});

test('installed in VS Code, a right-click quantizes', async () => {
  const editor = await openEditor({ extensionsDir });
  try {
    const { page, workspace } = editor;
    await chooseInContextMenu(page, 'models/tiny-encoder.safetensors', 'Quantize Model…');
    await acceptSuggestions(page);
    const report = await webview(page, 'quantization');
    await report.locator('.state[data-state="done"]').waitFor({ timeout: 60_000 });
    await saveScreenshot(page, 'packaged');
    expect((await stat(path.join(workspace, 'models/tiny-encoder.w4.safetensors'))).isFile()).toBe(true);
    expect(editor.violations).toEqual([]);
  } finally {
    await editor.close();
  }
});

/** Runs the installed command line as somebody who has nothing else: no engine, no compiler, no npm. */
async function commandLine(...args: string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [path.join(installed, 'dist/cli.js'), ...args, '--json'],
    { cwd: home, env: { HOME: home, PATH: '' } },
  );
  return JSON.parse(stdout);
}
