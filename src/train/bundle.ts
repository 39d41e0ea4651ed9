import { existsSync } from 'node:fs';
import path from 'node:path';
import type * as Esbuild from 'esbuild';
import type { BuildFailure, Message, OutputFile, Plugin } from 'esbuild';
import { distFolder } from '../engine/distFolder';
import { UserError } from '../protocol/userError';

export interface Bundle {
  readonly code: string;
  /** Source map, JSON; its sources count from the folder of the entry. */
  readonly map: string;
}

/** What experiments import that is already here. Everything else is bundled from the user's folder. */
export const LIBRARY = 'weightroom:library';
export const TENSORFLOW = 'weightroom:tensorflow';

const OURS = /^weightroom$/;
/** Every package that is, or contains, the one TensorFlow.js: a second copy would know no tensors of the first. */
const TFJS = /^@tensorflow\/tfjs(-core|-layers|-node|-node-gpu|-backend-(cpu|wasm|webgl|webgpu))?$/;

const provided: Plugin = {
  name: 'weightroom',
  setup(build) {
    build.onResolve({ filter: OURS }, () => ({ path: LIBRARY, external: true }));
    build.onResolve({ filter: TFJS }, () => ({ path: TENSORFLOW, external: true }));
    build.onResolve({ filter: /\.node$/ }, ({ path: file, resolveDir }) => ({
      path: path.resolve(resolveDir, file),
      external: true,
    }));
  },
};

/**
 * Bundles a user's source file and all that it imports into one CommonJS text, in memory.
 * @throws UserError `experiment-syntax` with file, line and column, or `import-not-found`
 */
export async function bundle(file: string): Promise<Bundle> {
  const { build, stop } = await loadEsbuild();
  try {
    const { outputFiles } = await build({
      entryPoints: [file],
      absWorkingDir: path.dirname(file),
      outfile: path.join(path.dirname(file), 'experiment.js'),
      write: false,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      sourcemap: 'external',
      sourcesContent: false,
      keepNames: true,
      // Our `require` serves what stays external; vm would need a loader of its own for `import()`.
      supported: { 'dynamic-import': false },
      define: {
        'import.meta.dirname': '__dirname',
        'import.meta.filename': '__filename',
        'import.meta.url': '__url',
      },
      plugins: [provided],
      logLevel: 'silent',
    });
    return { code: textOf(outputFiles, '.js'), map: textOf(outputFiles, '.js.map') };
  } catch (error) {
    if (isBuildFailure(error)) throw describe(error, file);
    throw error;
  } finally {
    await stop();
  }
}

/**
 * esbuild's own code is part of our bundle; its program lies beside it. Run from the sources, as unit
 * tests do before a build, it is found in node_modules.
 */
async function loadEsbuild(): Promise<typeof Esbuild> {
  const program = path.join(distFolder(), process.platform === 'win32' ? 'esbuild.exe' : 'esbuild');
  if (existsSync(program)) process.env['ESBUILD_BINARY_PATH'] = program;
  return import('esbuild');
}

function textOf(files: readonly OutputFile[], suffix: string): string {
  return files.find((file) => file.path.endsWith(suffix))!.text;
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors);
}

function describe(failure: BuildFailure, file: string): UserError {
  const first = failure.errors[0]!;
  const missing = /^Could not resolve "(.+)"/.exec(first.text)?.[1];
  if (missing === undefined) {
    return new UserError(
      'experiment-syntax',
      `${where(first, file)}: ${first.text}.`,
      'Correct the source.',
      { cause: failure },
    );
  }
  const isPackage = !missing.startsWith('.') && !path.isAbsolute(missing);
  return new UserError(
    'import-not-found',
    `${where(first, file)}: "${missing}" is not found.`,
    isPackage
      ? `Run "npm install ${packageName(missing)}" in ${path.dirname(file)}.`
      : 'Correct the path of the import.',
    { cause: failure },
  );
}

/** `name.ts:12:5`; esbuild counts columns from 0. */
function where({ location }: Message, file: string): string {
  if (location === null) return path.basename(file);
  return `${location.file}:${location.line}:${location.column + 1}`;
}

function packageName(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!;
}
