// npm run pictures: takes the pictures of the README again, in a real VS Code.
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { bootstrap } from './lib/bootstrap.mjs';
import { installEngine } from './lib/engine.mjs';
import { root, testResults } from './lib/paths.mjs';
import { runScript, SetupError } from './lib/steps.mjs';
import { runVitest } from './lib/vitest.mjs';
import { installVscode } from './lib/vscode.mjs';

const PICTURES = ['run-panel.png', 'quantization-report.png'];

await runScript(async () => {
  await bootstrap();
  await installVscode();
  await installEngine();
  const { failed } = await runVitest('pictures', 'test/pictures/vitest.config.mts');
  if (failed > 0) throw new SetupError('Not every picture could be taken.', 'Mend what stands above.');
  const folder = path.join(root, 'media/readme');
  await mkdir(folder, { recursive: true });
  for (const picture of PICTURES) {
    await copyFile(path.join(testResults, `readme-${picture}`), path.join(folder, picture));
  }
});
