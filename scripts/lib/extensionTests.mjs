// Runs a test bundle inside the extension host of a real VS Code server.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { launchBrowser } from './browser.mjs';
import { endGroup, freePort, untilListening } from './codeServer.mjs';
import { foreignEnvironment } from './npm.mjs';
import { SetupError } from './steps.mjs';

/** The longest that all extension-host tests together may take. */
const LIMIT = 10 * 60_000;

/**
 * Opens `workspace` in VS Code with the extension at `extension` under development, lets the host call
 * `run()` of the module `tests`, and waits for its end. The smoke-test driver makes the page obey these
 * development options and report the outcome.
 * @param {import('./vscode.mjs').Vscode} vscode
 * @param {object} options
 * @param {string} options.extension folder with package.json
 * @param {string} options.tests module that exports `run(): Promise<void>`
 * @param {string} options.workspace folder to open
 * @param {(line: string) => void} options.onLine gets what the tests say: texts that start with `ok`,
 *   `not ok` or `#`, among all that the window logs
 * @param {NodeJS.ProcessEnv} [options.env]
 * @returns {Promise<number>} the host's exit code: 0 where `run()` resolved
 * @throws {SetupError} where VS Code does not start or never calls back
 */
export async function runExtensionTests(vscode, { extension, tests, workspace, onLine, env = {} }) {
  const home = await mkdtemp(path.join(os.tmpdir(), 'weightroom-host-data-'));
  const server = await startServer(vscode, home, workspace, env);
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const exit = new Promise((resolve) => void page.exposeFunction('codeAutomationExit', resolve));
    await page.exposeFunction('codeAutomationLog', (_level, [text]) => {
      if (/^(ok|not ok|#) /.test(String(text))) onLine(text);
    });
    await page.goto(addressOf(server.port, { extension, tests, workspace }));
    return await Promise.race([exit, late(server.log)]);
  } finally {
    await browser.close();
    await server.stop();
    await rm(home, { recursive: true, force: true });
  }
}

/** code-server's own command line knows nothing of the driver, so VS Code's server is started itself. */
async function startServer(vscode, home, workspace, env) {
  const port = await freePort();
  await mkdir(path.join(home, 'extensions'));
  const child = spawn(
    vscode.node,
    [
      vscode.server,
      ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token'],
      ...[
        '--accept-server-license-terms',
        '--enable-smoke-test-driver',
        '--telemetry-level',
        'off',
        '--disable-workspace-trust',
      ],
      ...['--server-data-dir', home, '--extensions-dir', path.join(home, 'extensions')],
      ...['--default-folder', workspace],
    ],
    { env: foreignEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  const output = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => output.push(text));
  }
  const log = () => output.join('');
  await untilListening(child, log, 'Extension host agent listening');
  return { port, log, stop: () => endGroup(child) };
}

function addressOf(port, { extension, tests, workspace }) {
  const remote = (file) => `vscode-remote://127.0.0.1:${port}${file}`;
  const payload = [
    ['extensionDevelopmentPath', remote(extension)],
    ['extensionTestsPath', remote(tests)],
  ];
  const query = new URLSearchParams({ folder: workspace, payload: JSON.stringify(payload) });
  return `http://127.0.0.1:${port}/?${query}`;
}

async function late(log) {
  await new Promise((wake) => setTimeout(wake, LIMIT).unref());
  throw new SetupError(
    'The tests inside VS Code did not end.',
    'Read the output above; a test may wait for ever.',
    log(),
  );
}
