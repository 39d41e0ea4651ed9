// Makes a fresh clone ready with Node's own modules only; the second time it costs milliseconds.
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { npm } from './npm.mjs';
import { dist, root } from './paths.mjs';
import { runTool, SetupError, step } from './steps.mjs';

/** What the bundles are made from, files and folders. */
const SOURCES = [
  'src',
  'webview',
  'demo',
  'bench',
  'examples',
  'test/host',
  'scripts/build.mjs',
  'scripts/types.tsconfig.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

/**
 * Installs the packages of the lock file and builds `dist/`, each only where it is missing or older
 * than what it is made from.
 * @throws {SetupError} with what to do
 */
export async function bootstrap() {
  checkNode();
  await installPackages();
  await buildDist();
}

function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= 20) return;
  throw new SetupError(
    `Weightroom needs Node 20 or later; this is ${process.version}.`,
    'Install a current Node.',
  );
}

async function installPackages() {
  // npm writes this file at the very end of an installation.
  if (isCurrent(path.join(root, 'node_modules/.package-lock.json'), ['package-lock.json'])) return;
  await step('packages (npm ci)', () =>
    runTool('npm-ci', npm('ci', '--ignore-scripts', '--no-audit', '--no-fund'), {
      cwd: root,
      remedy: 'Check that the npm registry can be reached, and run this again.',
    }),
  );
}

async function buildDist() {
  const stamp = path.join(dist, '.built');
  if (isCurrent(stamp, SOURCES)) return;
  const started = new Date();
  await step('build', () =>
    runTool('build', [process.execPath, path.join(root, 'scripts/build.mjs')], {
      cwd: root,
      remedy: 'Mend what the compiler reports.',
    }),
  );
  writeFileSync(stamp, started.toISOString());
}

/** Whether a file that is written last of all is there and no older than its sources. */
function isCurrent(stamp, sources) {
  if (!existsSync(stamp)) return false;
  return statSync(stamp).mtimeMs >= newest(sources.map((source) => path.join(root, source)));
}

/** The newest change among files and folders, theirs and of all that is inside: removals change a folder. */
function newest(paths) {
  let latest = 0;
  for (const entry of paths.filter((candidate) => existsSync(candidate))) {
    const status = statSync(entry);
    const inside = status.isDirectory() ? readdirSync(entry).map((name) => path.join(entry, name)) : [];
    latest = Math.max(latest, status.mtimeMs, newest(inside));
  }
  return latest;
}
