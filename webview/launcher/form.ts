import type { LauncherState } from '../../src/protocol/messages';

/** A form that makes a spec of one kind. */
export interface Form<Spec, Values> {
  readonly element: HTMLElement;
  /** What the workspace offers. */
  setState(state: LauncherState): void;
  /** The fields as they stand, to be kept. */
  values(): Values;
  /** Why nothing can be run yet, in one sentence; `undefined` where it can. */
  missing(): string | undefined;
  /** @throws UserError for a field that cannot be read */
  spec(): Spec;
}
