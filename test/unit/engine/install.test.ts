import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { tensorflowEngine } from '../../../src/engine/tensorflow/engine';
import { installTensorflow } from '../../../src/engine/tensorflow/install';
import {
  BINDING_NAME,
  installationsFolder,
  librariesFolder,
  LIBRARY_NAMES,
  readInstallation,
} from '../../../src/engine/tensorflow/installation';
import { requireSpace, wheelFor } from '../../../src/engine/tensorflow/wheel';
import { packageIndex, type PackageIndex } from './packageIndex';

/** The engine that this machine has, by `weightroom engines install tensorflow`. */
async function installedEngine(): Promise<string> {
  const installation = await readInstallation();
  if (installation === undefined)
    throw new Error('These tests need the tensorflow engine: install it first.');
  return librariesFolder(installation.folder);
}

let folder: string;
let engine: string;
const indexes: PackageIndex[] = [];

beforeEach(async () => {
  engine = await installedEngine();
  folder = await mkdtemp(path.join(os.tmpdir(), 'weightroom-install-'));
  await ownDist();
  vi.stubEnv('WEIGHTROOM_HOME', path.join(folder, 'home'));
  vi.stubEnv('WEIGHTROOM_LIBTENSORFLOW', '');
  for (const name of ['VIRTUAL_ENV', 'CONDA_PREFIX', 'PIP_EXTRA_INDEX_URL', 'PIP_FIND_LINKS'])
    vi.stubEnv(name, '');
  vi.stubEnv('PIP_RETRIES', '0');
  vi.stubEnv('PIP_NO_CACHE_DIR', '1');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const index of indexes.splice(0)) await index.close();
  await rm(folder, { recursive: true, force: true });
});

/** A `dist` with the engines' bundles and, like a checkout's, without a prebuilt binding. */
async function ownDist(): Promise<void> {
  const dist = process.env['WEIGHTROOM_DIST']!;
  await mkdir(path.join(folder, 'dist'));
  await symlink(path.join(dist, 'engines'), path.join(folder, 'dist', 'engines'));
  await symlink(path.join(dist, '..', 'node_modules'), path.join(folder, 'node_modules'));
  vi.stubEnv('WEIGHTROOM_DIST', path.join(folder, 'dist'));
}

/** Ships the binding with `dist`, as a packaged extension does. */
async function shipBinding(): Promise<void> {
  const native = path.join(folder, 'dist', 'native', `${process.platform}-${process.arch}`);
  await mkdir(native, { recursive: true });
  await cp(path.join(engine, BINDING_NAME), path.join(native, BINDING_NAME));
}

/** Makes these programs the only ones on the PATH. */
async function onlyPrograms(...names: string[]): Promise<void> {
  const bin = path.join(folder, 'bin');
  await mkdir(bin);
  for (const name of names) {
    const found =
      name === 'python3' ? pythonExecutable() : execFileSync('which', [name], { encoding: 'utf8' });
    await symlink(found.trim(), path.join(bin, name));
  }
  vi.stubEnv('PATH', bin);
}

/** The interpreter itself: what is on the PATH may be a script that looks for it. */
function pythonExecutable(): string {
  return execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
}

async function serve(...options: Parameters<typeof packageIndex>): Promise<PackageIndex> {
  const index = await packageIndex(...options);
  indexes.push(index);
  vi.stubEnv('PIP_INDEX_URL', index.url);
  return index;
}

/** Everything below the folder where installations lie. */
async function remains(): Promise<string[]> {
  return await readdir(installationsFolder(), { recursive: true }).catch(() => []);
}

