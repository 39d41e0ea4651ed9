/**
 * Stands in for `@mapbox/node-pre-gyp` in the bundle (see `scripts/build.mjs`): tfjs-node asks it where
 * its native binding lies, and expects a place inside `node_modules`. Ours is in the user's home.
 */
export const BINDING_VARIABLE = 'WEIGHTROOM_TFJS_BINDING';

/** @throws Error where the engine was not resolved before its bundle was loaded */
export function find(): string {
  const binding = process.env[BINDING_VARIABLE];
  if (!binding) throw new Error(`${BINDING_VARIABLE} is not set: load the engine through engine/registry.`);
  return binding;
}
