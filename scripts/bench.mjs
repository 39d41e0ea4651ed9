// npm run bench -- NAME [--quick] [--json] [--device gpu]: measures the product beside the limits and its peers.
//   npm run bench -- setup   installs the peers that need an installation
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { bootstrap } from './lib/bootstrap.mjs';
import { dist, root } from './lib/paths.mjs';
import { runScript } from './lib/steps.mjs';

await runScript(async () => {
  await bootstrap();
  const bench = spawn(process.execPath, [path.join(dist, 'bench/main.js'), ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
    // The bundle of threads lies beside those of the product, not beside this one.
    env: { ...process.env, WEIGHTROOM_DIST: dist },
  });
  const [status] = await once(bench, 'close');
  process.exitCode = status ?? 1;
});
