// npm run package: the extension of this platform as one file that installs and works by itself.
import { runScript } from './lib/steps.mjs';
import { bootstrap } from './lib/bootstrap.mjs';

await runScript(async () => {
  await bootstrap();
  const { makePackage } = await import('./lib/vsix.mjs');
  console.log(await makePackage());
});
