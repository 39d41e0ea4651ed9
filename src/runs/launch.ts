import { spawn, type ChildProcess } from 'node:child_process';
import { open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorReport, UserError } from '../protocol/userError';
import { writeError } from './fileError';
import { runFiles } from './layout';
import { markProcess } from './process';

export interface LaunchOptions {
  /** The program that runs JavaScript; the one that runs this code where absent. */
  readonly node?: string;
  /** Absolute path of the worker's bundle. */
  readonly worker: string;
  /** Set over the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts the worker of a run as a process of its own, which lives on when this one ends; what it
 * prints goes to `log.txt`. Returns once the process exists.
 * @throws UserError `cannot-launch` where the program cannot be started, `folder-not-writable`, `disk-full`
 */
export async function launchRun(folder: string, options: LaunchOptions): Promise<void> {
  const files = runFiles(folder);
  const node = options.node ?? process.execPath;
  const log = await open(files.log, 'a').catch((error: unknown) => {
    throw writeError(error, files.log);
  });
  try {
    const child = spawn(node, [options.worker, folder], {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      windowsHide: true,
      // The workspace, so that an experiment's relative paths mean what they say there.
      cwd: path.resolve(folder, '..', '..', '..'),
      // Inside VS Code `node` is Electron, which is Node when told so; Node does not mind.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', ...options.env },
    });
    child.unref();
    await started(child, node);
    const mark = child.pid === undefined ? undefined : await markProcess(child.pid);
    // A process that has ended already was either quick, and has left its word, or cannot be marked.
    if (mark) await writeFile(files.launch, `${JSON.stringify({ process: mark })}\n`);
  } catch (error) {
    await writeFile(files.launch, `${JSON.stringify({ error: errorReport(error) })}\n`).catch(
      () => undefined,
    );
    throw writeError(error, files.launch);
  } finally {
    await log.close();
  }
}

function started(child: ChildProcess, node: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => {
      reject(
        new UserError(
          'cannot-launch',
          `${node} could not be started: ${error.message}.`,
          'Name a Node.js of version 20 or later, or install one.',
          { cause: error },
        ),
      );
    });
  });
}
