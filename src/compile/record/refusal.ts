/** Why a step cannot be compiled. */
export interface Refusal {
  readonly reason: string;
  /** Its stack leads to the line of the step that the reason speaks of. */
  readonly where: Error;
}

/** Thrown where compilation is given up; the step runs eagerly. */
export class CannotCompile extends Error {
  override readonly name = 'CannotCompile';
}
