// Starts VS Code in the browser with our extension, its settings and extensions in a folder of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { foreignEnvironment } from './npm.mjs';
import { root } from './paths.mjs';
import { runTool, SetupError } from './steps.mjs';

/** No welcome page, no assistant, no telemetry: what is seen is the extension. */
export const QUIET_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
};

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Puts the working tree into an extensions folder as an unpacked extension, by a link. */
export async function linkExtension(extensionsDir) {
  const { publisher, name, version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  await mkdir(extensionsDir, { recursive: true });
  await symlink(root, path.join(extensionsDir, `${publisher}.${name}-${version}`), 'dir');
}

/**
 * Installs a packaged extension as a person does by "Install from VSIX".
 * @param {import('./vscode.mjs').Vscode} vscode
 * @param {{ home: string, extensionsDir: string, vsix: string }} options `home` is for code-server's own files
 */
export async function installExtension(vscode, { home, extensionsDir, vsix }) {
  const config = await writeConfig(home);
  await runTool(
    'install-extension',
    [
      ...[vscode.node, vscode.codeServer, '--config', config, '--install-extension', vsix],
      ...['--user-data-dir', path.join(home, 'data'), '--extensions-dir', extensionsDir],
    ],
    { env: foreignEnvironment(), remedy: 'Make the package again: npm run package.' },
  );
}

/** Without a file of its own, code-server writes one into the home folder. */
async function writeConfig(home) {
  const config = path.join(home, 'code-server.yaml');
  await writeFile(config, 'auth: none\n');
  return config;
}

/**
 * Starts code-server on a free port of 127.0.0.1, without a password, and waits until it listens.
 * @param {import('./vscode.mjs').Vscode} vscode
 * @param {object} options
 * @param {string} options.home folder for everything that it writes; made where it is missing
 * @param {string} [options.extensionsDir] default: `extensions` in `home`
 * @param {Record<string, unknown>} [options.settings] user settings over the quiet ones
 * @returns {Promise<{ url: string, ended: Promise<unknown>, stop: () => Promise<void> }>}
 *   `ended` resolves when it is no more, for whatever reason; `stop` ends it and everything that it
 *   started, but for detached processes
 */
export async function startCodeServer(vscode, { home, extensionsDir, settings = {} }) {
  const userDataDir = path.join(home, 'data');
  await mkdir(path.join(userDataDir, 'User'), { recursive: true });
  await writeFile(
    path.join(userDataDir, 'User/settings.json'),
    JSON.stringify({ ...QUIET_SETTINGS, ...settings }, undefined, 2),
  );
  const config = await writeConfig(home);
  const port = await freePort();
  const child = spawn(
    vscode.node,
    [
      vscode.codeServer,
      ...['--config', config],
      ...['--bind-addr', `127.0.0.1:${port}`],
      ...['--user-data-dir', userDataDir],
      ...['--extensions-dir', extensionsDir ?? path.join(home, 'extensions')],
      ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'],
      '--ignore-last-opened',
    ],
    {
      env: foreignEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    },
  );
  const output = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => output.push(text));
  }
  const log = () => output.join('');
  const stop = () => endGroup(child);
  try {
    await untilListening(child, log, 'HTTP server listening on');
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://127.0.0.1:${port}/`, ended: once(child, 'exit'), stop };
}

/**
 * Waits until a server has written `sign` to its output.
 * @throws {SetupError} where it ends, or is silent for half a minute
 */
export async function untilListening(child, log, sign) {
  const deadline = performance.now() + 30_000;
  while (!log().includes(sign)) {
    if (child.exitCode !== null || performance.now() > deadline) {
      throw new SetupError('VS Code did not start.', 'Delete .cache and run this again.', log());
    }
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

/** Ends a process that leads a group, and the group with it; it has two seconds to do so by itself. */
export async function endGroup(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  signalGroup(child.pid, 'SIGTERM');
  const late = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), 2000);
  await ended;
  clearTimeout(late);
  signalGroup(child.pid, 'SIGKILL');
}

function signalGroup(pid, signal) {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error;
  }
}
