import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

/** `dist/` is built before the unit tests run (`npm test` does, or `npm run build`). */
const CLI = path.join(process.env['WEIGHTROOM_DIST'] ?? 'dist', 'cli.js');

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Command {
  readonly child: ChildProcess;
  readonly result: Promise<CommandResult>;
}

/** Starts the command line as a user does, in `folder`. */
export function startCommand(folder: string, args: readonly string[]): Command {
  const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const result = new Promise<CommandResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, result };
}

export function command(folder: string, ...args: string[]): Promise<CommandResult> {
  return startCommand(folder, args).result;
}

/** The document that a command prints with `--json`; fails where it printed anything else. */
export async function document(folder: string, ...args: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await command(folder, ...args, '--json');
  if (code !== 0)
    throw new Error(`weightroom ${args.join(' ')} ended with ${String(code)}: ${stdout}${stderr}`);
  return JSON.parse(stdout) as unknown;
}
