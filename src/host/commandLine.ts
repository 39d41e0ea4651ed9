import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { UserError } from '../protocol/userError';
import { objectAt, stringAt } from '../protocol/validate';
import { NODE_MODE } from './jobNode';

export interface CommandLineOptions {
  readonly signal?: AbortSignal;
  /** Called with each line of progress. */
  readonly onProgress?: (line: string) => void;
}

/** How long a cancelled command may take to clean up before it is killed, in milliseconds. */
const GRACE = 5000;

/**
 * Runs one command of Weightroom's own command line in a process of its own and returns its JSON document.
 * It serves what the editor must not load itself: engines, and arithmetic on tensors.
 * @param node the Node.js to run it with
 * @param script absolute path of `dist/cli.js`
 * @throws UserError as the command reports it; `signal.reason` where it was aborted
 */
export async function runCommandLine(
  node: string,
  script: string,
  args: readonly string[],
  { signal, onProgress }: CommandLineOptions = {},
): Promise<unknown> {
  signal?.throwIfAborted();
  const child = spawn(node, [script, ...args, '--json'], {
    env: { ...process.env, ...NODE_MODE },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let killer: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    child.kill('SIGTERM');
    killer = setTimeout(() => child.kill('SIGKILL'), GRACE);
  };
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    let output = '';
    let lastLine = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (line.trim() === '') return;
      lastLine = line.trim();
      onProgress?.(lastLine);
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    signal?.throwIfAborted();
    return documentOf(args, code, output, lastLine);
  } finally {
    clearTimeout(killer);
    signal?.removeEventListener('abort', cancel);
  }
}

function documentOf(args: readonly string[], code: number | null, output: string, lastLine: string): unknown {
  const command = `weightroom ${args.join(' ')}`;
  let document: unknown;
  try {
    document = JSON.parse(output);
  } catch (cause) {
    const detail = lastLine === '' ? '' : `: ${lastLine}`;
    throw new Error(`${command} ended with code ${String(code)} and printed no JSON${detail}`, { cause });
  }
  if (code === 0) return document;
  const error = objectAt(objectAt(document, command)['error'], 'error');
  throw new UserError(
    stringAt(error['code'], 'error.code'),
    stringAt(error['message'], 'error.message'),
    stringAt(error['remedy'], 'error.remedy'),
  );
}
