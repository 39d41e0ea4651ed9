import { existsSync } from 'node:fs';
import type { EngineStatus } from '../../protocol/engine';
import { UserError } from '../../protocol/userError';
import type { Engine, LoadedEngine } from '../engine';
import { bundlePath, requireBundle } from '../engineBundle';
import { TFJS_VERSION } from '../tfjsVersion';
import { withoutBanner } from './banner';

const DEVICE = 'CPU, 1 thread (JavaScript)';

/** TensorFlow.js in plain JavaScript: the last resort, and the oracle of tests. */
export const cpuEngine: Engine = { id: 'cpu', probe: () => Promise.resolve(status()), load };

function status(): EngineStatus {
  const usable = existsSync(bundlePath('cpu'));
  const reason = usable
    ? 'Plain JavaScript: runs everywhere, slowly.'
    : 'This copy of Weightroom was built without it: build or install Weightroom again.';
  return { id: 'cpu', usable, reason, device: usable ? DEVICE : '', version: usable ? TFJS_VERSION : '' };
}

async function load(): Promise<LoadedEngine> {
  const { usable, reason } = status();
  if (!usable) throw new UserError('engine-unusable', `The cpu engine cannot be used. ${reason}`, reason);
  const { tf } = requireBundle('cpu');
  await withoutBanner(async () => {
    await tf.setBackend('cpu');
    await tf.ready();
    tf.scalar(0).dispose();
  });
  return { id: 'cpu', tf, device: DEVICE, version: tf.version_core };
}
