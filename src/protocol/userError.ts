/**
 * An error that a user can cause and mend: one sentence of what happened, one of what to do.
 * Everything else that is thrown is a bug and keeps its stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError';

  /**
   * @param code stable, kebab-case, for programs: `file-truncated`, `unknown-method`
   * @param message one sentence: what is wrong, with the file, tensor or flag named
   * @param remedy one sentence: what to do about it
   */
  constructor(
    readonly code: string,
    message: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The same facts as plain data, as they stand in journals and in `--json` output. */
export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** Describes anything thrown; what is not a {@link UserError} is reported under the code `internal`. */
export function errorReport(error: unknown): ErrorReport {
  if (error instanceof UserError) {
    return { code: error.code, message: error.message, remedy: error.remedy };
  }
  return {
    code: 'internal',
    message: error instanceof Error ? error.message : String(error),
    remedy: 'This is a fault of Weightroom: please report it with the log.',
  };
}
