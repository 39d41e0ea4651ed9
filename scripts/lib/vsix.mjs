// Makes the package of this platform: bundles, declarations, the prebuilt binding, and of node_modules the plugin
// for the editor's TypeScript alone.
import { build } from 'esbuild';
import { copyFile, mkdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { PACKAGE_LIMIT } from './budgets.mjs';
import { installEngine } from './engine.mjs';
import { dist, root } from './paths.mjs';
import { runTool, SetupError, step } from './steps.mjs';

/**
 * Packages `dist/` for the platform that runs this.
 * @returns {Promise<string>} the `.vsix`, in the repository's root
 * @throws {SetupError} where the binding cannot be built, or the package is too heavy
 */
export async function makePackage() {
  const target = `${process.platform}-${process.arch}`;
  const { name, version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const output = path.join(root, `${name}-${target}-${version}.vsix`);
  await rm(output, { force: true });
  await addBinding(path.join(dist, 'native', target));
  await step(`package for ${target}`, () =>
    runTool(
      'vsce',
      [
        ...[process.execPath, path.join(root, 'node_modules/@vscode/vsce/vsce'), 'package'],
        ...['--target', target, '--follow-symlinks', '--out', output],
        // The pictures of the README are in the package.
        ...['--no-rewrite-relative-links', '--allow-missing-repository'],
      ],
      { cwd: root, remedy: 'Mend what vsce reports.' },
    ),
  );
  const { size } = await stat(output);
  if (size < PACKAGE_LIMIT) return output;
  throw new SetupError(
    `${path.basename(output)} is ${Math.round(size / 1e6)} MB, over the ${PACKAGE_LIMIT / 1e6} MB of the budget.`,
    'Look with `npx vsce ls --tree` for what should not be in it.',
  );
}

/** The native binding of the tensorflow engine, so that its users need no compiler; built on this machine. */
async function addBinding(folder) {
  if (!(await installEngine())) {
    throw new SetupError(
      'The package carries the binding of the tensorflow engine, which could not be built here.',
      'Do what is said above, and run this again.',
    );
  }
  const { BINDING_NAME, librariesFolder, readInstallation } = await importSource(
    'src/engine/tensorflow/installation.ts',
  );
  const installation = await readInstallation();
  await mkdir(folder, { recursive: true });
  await copyFile(
    path.join(librariesFolder(installation.folder), BINDING_NAME),
    path.join(folder, BINDING_NAME),
  );
}

/** Loads one of the product's modules into this process. */
async function importSource(file) {
  const { outputFiles } = await build({
    entryPoints: [path.join(root, file)],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
  });
  return import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')}`
  );
}