describe('an installation that cannot be done names the remedy and leaves nothing', () => {
  test('no Python with pip, and no package index', async () => {
    const index = await serve({});
    await index.close();
    await onlyPrograms('g++');
    await expect(installTensorflow()).rejects.toMatchObject({
      code: 'no-python',
      remedy: expect.stringContaining('python3-pip') as string,
    });
    expect(await remains()).toEqual([]);
  });

  test('no compiler', async () => {
    await onlyPrograms('python3');
    await expect(installTensorflow()).rejects.toMatchObject({
      code: 'no-compiler',
      remedy: expect.stringContaining('g++') as string,
    });
    expect(await remains()).toEqual([]);
  });

  test('no network', async () => {
    const index = await serve({});
    await index.close();
    await expect(installTensorflow()).rejects.toMatchObject({ code: 'download-failed' });
    expect(await remains()).toEqual([]);
  });

  test('an index that does not have the wheel', async () => {
    await serve({ empty: true });
    await expect(installTensorflow()).rejects.toMatchObject({ code: 'download-failed' });
    expect(await remains()).toEqual([]);
  });

  test.each(['pip', 'Weightroom itself'])(
    'a wheel that is not the published one, fetched by %s',
    async (by) => {
      await serve({});
      if (by !== 'pip') await onlyPrograms('g++');
      await expect(installTensorflow()).rejects.toMatchObject({ code: 'download-corrupt' });
      expect(await remains()).toEqual([]);
    },
  );

  test.each(['pip', 'Weightroom itself'])('aborted in the middle of the download by %s', async (by) => {
    const index = await serve({ stall: true });
    if (by !== 'pip') await onlyPrograms('g++');
    const controller = new AbortController();
    const installing = installTensorflow({ signal: controller.signal });
    await index.downloading;
    controller.abort();
    await expect(installing).rejects.toMatchObject({ name: 'AbortError' });
    expect(await remains()).toEqual([]);
    await index.disconnected;
  });

  test('aborted before it began', async () => {
    await expect(installTensorflow({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(existsSync(installationsFolder())).toBe(false);
  });

  test('a named folder without libtensorflow', async () => {
    vi.stubEnv('WEIGHTROOM_LIBTENSORFLOW', folder);
    await expect(installTensorflow()).rejects.toMatchObject({ code: 'libtensorflow-not-found' });
    expect(await remains()).toEqual([]);
  });

  test('a named folder without the headers', async () => {
    const bare = path.join(folder, 'bare');
    await mkdir(bare);
    for (const name of LIBRARY_NAMES) await symlink(path.join(engine, name), path.join(bare, name));
    vi.stubEnv('WEIGHTROOM_LIBTENSORFLOW', bare);
    await expect(installTensorflow()).rejects.toMatchObject({ code: 'no-headers' });
    expect(await remains()).toEqual([]);
  });

  test('a libtensorflow that cannot be loaded', async () => {
    await shipBinding();
    const broken = path.join(folder, 'broken');
    await mkdir(broken);
    for (const name of LIBRARY_NAMES) await writeFile(path.join(broken, name), 'not a library');
    vi.stubEnv('WEIGHTROOM_LIBTENSORFLOW', broken);
    await expect(installTensorflow()).rejects.toMatchObject({ code: 'engine-check-failed' });
    expect(await remains()).toEqual([]);
  });

  test('a home that cannot be written', async () => {
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    for (const closed of [file, '/proc/self']) {
      vi.stubEnv('WEIGHTROOM_HOME', closed);
      await expect(installTensorflow()).rejects.toMatchObject({ code: 'home-not-writable' });
    }
  });

  test('a disk with too little space', async () => {
    await expect(requireSpace(folder, 1e18)).rejects.toMatchObject({ code: 'disk-full' });
    await expect(requireSpace(folder, 1)).resolves.toBeUndefined();
  });

  test('another system', () => {
    expect(() => wheelFor('win32', 'x64')).toThrow(expect.objectContaining({ code: 'platform-unsupported' }));
    expect(wheelFor('linux', 'arm64').file).toContain('aarch64');
  });
});

describe('an installation from a folder that the user names', () => {
  beforeEach(() => {
    vi.stubEnv('WEIGHTROOM_LIBTENSORFLOW', engine);
  });

  test('links the libraries, compiles the binding and trains a step', async () => {
    const steps: string[] = [];
    const status = await installTensorflow({ onProgress: ({ what }) => steps.push(what) });
    expect(status).toMatchObject({ id: 'tensorflow', usable: true });
    expect(status.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(status.device).toMatch(/./);
    expect(steps).toContain('Training one step');

    const installation = await readInstallation();
    const placed = librariesFolder(installation!.folder);
    for (const name of LIBRARY_NAMES) {
      expect(await realpath(path.join(placed, name))).toBe(await realpath(path.join(engine, name)));
    }
    expect(installation!.files.map(({ name }) => name)).toEqual([BINDING_NAME, ...LIBRARY_NAMES]);
    expect(await tensorflowEngine.probe()).toEqual(status);
  }, 180_000);

  test('uses the binding that the package ships, without a compiler', async () => {
    await shipBinding();
    await onlyPrograms();
    expect(await installTensorflow()).toMatchObject({ usable: true });
    const { folder: installed } = (await readInstallation())!;
    const placed = await readFile(path.join(librariesFolder(installed), BINDING_NAME));
    expect(placed.equals(await readFile(path.join(engine, BINDING_NAME)))).toBe(true);
  });

  test('a second installation replaces the first, and a failed one leaves it', async () => {
    await shipBinding();
    await installTensorflow();
    const first = (await readInstallation())!;
    await installTensorflow();
    const second = (await readInstallation())!;
    expect(second.folder).not.toBe(first.folder);
    expect((await readdir(installationsFolder())).sort()).toEqual([second.folder, 'manifest.json'].sort());

    vi.stubEnv('WEIGHTROOM_LIBTENSORFLOW', folder);
    await expect(installTensorflow()).rejects.toMatchObject({ code: 'libtensorflow-not-found' });
    expect(await readInstallation()).toEqual(second);
    expect(await tensorflowEngine.probe()).toMatchObject({ usable: true });
  });

  test('two at once end with one whole engine', async () => {
    await shipBinding();
    const statuses = await Promise.all([installTensorflow(), installTensorflow()]);
    expect(statuses.some(({ usable }) => usable)).toBe(true);
    expect(await tensorflowEngine.probe()).toMatchObject({ usable: true });
  });

  test('what a killed installation left is swept, and what a living one makes is not', async () => {
    await shipBinding();
    const gone = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim();
    const machine = os.hostname().replace(/[^A-Za-z0-9.]/g, '_');
    const killed = `${machine}-${gone}-00000000`;
    const living = `${machine}-${process.ppid}-00000000`;
    for (const name of [killed, living]) {
      await mkdir(path.join(installationsFolder(), name, 'tensorflow'), { recursive: true });
    }
    await installTensorflow();
    const left = await readdir(installationsFolder());
    expect(left).toContain(living);
    expect(left).not.toContain(killed);
  });

  test('a file that was damaged afterwards makes the engine unusable, with the remedy', async () => {
    await shipBinding();
    await installTensorflow();
    const { folder: installed } = (await readInstallation())!;
    await truncate(path.join(librariesFolder(installed), BINDING_NAME), 100);
    const status = await tensorflowEngine.probe();
    expect(status.usable).toBe(false);
    expect(status.reason).toContain(BINDING_NAME);
    expect(status.reason).toContain('weightroom engines install tensorflow');
  });
});

describe('the probe', () => {
  test('says what to do where nothing is installed', async () => {
    const status = await tensorflowEngine.probe();
    expect(status).toMatchObject({ id: 'tensorflow', usable: false, device: '', version: '' });
    expect(status.reason).toContain('weightroom engines install tensorflow');
    await expect(tensorflowEngine.load()).rejects.toMatchObject({ code: 'engine-unusable' });
  });

  test.each(['', '{', '[]', '{"folder": "../../elsewhere"}'])(
    'takes the manifest %j for none',
    async (text) => {
      await mkdir(installationsFolder(), { recursive: true });
      await writeFile(path.join(installationsFolder(), 'manifest.json'), text);
      expect(await tensorflowEngine.probe()).toMatchObject({ usable: false });
    },
  );
});
