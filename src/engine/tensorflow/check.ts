import { UserError } from '../../protocol/userError';
import { bundlePath } from '../engineBundle';
import type { BackendDescription } from './backend';
import { BINDING_VARIABLE } from './bindingLocation';
import { runProgram, lastLine } from './program';

const SCRIPT = `
const engine = require(process.argv[1]);
const loss = engine.trainOneStep();
process.stdout.write(JSON.stringify({ ...engine.describeBackend(), ...loss }));
`;

/**
 * Loads a binding in a process of its own and trains one step with it, so that a library that crashes
 * takes nobody along.
 * @throws UserError `engine-check-failed` with what the process said
 */
export async function checkBinding(binding: string, signal?: AbortSignal): Promise<BackendDescription> {
  const { code, stdout, stderr } = await runProgram(
    process.execPath,
    ['-e', SCRIPT, bundlePath('tensorflow')],
    { signal, env: { ...process.env, [BINDING_VARIABLE]: binding, ELECTRON_RUN_AS_NODE: '1' } },
  );
  if (code === 0) {
    const result = JSON.parse(stdout) as BackendDescription & { before: number; after: number };
    if (result.after < result.before) return { version: result.version, gpu: result.gpu };
  }
  const said = stderr.split('\n').find((line) => line.includes('Error')) ?? lastLine(stderr);
  throw new UserError(
    'engine-check-failed',
    `TensorFlow was put in place, but one training step with it failed: ${said.trim() || 'no message'}`,
    'Try another libtensorflow (WEIGHTROOM_LIBTENSORFLOW), or choose the wasm engine.',
  );
}
