// npm run demo: quantizes a real transformer, trains a real network, writes a report.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { bootstrap } from './lib/bootstrap.mjs';
import { installEngine } from './lib/engine.mjs';
import { dist, root } from './lib/paths.mjs';
import { runScript } from './lib/steps.mjs';

await runScript(async () => {
  await bootstrap();
  await installEngine();
  const { status } = spawnSync(process.execPath, [path.join(dist, 'demo.js'), ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
});
