import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { extension } from './extension';
import { test } from './registry';

test('activation takes less than 100 ms', async () => {
  assert.equal(extension().isActive, false, 'nothing in this workspace asks for it yet');
  const clock = performance.now();
  const cpu = process.cpuUsage();
  await extension().activate();
  const elapsed = performance.now() - clock;
  const { user, system } = process.cpuUsage(cpu);
  // Of the clock and the processor the smaller: other processes may have had the core meanwhile.
  const milliseconds = Math.min(elapsed, (user + system) / 1000);
  console.log(`# activation: ${milliseconds.toFixed(1)} ms`);
  assert.ok(milliseconds < 100, `${milliseconds} ms`);
});

test('the editor loads one bundle of ours, and no TensorFlow.js', () => {
  const dist = path.join(extension().extensionPath, 'dist');
  const loaded = Object.keys(createRequire(__filename).cache).filter((file) => file.startsWith(dist));
  const tests = path.join(dist, 'test');
  assert.deepEqual(
    loaded.filter((file) => !file.startsWith(tests)),
    [path.join(dist, 'extension.js')],
  );
  assert.ok(statSync(path.join(dist, 'extension.js')).size < 300_000);
  const { sources } = JSON.parse(readFileSync(path.join(dist, 'extension.js.map'), 'utf8')) as {
    sources: string[];
  };
  assert.deepEqual(
    sources.filter((source) => /@tensorflow|src\/(engine|jobs|worker|train|quantize)\//.test(source)),
    [],
  );
});
