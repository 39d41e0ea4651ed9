import path from 'node:path';
import { checkBinding } from '../../src/engine/tensorflow/check';
import { BINDING_NAME, librariesFolder, readInstallation } from '../../src/engine/tensorflow/installation';
import { UserError } from '../../src/protocol/userError';
import type { Device } from '../bench';

/**
 * Makes sure that the tensorflow engine computes on a GPU here. Where it did when it was installed, it is asked
 * again, in a process of its own: its home may be shared with a machine that has one.
 * @throws UserError `no-gpu` where it does not; `engine-check-failed` where it cannot train at all
 */
export async function requireGpu(): Promise<void> {
  const installation = await readInstallation();
  if (installation === undefined) throw noGpu('The tensorflow engine is not installed.');
  const { folder, version, source, gpu } = installation;
  if (gpu && (await checkBinding(path.join(librariesFolder(folder), BINDING_NAME))).gpu) return;
  throw noGpu(`TensorFlow ${version} from ${source} finds no GPU that it can use.`);
}

/** The environment of a contestant on a device; one on the CPU does not see the GPU that its engine would take. */
export function environmentOn(device: Device, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return device === 'gpu' ? environment : { ...environment, CUDA_VISIBLE_DEVICES: '-1' };
}

function noGpu(what: string): UserError {
  return new UserError(
    'no-gpu',
    what,
    'On a machine with an NVIDIA GPU, let WEIGHTROOM_LIBTENSORFLOW name a CUDA build (the Python package ' +
      'tensorflow[and-cuda], installed) and run `weightroom engines install tensorflow`; elsewhere leave --device gpu out.',
  );
}
