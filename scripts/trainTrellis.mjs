// Trains the tables of the trellis codes and writes src/quantize/trellis/tables. `npm run train-trellis`
//   -- 2.8 3.10   only these: bits a weight, bits of the window
// A table is the same to the bit whenever it is trained. All of them take some minutes.
import { build } from 'esbuild';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { assemblyPlugin } from './lib/assembly.mjs';
import { cache, root } from './lib/paths.mjs';

const { encodeTable, SHIPPED_TABLES, SHIPPED_TRAINING, trainTrellis } = await loadTraining();
const chosen = process.argv.slice(2);
for (const [bits, windowBits] of SHIPPED_TABLES) {
  if (chosen.length > 0 && !chosen.includes(`${bits}.${windowBits}`)) continue;
  const started = performance.now();
  const code = trainTrellis({ bits, windowBits, ...SHIPPED_TRAINING });
  const name = `bits${bits}Window${windowBits}`;
  const file = path.join(root, 'src', 'quantize', 'trellis', 'tables', `${name}.json`);
  writeFileSync(file, `${JSON.stringify(encodeTable(code))}\n`);
  console.log(`${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

async function loadTraining() {
  const outfile = path.join(cache, 'scripts', 'trellisTraining.mjs');
  await build({
    stdin: {
      contents: ['presets', 'tableText', 'training'].map((file) => `export * from './${file}';`).join('\n'),
      resolveDir: path.join(root, 'src', 'quantize', 'trellis'),
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outfile,
    plugins: [assemblyPlugin],
  });
  return import(pathToFileURL(outfile).href);
}
