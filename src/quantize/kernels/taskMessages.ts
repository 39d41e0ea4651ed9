import { errorReport, UserError, type ErrorReport } from '../../protocol/userError';

/** What a thread is asked to do. */
export interface TaskRequest {
  readonly name: string;
  readonly input: readonly unknown[];
}

/** What it answers. */
export type TaskOutcome = { readonly result: unknown } | { readonly error: TaskError };

/** An error as plain data: a message between threads strips classes. */
interface TaskError extends ErrorReport {
  readonly stack?: string;
}

export function describeError(error: unknown): TaskError {
  const report = errorReport(error);
  return error instanceof Error && error.stack !== undefined ? { ...report, stack: error.stack } : report;
}

/** The error that {@link describeError} described. A bug keeps the stack of the thread where it happened. */
export function reviveError({ code, message, remedy, stack }: TaskError): Error {
  const error = code === 'internal' ? new Error(message) : new UserError(code, message, remedy);
  if (stack !== undefined) error.stack = stack;
  return error;
}
