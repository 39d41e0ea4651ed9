import { UserError } from '../protocol/userError';

/** The error for a model that is no quantized one. `what` begins the sentence. */
export function notNative(what: string): UserError {
  return new UserError(
    'not-native',
    `${what} is not in the native form.`,
    'Load it as TensorFlow.js does, or quantize it with the form native.',
  );
}
