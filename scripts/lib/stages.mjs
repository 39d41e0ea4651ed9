// The stages of `npm test`. Each prints what it finds and returns its counts.
import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { budgets } from './budgets.mjs';
import { installChromium } from './chromium.mjs';
import { NONE, one, sum } from './counts.mjs';
import { installEngine } from './engine.mjs';
import { installNumpy } from './numpy.mjs';
import { dist, root } from './paths.mjs';
import { makeWorkspace } from './workspace.mjs';
import { installVscode } from './vscode.mjs';

/** @typedef {{ name: string, title: string, run: () => Promise<import('./counts.mjs').Counts> }} Stage */

/** @type {readonly Stage[]} */
export const STAGES = [
  { name: 'types', title: 'compiler', run: types },
  { name: 'lint', title: 'rules and formatting', run: lint },
  { name: 'unit', title: 'every room by itself', run: unit },
  { name: 'webview', title: 'the panels in a browser, without VS Code', run: webview },
  { name: 'host', title: 'inside the extension host of a real VS Code', run: host },
  { name: 'browser', title: 'a real VS Code, driven as a person does', run: browser },
  { name: 'package', title: 'the packaged extension, from its own files alone', run: packaged },
  { name: 'budgets', title: 'sizes', run: sizes },
];

async function types() {
  const projects = ['.', 'webview', 'test/webview', 'scripts'];
  return sum(...projects.map((project) => tool('tsc', '-p', project)));
}

async function lint() {
  return sum(tool('eslint', '.', '--max-warnings', '0'), tool('prettier', '--check', '.'));
}

async function unit() {
  await installEngine();
  await installNumpy();
  return runTests('unit', 'vitest.config.mts', ['test/unit/']);
}

async function webview() {
  await installChromium();
  return runTests('webview', 'vitest.config.mts', ['test/webview/']);
}

async function host() {
  const vscode = await installVscode();
  const { runExtensionTests } = await import('./extensionTests.mjs');
  await installEngine();
  const workspace = await makeWorkspace('weightroom-host-');
  let counts = NONE;
  try {
    const code = await runExtensionTests(vscode, {
      extension: root,
      tests: path.join(dist, 'test/host.js'),
      workspace,
      onLine: (line) => {
        console.log(line);
        if (!line.startsWith('#')) counts = sum(counts, one(line.startsWith('ok')));
      },
    });
    return code !== 0 && counts.failed === 0 ? sum(counts, one(false)) : counts;
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

async function browser() {
  await installVscode();
  await installEngine();
  return runTests('browser', 'test/e2e/vitest.config.mts');
}

async function packaged() {
  await installVscode();
  return runTests('package', 'test/package/vitest.config.mts');
}

async function sizes() {
  const rows = budgets();
  for (const { file, bytes, limit } of rows) {
    console.log(`${bytes < limit ? 'ok' : 'not ok'} ${file}: ${kilobytes(bytes)} of ${kilobytes(limit)}`);
  }
  return sum(...rows.map(({ bytes, limit }) => one(bytes < limit)));
}

function kilobytes(bytes) {
  return `${Math.round(bytes / 1000)} kB`;
}

/** Vitest is a package, which is there only after the bootstrap. */
async function runTests(name, config, filters = []) {
  const { runVitest } = await import('./vitest.mjs');
  return runVitest(name, config, filters);
}

/** Runs a tool of node_modules whose exit code is one test. */
function tool(name, ...args) {
  console.log(`$ ${[name, ...args].join(' ')}`);
  const program = path.join(root, 'node_modules/.bin', name);
  const { status } = spawnSync(program, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  return one(status === 0);
}
