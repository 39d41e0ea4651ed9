// Finds a Chromium, or installs Debian's where that is possible.
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { runTool, SetupError, step } from './steps.mjs';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'chrome',
];

const PLACES = [
  '/usr/lib/chromium/chromium',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ...['ProgramFiles', 'ProgramFiles(x86)', 'LocalAppData']
    .map((name) => process.env[name])
    .filter((folder) => folder !== undefined)
    .flatMap((folder) => [
      path.join(folder, 'Google/Chrome/Application/chrome.exe'),
      path.join(folder, 'Microsoft/Edge/Application/msedge.exe'),
    ]),
];

/** The executable of a Chromium, Chrome or Edge that is already here, or `undefined`. */
export function findChromium() {
  const named = process.env['WEIGHTROOM_CHROMIUM'] ?? process.env['CHROME_PATH'];
  if (named) {
    if (isExecutable(named)) return named;
    throw new SetupError(
      `${named} is not a program.`,
      'Correct WEIGHTROOM_CHROMIUM or CHROME_PATH, or unset it.',
    );
  }
  const extension = process.platform === 'win32' ? '.exe' : '';
  const onPath = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .flatMap((folder) => NAMES.map((name) => path.join(folder, name + extension)));
  return [...onPath, ...PLACES].find(isExecutable);
}

/**
 * The executable of a Chromium; Debian's is installed where there is none and we may.
 * @returns {Promise<string>}
 * @throws {SetupError} with what to do
 */
export async function installChromium() {
  const found = findChromium();
  if (found) return found;
  const apt = aptGet();
  if (!apt) {
    throw new SetupError(
      'The browser tests need Chromium, and none was found.',
      'Install Chromium or Chrome (Debian: sudo apt-get install chromium), or name one in WEIGHTROOM_CHROMIUM.',
    );
  }
  const remedy = 'Install Chromium by hand, or name one in WEIGHTROOM_CHROMIUM.';
  await step('Chromium, from Debian', async () => {
    await runTool('chromium', [...apt, 'update'], { remedy });
    await runTool('chromium', [...apt, 'install', '-y', '--no-install-recommends', 'chromium'], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      remedy,
    });
  });
  const installed = findChromium();
  if (!installed) throw new SetupError('Chromium was installed but cannot be found.', remedy);
  return installed;
}

/** The command for apt-get with the right to install, or `undefined`. */
function aptGet() {
  if (!existsSync('/etc/debian_version') || !existsSync('/usr/bin/apt-get')) return undefined;
  if (process.getuid?.() === 0) return ['apt-get'];
  try {
    execFileSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
    return ['sudo', '-n', 'apt-get'];
  } catch {
    return undefined;
  }
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return path.isAbsolute(file);
  } catch {
    return false;
  }
}
