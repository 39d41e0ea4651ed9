/** A contestant of TensorFlow.js: `main.js NETWORK step|fit MODE PROBLEM`; see `protocol.ts`. */
import { createInterface } from 'node:readline';
import type { CompileMode } from '../../../src/protocol/compileMode';
import { loadEngine } from '../../../src/engine/registry';
import { NETWORKS, type NetworkName } from '../networks/networks';
import { readProblem } from '../problem';
import { fitTrainer } from './fitTrainer';
import { FIRST_STEPS, type Ready, type Report, type Way } from './protocol';
import { stepTrainer } from './stepTrainer';
import type { Trainer } from './trainer';

async function main(name: NetworkName, way: Way, mode: CompileMode, file: string): Promise<void> {
  const { tf } = await loadEngine('tensorflow');
  const network = NETWORKS[name];
  const problem = await readProblem(tf, file, network);
  const trainer = way === 'fit' ? fitTrainer(tf, problem, mode) : stepTrainer(tf, network, problem, mode);
  say(await begin(trainer));
  for await (const line of createInterface({ input: process.stdin })) say(await run(trainer, Number(line)));
}

async function begin(trainer: Trainer): Promise<Ready> {
  const losses: number[] = [];
  const start = performance.now();
  let untilCompiled: number | undefined;
  for (let i = 0; i < FIRST_STEPS; i++) {
    const isCompiled = trainer.info()[0]?.state === 'compiled';
    losses.push(await trainer.first());
    if (isCompiled) untilCompiled ??= performance.now() - start;
  }
  const refusal = trainer.info().find(({ state }) => state !== 'compiled');
  return {
    losses,
    ...(untilCompiled === undefined ? {} : { untilCompiled }),
    ...guardsOf(trainer),
    ...(refusal === undefined ? {} : { refusal: refusal.reason ?? `still ${refusal.state}` }),
  };
}

async function run(trainer: Trainer, wanted: number): Promise<Report> {
  const used = process.cpuUsage();
  const start = performance.now();
  const steps = await trainer.train(wanted);
  const milliseconds = performance.now() - start;
  const { user, system } = process.cpuUsage(used);
  return { steps, milliseconds, processor: (user + system) / 1e6, ...guardsOf(trainer) };
}

function guardsOf(trainer: Trainer): Pick<Ready, 'guards'> {
  const compiled = trainer.info().find(({ state }) => state === 'compiled');
  return compiled === undefined ? {} : { guards: compiled.guardMs };
}

function say(message: Ready | Report): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

const [name, way, mode, file] = process.argv.slice(2) as [NetworkName, Way, CompileMode, string];
void main(name, way, mode, file);
