// What the built and packaged extension may weigh at most.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { dist, root } from './paths.mjs';

const KB = 1000;

/** The package of one platform, as the marketplace gets it. */
export const PACKAGE_LIMIT = 30_000 * KB;

/**
 * The budgets of ARCHITECTURE.md against what lies in `dist/`: the bundle that the editor loads, each
 * webview's script, the loader of native models as a server sends it (zipped), and the package where one
 * was made.
 * @returns {{ file: string, bytes: number, limit: number }[]}
 */
export function budgets() {
  const weigh = (limit) => (file) => ({
    file: path.relative(root, file),
    bytes: statSync(file).size,
    limit,
  });
  return [
    weigh(300 * KB)(path.join(dist, 'extension.js')),
    { ...weigh(25 * KB)(path.join(dist, 'load.mjs')), bytes: zipped(path.join(dist, 'load.mjs')) },
    ...filesIn(path.join(dist, 'webview'), '.js').map(weigh(500 * KB)),
    ...filesIn(root, '.vsix').map(weigh(PACKAGE_LIMIT)),
  ];
}

function zipped(file) {
  return gzipSync(readFileSync(file)).length;
}

function filesIn(folder, extension) {
  return readdirSync(folder)
    .filter((name) => name.endsWith(extension))
    .map((name) => path.join(folder, name));
}
