// npm run demo: quantizes a real transformer, trains a real network, writes a report.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { bootstrap } from './lib/bootstrap.mjs';
import { installEngine } from './lib/engine.mjs';
import { dist, root } from './lib/paths.mjs';
import { runScript } from './lib/steps.mjs';

await runScript(async () => {
  await bootstrap();
  await installEngine();
  const demo = spawn(process.execPath, [path.join(dist, 'demo.js'), ...process.argv.slice(2)], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'pipe'],
  });
  createInterface({ input: demo.stderr }).on('line', (line) => {
    if (!isTensorflowBanner(line)) console.error(line);
  });
  // It ends the run in progress before it goes; this process waits for it.
  process.on('SIGINT', () => demo.kill('SIGINT'));
  process.on('SIGTERM', () => demo.kill('SIGTERM'));
  const [status] = await once(demo, 'close');
  process.exitCode = status ?? 1;
});

/** Two lines that TensorFlow prints when it is loaded, whatever its log level. */
function isTensorflowBanner(line) {
  return line.startsWith('WARNING: All log messages before absl::') || /^I0000 .*port\.cc/.test(line);
}
