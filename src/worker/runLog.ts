import { UserError } from '../protocol/userError';

/** Writes an error to the log: what and remedy of a user's, the stack of a bug. */
export function logError(error: unknown): void {
  if (error instanceof UserError) console.error(`${error.message} ${error.remedy}`);
  else console.error(error);
}
