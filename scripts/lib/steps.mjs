// One tidy line a step, the output of tools in a log that is shown only when something fails.
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { once } from 'node:events';
import { cache } from './paths.mjs';

/** A failure that a person can mend: one sentence of what happened, one of what to do. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {string} remedy
   * @param {string} [details] last lines of a tool's output
   */
  constructor(message, remedy, details) {
    super(message);
    this.remedy = remedy;
    this.details = details;
  }
}

/** Runs a script's body; a {@link SetupError} is told in two sentences, anything else with its stack. */
export async function runScript(body) {
  try {
    await body();
  } catch (error) {
    process.exitCode = 1;
    console.error(describeFailure(error));
  }
}

/** A failure in words: message and remedy, or the stack of what nobody expected. */
export function describeFailure(error) {
  if (!(error instanceof SetupError))
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const details = error.details ? `${error.details.replace(/^/gm, '    ')}\n` : '';
  return `${details}${error.message}\n${error.remedy}`;
}

/** Seconds for people: `0.4 s`, `72 s`. */
export function formatSeconds(milliseconds) {
  const seconds = milliseconds / 1000;
  return `${seconds < 10 ? seconds.toFixed(1) : seconds.toFixed(0)} s`;
}

/**
 * Does one step and prints one line about it with the time it took. On a terminal the line shows the
 * passing seconds and what the step reports; elsewhere it is printed when the step ends, and once at
 * the start of every half minute before that.
 * @template T
 * @param {string} title
 * @param {(report: (what: string) => void) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const started = performance.now();
  const elapsed = () => formatSeconds(performance.now() - started);
  const terminal = process.stdout.isTTY && !process.env['CI'];
  let doing = '';
  const line = () =>
    `  … ${title}${doing && `: ${doing}`} (${elapsed()})`.slice(0, (process.stdout.columns || 80) - 1);
  const draw = () => process.stdout.write(terminal ? `\r\x1b[K${line()}` : `${line()}\n`);
  const ticker = setInterval(draw, terminal ? 250 : 30_000);
  try {
    const result = await work((what) => (doing = what));
    process.stdout.write(`${terminal ? '\r\x1b[K' : ''}  ✓ ${title} (${elapsed()})\n`);
    return result;
  } catch (error) {
    process.stdout.write(`${terminal ? '\r\x1b[K' : ''}  ✗ ${title} (${elapsed()})\n`);
    throw error;
  } finally {
    clearInterval(ticker);
  }
}

/**
 * Runs a tool to its end, its output appended to a log of that name under `.cache/logs`.
 * @param {string} name of the log: `npm-ci`
 * @param {string[]} command the program and its arguments
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, remedy: string }} options
 * @throws {SetupError} with the last lines of the log where the tool cannot be started or fails
 */
export async function runTool(name, command, { cwd, env, remedy }) {
  const [program = '', ...args] = command;
  const log = path.join(cache, 'logs', `${name}.log`);
  await mkdir(path.dirname(log), { recursive: true });
  const file = createWriteStream(log, { flags: 'a' });
  file.write(`\n$ ${command.join(' ')}\n`);
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream.pipe(file, { end: false });
  const outcome = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : `exit code ${code ?? signal}`));
  });
  file.end();
  await once(file, 'close');
  if (outcome === undefined) return;
  const tail = (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-20).join('\n');
  throw new SetupError(`${program} ${args[0] ?? ''} failed (${outcome}); its log is ${log}.`, remedy, tail);
}
