import { Command, Option } from 'commander';
import { version } from '../../package.json';
import { ENGINE_IDS } from '../protocol/engine';
import { addCalibrate } from './commands/calibrate';
import { addCancel } from './commands/cancel';
import { addCompare } from './commands/compare';
import { addEngines } from './commands/engines';
import { addExport } from './commands/export';
import { addInspect } from './commands/inspect';
import { addQuantize } from './commands/quantize';
import { addRateDistortion } from './commands/rateDistortion';
import { addRemove } from './commands/remove';
import { addRun } from './commands/run';
import { addRuns } from './commands/runs';
import { addStudy } from './commands/study';
import { addSweep } from './commands/sweep';
import { wholeNumber } from './flags';
import { Session, type Action, type GlobalOptions, type Run } from './session';

/**
 * The grammar of the command line. It prints help and version itself, throws `CommanderError` for
 * what it does not understand, and hands the session of what it does to `execute`.
 */
export function createProgram(execute: (session: Session, action: Action) => Promise<void>): Command {
  const program = new Command('weightroom')
    .description('Quantize models and train TensorFlow.js networks; see what the numbers do.')
    .version(version)
    .option('--json', 'print exactly one JSON document, also on failure')
    .option('--quiet', 'show no progress')
    .option('--workspace <dir>', 'where runs live (default: the nearest parent with .weightroom, else here)')
    .addOption(
      new Option('--engine <id>', 'what computes tensors (default: the best usable)').choices(ENGINE_IDS),
    )
    .addOption(new Option('--device <id>', 'compute on this device alone').choices(['cpu']))
    .option('--seed <n>', 'seed of everything random', wholeNumber(0, 2 ** 32 - 1))
    .option('--threads <n>', 'CPU threads (default: all)', wholeNumber(1, 1024))
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError()
    .addHelpText('after', '\nExample:\n  weightroom quantize model.safetensors');
  const run: Run = (action, { stopsItself } = { stopsItself: false }) =>
    execute(
      new Session(program.opts<GlobalOptions>()),
      stopsItself ? action : (session) => session.interruption.race(action(session)),
    );
  for (const add of [
    addInspect,
    addQuantize,
    addCalibrate,
    addCompare,
    addRateDistortion,
    addRun,
    addSweep,
    addStudy,
    addRuns,
    addCancel,
    addRemove,
    addEngines,
    addExport,
  ]) {
    add(program, run);
  }
  return program;
}
