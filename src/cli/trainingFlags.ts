import path from 'node:path';
import { Option, type Command } from 'commander';
import { COMPILE_MODES, type CompileMode } from '../protocol/compileMode';
import { INSTRUMENT_PRESETS, type InstrumentPreset } from '../protocol/instruments';
import type { TrainSpec } from '../protocol/jobSpec';
import type { Settings } from '../protocol/sweep';
import { override, wholeNumber } from './flags';
import type { Session } from './session';

/** Flags of commands that train an experiment. */
export interface TrainingOptions {
  readonly epochs?: number;
  readonly maxSteps?: number;
  readonly set: Settings;
  readonly compile?: CompileMode;
  readonly instruments?: InstrumentPreset;
}

export function addTrainingFlags(command: Command): Command {
  return command
    .option('--epochs <n>', 'passes over the data, instead of what the experiment says', wholeNumber(1))
    .option('--max-steps <n>', 'stop after so many steps; 0 only tests', wholeNumber(0))
    .addOption(
      new Option('--set <path=value>', "a value over the experiment's own; may be repeated")
        .argParser(override)
        .default({}, 'none'),
    )
    .addOption(
      new Option(
        '--compile <mode>',
        'how steps run on the tensorflow engine, instead of what the experiment says',
      ).choices(COMPILE_MODES),
    )
    .addOption(
      new Option(
        '--instruments <preset>',
        'how much is measured of gradients, curvature and steps, instead of what the experiment says',
      ).choices(INSTRUMENT_PRESETS),
    );
}

/** The training that these flags and those of every command ask for. */
export function trainingSpec(experiment: string, options: TrainingOptions, session: Session): TrainSpec {
  const { engine, seed, threads } = session.options;
  const { epochs, maxSteps, set, compile, instruments } = options;
  return {
    job: 'train',
    experiment: path.resolve(experiment),
    engine: engine ?? 'best',
    overrides: {
      ...set,
      ...(compile !== undefined && { compile }),
      ...(instruments !== undefined && { instruments }),
    },
    ...(epochs !== undefined && { epochs }),
    ...(maxSteps !== undefined && { maxSteps }),
    ...(seed !== undefined && { seed }),
    ...(threads !== undefined && { threads }),
  };
}
