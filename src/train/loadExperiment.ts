import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';
import type { TensorFlow } from '../engine/engine';
import { UserError } from '../protocol/userError';
import { bundle, LIBRARY, TENSORFLOW } from './bundle';
import { serveTensorFlow } from './compileLibrary';
import type { Experiment } from './experiment';
import * as library from './library';
import { streamSeed, withSeededRandom } from './randomness';
import { checkExperiment } from './settings';
import { SourceLines } from './sourceLines';

export interface LoadedExperiment {
  readonly experiment: Experiment;
  /** Absolute folder of the experiment's file. */
  readonly folder: string;
  /**
   * An error that passed through the user's code becomes a UserError `experiment-threw` that names file
   * and line; any other is returned as it is.
   */
  readonly explain: (error: unknown) => unknown;
  /** `name.ts:12:5`, the line of the user's sources that an error came from, if it came from there. */
  readonly locate: (error: unknown) => string | undefined;
}

const EXTENSIONS = ['.ts', '.js', '.mts', '.mjs', '.cts', '.cjs'];
/** Deep enough to reach from a kernel of TensorFlow.js back to the user's line. */
const STACK_DEPTH = 60;
const BUNDLE_NAME = 'weightroom-experiment.js';

/**
 * Loads the experiment that a user's file exports as its default. The file is bundled in memory:
 * TypeScript needs no build step, imports of `weightroom` and TensorFlow.js are served from here, with
 * the engine that runs, and nothing is written into the user's folder.
 * @param file absolute path of the experiment
 * @param tf the engine
 * @throws UserError that points to the line of the user's file
 */
export async function loadExperiment(file: string, tf: TensorFlow): Promise<LoadedExperiment> {
  await checkFile(file);
  Error.stackTraceLimit = Math.max(Error.stackTraceLimit, STACK_DEPTH);
  const folder = path.dirname(file);
  const { code, map } = await bundle(file);
  const lines = new SourceLines(BUNDLE_NAME, folder, map);
  const locate = (error: unknown): string | undefined => lines.locate(error);
  const explain = (error: unknown): unknown => {
    const location = error instanceof UserError ? undefined : locate(error);
    return location === undefined ? error : threw(location, error);
  };
  try {
    const exported = withSeededRandom(streamSeed(0, 'load'), () => evaluate(code, file, tf));
    return { experiment: checkExperiment(defaultExport(exported, file)), folder, explain, locate };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw explain(error) === error ? threw(path.basename(file), error) : explain(error);
  }
}

async function checkFile(file: string): Promise<void> {
  if (!EXTENSIONS.includes(path.extname(file))) {
    throw new UserError(
      'not-an-experiment',
      `${path.basename(file)} is not a TypeScript or JavaScript file.`,
      `An experiment is a file that ends in ${EXTENSIONS.join(', ')}.`,
    );
  }
  try {
    await access(file);
  } catch (cause) {
    throw new UserError('experiment-not-found', `The experiment ${file} cannot be read.`, 'Check the path.', {
      cause,
    });
  }
}

function evaluate(code: string, file: string, tf: TensorFlow): unknown {
  serveTensorFlow(tf);
  const userRequire = createRequire(file);
  const provide = (name: string): unknown => {
    if (name === LIBRARY) return library;
    return name === TENSORFLOW ? tf : userRequire(name);
  };
  const module = { exports: {} as unknown };
  const parameters = ['module', 'exports', 'require', '__filename', '__dirname', '__url'];
  const body = compileFunction(code, parameters, { filename: BUNDLE_NAME });
  const url = pathToFileURL(file).href;
  Reflect.apply(body, undefined, [module, module.exports, provide, file, path.dirname(file), url]);
  return module.exports;
}

/** The default of an ES module, or what a CommonJS file assigned to `module.exports`. */
function defaultExport(exported: unknown, file: string): unknown {
  const value = (exported as { readonly default?: unknown } | undefined)?.default;
  const isCommonJs = typeof exported === 'object' && exported !== null && 'model' in exported;
  if (value === undefined && !isCommonJs) {
    throw new UserError(
      'no-default-export',
      `${path.basename(file)} has no default export.`,
      'Write: export default defineExperiment({ … }).',
    );
  }
  return value ?? exported;
}

function threw(location: string, error: unknown): UserError {
  return new UserError(
    'experiment-threw',
    `${location}: ${error instanceof Error ? error.message : String(error)}`,
    'Correct the experiment at this line.',
    { cause: error },
  );
}
