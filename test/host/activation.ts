import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { ExtensionContext } from 'vscode';
import { extension } from './extension';
import { test } from './registry';

test('loading and activating take less than 100 ms', async () => {
  assert.equal(extension().isActive, false, 'nothing in this workspace asks for it yet');
  const load = createRequire(__filename);
  const bundle = path.join(extension().extensionPath, 'dist', 'extension.js');
  const loading = stopwatch(() => load(bundle) as { activate(context: ExtensionContext): void });
  let activating = NaN;
  // The editor finds the bundle loaded, with a clock around the one call that it makes.
  load.cache[bundle]!.exports = {
    ...loading.result,
    activate(context: ExtensionContext): void {
      activating = stopwatch(() => loading.result.activate(context)).milliseconds;
    },
  };
  await extension().activate();
  const milliseconds = loading.milliseconds + activating;
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

/** Both parts are synchronous, so what other extensions do meanwhile is not in their time. */
function stopwatch<T>(work: () => T): { readonly result: T; readonly milliseconds: number } {
  const clock = performance.now();
  const result = work();
  return { result, milliseconds: performance.now() - clock };
}
