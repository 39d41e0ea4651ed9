/**
 * Opens damaged copies of a model and reads every tensor of those that open. Arguments: folder, format,
 * number of cases, seed. Prints a {@link FuzzReport}.
 *
 * What is allocated is measured in two ways. Every typed array that the reader makes is counted where it is
 * constructed, whether or not memory is ever touched: an absurd size asked for and refused by the system
 * counts too. Objects and texts live on the heap of V8, which the caller limits to 64 MB by a flag: a reader
 * that needs more ends this process.
 */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { Random } from '../../../src/math/random';
import { openModel } from '../../../src/modelfile/open';
import { UserError } from '../../../src/protocol/userError';
import { makePackedTfjs, makeSafetensors, makeShardedSafetensors, makeTfjs, type Fixture } from './fixtures';
import { mutate } from './mutations';

export const FUZZ_FORMATS = {
  safetensors: (folder: string) => makeSafetensors(folder, 1),
  'sharded safetensors': (folder: string) => makeShardedSafetensors(folder, 2),
  'TF.js layers': (folder: string) => makeTfjs(folder, 3, 'layers', { packed: true }),
  'TF.js graph': (folder: string) => makeTfjs(folder, 4, 'graph'),
  'TF.js packed': (folder: string) => makePackedTfjs(folder, 5),
} satisfies Record<string, (folder: string) => Promise<Fixture>>;

export type FuzzFormat = keyof typeof FUZZ_FORMATS;

export interface FuzzReport {
  readonly cases: number;
  /** Mutants that opened, and whose tensors were all read. */
  readonly opened: number;
  /** How often each code was given. */
  readonly refused: Readonly<Record<string, number>>;
  /** Largest excess of the typed arrays of one case, all together, over the size of the model's files. */
  readonly worstExcess: number;
  /** Longest case, in milliseconds. */
  readonly slowest: number;
  /** What was thrown that is no UserError, with the number of the case. */
  readonly crashes: readonly string[];
}

let allocated = 0;

/** Makes a constructor count the bytes of the arrays that it makes of a length. */
function counted<T extends new (...args: never[]) => ArrayBufferView>(constructor: T, width: number): T {
  return new Proxy(constructor, {
    construct(target, args: unknown[], newTarget) {
      const [first] = args;
      if (typeof first === 'number') allocated += first * width;
      else if (ArrayBuffer.isView(first)) allocated += (first as Uint8Array).length * width;
      return Reflect.construct(target, args, newTarget) as object;
    },
  });
}

async function fuzz(folder: string, format: FuzzFormat, cases: number, seed: number): Promise<FuzzReport> {
  const random = new Random(seed);
  const fixture = await FUZZ_FORMATS[format](folder);
  const originals = new Map<string, Buffer>();
  for (const file of fixture.files) originals.set(file, await readFile(file));
  globalThis.Uint8Array = counted(Uint8Array, 1);
  globalThis.Uint16Array = counted(Uint16Array, 2);
  globalThis.Uint32Array = counted(Uint32Array, 4);
  globalThis.Int32Array = counted(Int32Array, 4);
  globalThis.Float32Array = counted(Float32Array, 4);
  globalThis.Float64Array = counted(Float64Array, 8);

  const refused: Record<string, number> = {};
  const crashes: string[] = [];
  let opened = 0;
  let worstExcess = -Infinity;
  let slowest = 0;
  for (let i = 0; i < cases; i++) {
    // The file that is opened describes all others: it is damaged more often.
    const file = random.uniform() < 0.6 ? fixture.path : fixture.files[random.integer(fixture.files.length)]!;
    const kind = file.endsWith('.json') ? 'json' : file.endsWith('.safetensors') ? 'safetensors' : 'binary';
    await writeFile(file, mutate(originals.get(file)!, kind, random));
    let bytes = 0;
    for (const each of fixture.files) bytes += (await stat(each)).size;
    allocated = 0;
    const begin = performance.now();
    try {
      await readAll(fixture.path);
      opened++;
    } catch (error) {
      if (error instanceof UserError) refused[error.code] = (refused[error.code] ?? 0) + 1;
      else crashes.push(`case ${i}: ${error instanceof Error ? error.stack : String(error)}`);
    }
    slowest = Math.max(slowest, performance.now() - begin);
    worstExcess = Math.max(worstExcess, allocated - bytes);
    await writeFile(file, originals.get(file)!);
  }
  return { cases, opened, refused, worstExcess, slowest, crashes };
}

async function readAll(file: string): Promise<void> {
  const model = await openModel(file);
  for (const { name, size } of model.tensors) {
    const values = await model.readFloat32(name);
    if (values.length !== size) throw new Error(`${name}: ${values.length} elements, not ${size}`);
  }
  await model.close();
}

const [folder, format, cases, seed] = process.argv.slice(2);
void fuzz(folder!, format as FuzzFormat, Number(cases), Number(seed)).then((report) =>
  process.stdout.write(JSON.stringify(report)),
);
