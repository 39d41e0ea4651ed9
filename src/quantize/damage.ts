import { UserError } from '../protocol/userError';

/** The error for bytes that no encoder wrote. */
export class Damage extends UserError {
  /** @param what the fault, and where it is as far as the thrower knows */
  constructor(readonly what: string) {
    super(
      'native-damaged',
      `The quantized model is damaged: ${what}.`,
      'Download the model again, or quantize it again.',
    );
  }
}

export function damaged(what: string): Damage {
  return new Damage(what);
}

/** Runs `work`, and says of damage found in it where it is. */
export function within<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Damage ? damaged(`${place}: ${error.what}`) : error;
  }
}
