// Compiles AssemblyScript kernels where a bundle or a test imports `./assembly/<name>.wasm`.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { cache } from './paths.mjs';

const { version } = createRequire(import.meta.url)('assemblyscript/package.json');

/** No garbage collector: kernels work in memory that their host lays out. */
const FLAGS = ['--runtime', 'stub', '--enable', 'simd', '-O3', '--noAssert'];

/**
 * The WebAssembly module of one source file, from the cache where nothing it could be made of has changed.
 * @param {string} source absolute path of an AssemblyScript file
 * @returns {Promise<Buffer>}
 */
export async function compileAssembly(source) {
  const folder = path.dirname(source);
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort();
  const hash = createHash('sha256').update(JSON.stringify([version, FLAGS, path.basename(source)]));
  for (const name of files) hash.update(`\0${name}\0`).update(await readFile(path.join(folder, name)));
  const kept = path.join(cache, 'assembly', `${hash.digest('hex')}.wasm`);
  let module = underWay.get(kept);
  if (!module) underWay.set(kept, (module = readFile(kept).catch(() => make(source, kept))));
  return module;
}

/**
 * Modules of this process, by their place in the cache: bundles that are built side by side share them.
 * @type {Map<string, Promise<Buffer>>}
 */
const underWay = new Map();

async function make(source, kept) {
  const module = await compile(path.dirname(source), path.basename(source));
  await mkdir(path.dirname(kept), { recursive: true });
  const temporary = `${kept}.${process.pid}`;
  await writeFile(temporary, module);
  await rename(temporary, kept);
  return module;
}

/**
 * The compiler is large, so it is loaded only for something to compile; and by a name that TypeScript does
 * not follow, for its types change those of JavaScript's own arrays.
 */
const COMPILER = 'assemblyscript/asc';

async function compile(folder, file) {
  const { default: asc } = await import(COMPILER);
  let module;
  const { error, stderr } = await asc.main([file, '--outFile', 'kernel.wasm', ...FLAGS], {
    readFile: (name, base) => readFile(path.resolve(folder, base, name), 'utf8').catch(() => null),
    writeFile: (name, contents) => {
      if (name === 'kernel.wasm') module = Buffer.from(contents);
    },
    listFiles: () => [],
  });
  if (error || !module) throw new Error(`${file}: ${stderr.toString() || error?.message}`);
  return module;
}

const IMPORT = /\/assembly\/[^/]+\.wasm$/;

function sourceOf(specifier, importer) {
  return path.resolve(path.dirname(importer), specifier).replace(/\.wasm$/, '.ts');
}

/** For esbuild: such an import is the module's bytes, a `Uint8Array`. */
export const assemblyPlugin = {
  name: 'assembly',
  /** @param {import('esbuild').PluginBuild} build */
  setup(build) {
    build.onResolve({ filter: IMPORT }, ({ path: specifier, importer }) => ({
      path: sourceOf(specifier, importer),
      namespace: 'assembly',
    }));
    build.onLoad({ filter: /.*/, namespace: 'assembly' }, async ({ path: source }) => ({
      contents: await compileAssembly(source),
      loader: 'binary',
      watchDirs: [path.dirname(source)],
    }));
  },
};

/** The same for Vitest. */
export const assemblyVitePlugin = {
  name: 'assembly',
  enforce: /** @type {const} */ ('pre'),
  resolveId(specifier, importer) {
    return IMPORT.test(specifier) ? `\0assembly:${sourceOf(specifier, importer)}` : undefined;
  },
  async load(id) {
    if (!id.startsWith('\0assembly:')) return undefined;
    const module = await compileAssembly(id.slice('\0assembly:'.length));
    return `export default Uint8Array.from(Buffer.from('${module.toString('base64')}', 'base64'));`;
  },
};
