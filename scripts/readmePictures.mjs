// npm run pictures: draws the pictures of the README again. The browser tests take them in a real VS Code, while they
// check what is in them.
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { bootstrap } from './lib/bootstrap.mjs';
import { installEngine } from './lib/engine.mjs';
import { root, testResults } from './lib/paths.mjs';
import { runScript, SetupError } from './lib/steps.mjs';
import { runVitest } from './lib/vitest.mjs';
import { installVscode } from './lib/vscode.mjs';

/** Each picture, the screenshot that it is, and the test file that takes it. */
const PICTURES = [
  { picture: 'run-panel.png', screenshot: 'beside-the-code.png', tests: 'test/e2e/experiment.test.ts' },
  {
    picture: 'quantization-report.png',
    screenshot: 'quantization-costs.png',
    tests: 'test/e2e/quantize.test.ts',
  },
];

await runScript(async () => {
  await bootstrap();
  await installVscode();
  await installEngine();
  const files = PICTURES.map(({ tests }) => tests);
  const { failed } = await runVitest('pictures', 'test/e2e/vitest.config.mts', files);
  if (failed > 0) throw new SetupError('The tests that take the pictures failed.', 'Mend what they found.');
  const folder = path.join(root, 'media/readme');
  await mkdir(folder, { recursive: true });
  for (const { picture, screenshot } of PICTURES) {
    await copyFile(path.join(testResults, screenshot), path.join(folder, picture));
  }
});
