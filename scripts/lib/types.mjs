// The declarations of `weightroom` and of TensorFlow.js as the editor's TypeScript gets them: dist/types.
import { spawnSync } from 'node:child_process';
import { copyFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** TensorFlow.js with what its own declarations import. */
const TFJS = ['', '-core', '-layers', '-data', '-converter', '-backend-cpu', '-backend-webgl'];

/**
 * Writes `dist/types/node_modules`, a folder in which `weightroom` and `@tensorflow/tfjs` resolve to declarations.
 * What is up to date is left as it is.
 * @param {string} root
 * @param {string} dist
 */
export async function makeTypes(root, dist) {
  const packages = path.join(dist, 'types', 'node_modules');
  await makeLibrary(root, path.join(packages, 'weightroom'), path.join(dist, 'weightroom.tsbuildinfo'));
  for (const name of TFJS) await copyDeclarations(root, packages, `@tensorflow/tfjs${name}`);
}

/** TypeScript itself knows what has changed since the last time. */
async function makeLibrary(root, folder, memory) {
  await mkdir(folder, { recursive: true });
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      path.join(root, 'node_modules/typescript/bin/tsc'),
      ...['-p', path.join(root, 'scripts/types.tsconfig.json'), '--outDir', folder],
      ...['--tsBuildInfoFile', memory],
    ],
    { cwd: root, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`The declarations of weightroom could not be made:\n${stdout}`);
  const description = { name: 'weightroom', types: 'index.d.ts' };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(description));
}

async function copyDeclarations(root, packages, name) {
  const [source, target] = [path.join(root, 'node_modules', name), path.join(packages, name)];
  const { version } = JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8'));
  const copied = await readFile(path.join(target, 'package.json'), 'utf8').catch(() => '{}');
  if (JSON.parse(copied).version === version) return;
  await rm(target, { recursive: true, force: true });
  await cp(path.join(source, 'dist'), path.join(target, 'dist'), {
    recursive: true,
    filter: (file) => !path.extname(file) || file.endsWith('.d.ts'),
  });
  await copyFile(path.join(source, 'LICENSE'), path.join(target, 'LICENSE')).catch(() => undefined);
  await copyFile(path.join(source, 'package.json'), path.join(target, 'package.json'));
}
