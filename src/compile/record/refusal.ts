/** Why a step cannot be compiled, and where in the user's code that is, as a stack tells it. */
export interface Refusal {
  readonly reason: string;
  readonly stack: string | undefined;
}

/** Thrown where compilation is given up; the step runs eagerly. */
export class CannotCompile extends Error {
  override readonly name = 'CannotCompile';
}
