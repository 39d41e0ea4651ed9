import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { UserError } from '../protocol/userError';

const OLDEST_MAJOR = 20;

/** Makes Electron, which runs the extension on a desktop, behave as Node.js; Node.js does not mind. */
export const NODE_MODE: Readonly<Record<string, string>> = { ELECTRON_RUN_AS_NODE: '1' };

/**
 * Finds the Node.js that runs jobs: the configured one; else the one that runs the extension, where it is
 * a real Node.js (remote hosts, code-server); else `node` on the PATH; else the editor itself, in
 * {@link NODE_MODE} and with its limits on memory.
 * @param configured value of the setting `weightroom.nodePath`; empty for none
 * @returns a path, or a name to be found on the PATH
 * @throws UserError `node-unusable` where the configured program is not a Node.js 20 or newer
 */
export async function findJobNode(configured: string): Promise<string> {
  if (configured !== '') return checkConfigured(configured);
  const insideElectron = process.versions['electron'] !== undefined;
  if (!insideElectron && isRecent(process.versions.node)) return process.execPath;
  const onPath = await nodeVersion('node');
  return onPath !== undefined && isRecent(onPath) ? 'node' : process.execPath;
}

async function checkConfigured(configured: string): Promise<string> {
  const version = await nodeVersion(configured);
  if (version !== undefined && isRecent(version)) return configured;
  throw new UserError(
    'node-unusable',
    version === undefined
      ? `The setting weightroom.nodePath names ${configured}, which is not a Node.js.`
      : `The setting weightroom.nodePath names Node.js ${version}; jobs need ${OLDEST_MAJOR} or newer.`,
    'Correct the setting, or leave it empty.',
  );
}

async function nodeVersion(executable: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(executable, ['-p', 'process.versions.node'], {
      env: { ...process.env, ...NODE_MODE },
      timeout: 10_000,
    });
    return /^\d+\.\d+\.\d+/.exec(stdout.trim())?.[0];
  } catch {
    return undefined;
  }
}

function isRecent(version: string): boolean {
  return Number.parseInt(version, 10) >= OLDEST_MAJOR;
}
