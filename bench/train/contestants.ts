import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Device } from '../bench';
import type { CompileMode } from '../../src/protocol/compileMode';
import { distFolder } from '../../src/engine/distFolder';
import type { Ready, Report, Way } from './contestant/protocol';
import type { NetworkName } from './networks/networks';
import { environmentOn } from './gpu';
import type { PyTorch } from './pytorch';

/** A program that trains, as it is started. */
export interface Command {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** A contestant that has taken its first steps and waits. */
export interface Contestant {
  readonly ready: Ready;
  /** Takes at least so many steps. */
  run(steps: number): Promise<Report>;
  close(): Promise<void>;
}

/** Our process, which trains by a step of TensorFlow.js or by `model.fit`. */
export function tensorflowJs(network: NetworkName, way: Way, mode: CompileMode, problem: string): Command {
  const script = path.join(distFolder(), 'bench', 'trainContestant.js');
  return { program: process.execPath, arguments: [script, network, way, mode, problem] };
}

/** PyTorch as it comes, or with the settings that make it fastest. */
export function pytorch(
  { program, env }: PyTorch,
  network: NetworkName,
  settings: 'default' | 'best',
  device: Device,
  problem: string,
): Command {
  const script = path.join(distFolder(), '..', 'bench', 'train', 'pytorch', 'contestant.py');
  return { program, arguments: [script, network, settings, device, problem], env };
}

/**
 * Starts a contestant on a device and waits until it is ready. The caller closes it.
 * @throws Error with what it printed where it ends before
 */
export async function start(
  { program, arguments: args, env = process.env }: Command,
  device: Device,
): Promise<Contestant> {
  const child = spawn(program, args, { env: environmentOn(device, env), stdio: 'pipe' });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-2000)));
  const ended = once(child, 'close');
  ended.catch(() => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const hear = async (): Promise<unknown> => {
    const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
    if (done !== true) return JSON.parse(value);
    await ended;
    throw new Error(`A contestant (${args.slice(1, 4).join(' ')}) ended: ${errors.trim()}`);
  };
  try {
    const ready = (await hear()) as Ready;
    return {
      ready,
      run: async (steps) => {
        child.stdin.write(`${steps}\n`);
        return (await hear()) as Report;
      },
      close: () => close(child, ended),
    };
  } catch (error) {
    child.kill();
    throw error;
  }
}

async function close(child: ChildProcessWithoutNullStreams, ended: Promise<unknown>): Promise<void> {
  child.stdin.end();
  await ended;
}
