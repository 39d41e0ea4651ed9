// Builds dist/: every bundle of the product in one place. `--watch` rebuilds on change,
// `--clean` empties dist/ first (a package must hold nothing stale).
import { build, context } from 'esbuild';
import { chmod, copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { assemblyPlugin } from './lib/assembly.mjs';
import { makeTypes } from './lib/types.mjs';

const require = createRequire(import.meta.url);
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dist = path.join(root, 'dist');
const watch = process.argv.includes('--watch');

/**
 * Node's own side: one CommonJS file each.
 * @type {import('esbuild').BuildOptions}
 */
const node = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: 'linked',
  sourcesContent: false,
  minifySyntax: true,
  legalComments: 'none',
  absWorkingDir: root,
  logLevel: 'warning',
  metafile: true,
  plugins: [assemblyPlugin],
};

const host = { ...node, entryPoints: { extension: 'src/extension.ts' }, external: ['vscode'], minify: true };

/** @type {import('esbuild').BuildOptions} */
const processes = {
  ...node,
  // esbuild, which compiles users' experiments, is part of these bundles; its binary is named by a variable.
  logOverride: { 'require-resolve-not-external': 'silent' },
  entryPoints: {
    worker: 'src/worker/main.ts',
    cli: 'src/cli.ts',
    index: 'src/index.ts',
    demo: 'demo/main.ts',
    kernelThread: 'src/quantize/kernels/threadMain.ts',
    batchThread: 'src/train/batches/threadMain.ts',
    'bench/main': 'bench/main.ts',
    'bench/quantizeFile': 'bench/quantize/quantizeFile.ts',
    'bench/trainContestant': 'bench/train/contestant/main.ts',
    'bench/trainRun': 'bench/train/run/main.ts',
  },
};

/**
 * One bundle an engine, each with its own single copy of TensorFlow.js: two copies would be two
 * registries of kernels. `main` picks the CommonJS builds, which carry gradients and chained ops.
 * tfjs-node asks node-pre-gyp where its binding lies; the answer is ours (engine/tensorflow/binding).
 */
const engines = {
  ...node,
  entryPoints: {
    'engines/tensorflow': 'src/engine/bundles/tensorflow.ts',
    'engines/wasm': 'src/engine/bundles/wasm.ts',
    'engines/cpu': 'src/engine/bundles/cpu.ts',
  },
  mainFields: ['main'],
  alias: { '@mapbox/node-pre-gyp': path.join(root, 'src/engine/tensorflow/bindingLocation.ts') },
  minify: true,
  keepNames: true,
  sourcemap: false,
};

/**
 * The loader of native models, for pages and for Node: one module without dependencies.
 * @type {import('esbuild').BuildOptions}
 */
const loader = {
  ...node,
  entryPoints: { load: 'src/load.ts' },
  platform: 'neutral',
  target: ['chrome100', 'safari16', 'firefox100', 'node20'],
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  minify: true,
};

/**
 * The browser's side: one script and one style sheet a panel.
 * @type {import('esbuild').BuildOptions}
 */
const webview = {
  bundle: true,
  platform: 'browser',
  target: 'chrome120',
  format: 'iife',
  minify: true,
  sourcemap: false,
  legalComments: 'none',
  absWorkingDir: root,
  logLevel: 'warning',
  metafile: true,
  tsconfig: 'webview/tsconfig.json',
  loader: { '.ttf': 'file' },
  assetNames: '[name]',
  entryPoints: {
    'webview/run': 'webview/run/main.ts',
    'webview/comparison': 'webview/comparison/main.ts',
    'webview/quantization': 'webview/quantization/main.ts',
    'webview/launcher': 'webview/launcher/main.ts',
    'webview/explorer': 'webview/explorer/main.ts',
    'webview/report': 'webview/report/main.ts',
  },
};

/** @type {import('esbuild').BuildOptions} */
const benchPage = { ...webview, entryPoints: { 'bench/chartPage': 'bench/charts/page/main.ts' } };

/** The extension-host tests run inside VS Code, so they are a bundle too. */
const tests = { ...node, entryPoints: { 'test/host': 'test/host/main.ts' }, external: ['vscode'] };

const bundles = [host, processes, engines, loader, webview, benchPage, tests].map((options) => ({
  ...options,
  outdir: dist,
}));

if (process.argv.includes('--clean')) await rm(dist, { recursive: true, force: true });
await mkdir(path.join(dist, 'engines'), { recursive: true });
await copyAssets();
await makeTypes(root, dist);
if (watch) {
  for (const options of bundles) await (await context(options)).watch();
  console.log('watching');
} else {
  await Promise.all(bundles.map((options) => build(options)));
  await chmod(path.join(dist, 'cli.js'), 0o755);
}

/**
 * Files that bundles load at run time: the wasm engine's binaries, esbuild for users' experiments, the
 * examples that a new experiment starts from, and those that studies train.
 */
async function copyAssets() {
  await mkdir(path.join(dist, 'examples', 'data'), { recursive: true });
  for (const file of [...(await readdir(path.join(root, 'examples'))), 'data/shakespeare.txt']) {
    if (!/\.(ts|txt)$/.test(file)) continue;
    await copyFile(path.join(root, 'examples', file), path.join(dist, 'examples', file));
  }
  const wasm = path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
  for (const file of await readdir(wasm)) {
    if (file.endsWith('.wasm')) await copyFile(path.join(wasm, file), path.join(dist, 'engines', file));
  }
  const platform = `${process.platform}-${process.arch}`;
  const name = process.platform === 'win32' ? 'esbuild.exe' : 'bin/esbuild';
  const target = path.join(dist, process.platform === 'win32' ? 'esbuild.exe' : 'esbuild');
  await copyFile(require.resolve(`@esbuild/${platform}/${name}`), target);
  await chmod(target, 0o755);
}
