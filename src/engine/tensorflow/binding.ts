import { copyFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../protocol/userError';
import { distFolder } from '../distFolder';
import { findProgram, runProgram } from './program';

export interface BindingInputs {
  /** Folders that hold `tensorflow/c/c_api.h` and what it includes. */
  readonly headers: readonly string[];
  /** The two libraries to link with. */
  readonly libraries: readonly string[];
  /** The file to write. */
  readonly output: string;
  readonly signal?: AbortSignal | undefined;
}

/** The binding that a packaged extension carries for this platform. */
export function prebuiltBinding(): string {
  return path.join(distFolder(), 'native', `${process.platform}-${process.arch}`, 'tfjs_binding.node');
}

/**
 * Says whether a binding can be had at all, before anything large is fetched for it.
 * @throws UserError `no-compiler` or `no-binding-source`
 */
export function requireBindingTools(): void {
  if (existsSync(prebuiltBinding())) return;
  bindingSources();
  compiler();
}

/** Puts the binding in its place: the prebuilt one where it is shipped, else it is compiled. */
export async function placeBinding(inputs: BindingInputs): Promise<void> {
  if (existsSync(prebuiltBinding())) await copyFile(prebuiltBinding(), inputs.output);
  else await buildBinding(inputs);
}

/**
 * Compiles tfjs-node's native binding against TensorFlow's C API, with the Node-API headers of the
 * package `node-api-headers`; the same file serves every Node from 20 on. It looks for its libraries
 * in its own folder.
 * @throws UserError `no-compiler`, `no-binding-source` or `binding-build-failed`
 */
export async function buildBinding({ headers, libraries, output, signal }: BindingInputs): Promise<void> {
  const { folder, nodeHeaders } = bindingSources();
  const sources = (await readdir(folder)).filter((name) => name.endsWith('.cc')).sort();
  const { code, stderr } = await runProgram(
    compiler(),
    [
      ...['-O2', '-fPIC', '-shared', '-std=c++17', '-DNAPI_VERSION=8', '-w'],
      ...[nodeHeaders, ...headers].flatMap((include) => ['-I', include]),
      ...sources.map((name) => path.join(folder, name)),
      ...libraries,
      '-Wl,-rpath,$ORIGIN',
      ...['-o', output],
    ],
    { signal },
  );
  if (code !== 0) {
    const fault = stderr.split('\n').find((line) => line.includes('error')) ?? stderr.trim();
    throw new UserError(
      'binding-build-failed',
      `The native binding could not be compiled: ${fault.trim()}`,
      'Use a libtensorflow of version 2.18 or newer with its headers, or choose the wasm engine.',
    );
  }
}

function compiler(): string {
  const chosen = process.env['CXX'];
  const found = findProgram([...(chosen ? [chosen] : []), 'g++', 'c++', 'clang++']);
  if (found !== undefined) return found;
  throw new UserError(
    'no-compiler',
    'The tensorflow engine is built with a C++ compiler, and there is none on the PATH.',
    'Install g++ (Debian and Ubuntu: sudo apt install g++) and try again, or choose the wasm engine.',
  );
}

/** tfjs-node's C++ sources and the Node-API headers, which are packages of a source checkout. */
function bindingSources(): { readonly folder: string; readonly nodeHeaders: string } {
  const require = createRequire(path.join(distFolder(), 'cli.js'));
  try {
    const tfjsNode = path.dirname(require.resolve('@tensorflow/tfjs-node/package.json'));
    const nodeHeaders = path.dirname(require.resolve('node-api-headers/package.json'));
    return { folder: path.join(tfjsNode, 'binding'), nodeHeaders: path.join(nodeHeaders, 'include') };
  } catch (cause) {
    throw new UserError(
      'no-binding-source',
      `No prebuilt binding for ${process.platform}-${process.arch} came with this copy of Weightroom, nor its source.`,
      'Install the package made for this platform, or choose the wasm engine.',
      { cause },
    );
  }
}
