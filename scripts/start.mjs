// npm start: VS Code with the extension and the examples; the desktop where there is one, else the browser.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { bootstrap } from './lib/bootstrap.mjs';
import { linkExtension, startCodeServer } from './lib/codeServer.mjs';
import { root } from './lib/paths.mjs';
import { runScript } from './lib/steps.mjs';
import { installVscode } from './lib/vscode.mjs';

const examples = path.join(root, 'examples');

await runScript(async () => {
  await bootstrap();
  if (onPath('code')) return openDesktop();
  return openBrowser();
});

function openDesktop() {
  console.log('Opening VS Code with the extension and the examples.');
  spawn('code', [`--extensionDevelopmentPath=${root}`, examples], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}

async function openBrowser() {
  const vscode = await installVscode();
  const home = await mkdtemp(path.join(os.tmpdir(), 'weightroom-start-'));
  try {
    await linkExtension(path.join(home, 'extensions'));
    const server = await startCodeServer(vscode, {
      home,
      settings: { 'security.workspace.trust.enabled': false },
    });
    const url = `${server.url}?folder=${encodeURIComponent(examples)}`;
    console.log(`VS Code with the extension and the examples: ${url}\nCtrl-C ends it.`);
    showInBrowser(url);
    await Promise.race([interrupted(), server.ended]);
    await server.stop();
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Opens the address where a person sits in front of a display. */
function showInBrowser(url) {
  if (process.env['CI'] || !process.stdout.isTTY) return;
  const opener = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] }[process.platform] ?? ['xdg-open'];
  const display = process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'];
  if (display && onPath(opener[0])) {
    spawn(opener[0], [...opener.slice(1), url], { stdio: 'ignore', detached: true }).unref();
  }
}

/** Resolves at the first request to end; the second one ends the process as usual. */
function interrupted() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve);
  });
}

function onPath(name) {
  const suffixes = process.platform === 'win32' ? ['.cmd', '.exe'] : [''];
  return (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .some((folder) => suffixes.some((suffix) => existsSync(path.join(folder, name + suffix))));
}
