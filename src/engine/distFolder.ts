/**
 * The folder `dist/` with the built bundles. Processes run from it, so it is where the running bundle
 * lies; `WEIGHTROOM_DIST` names it where the sources run unbundled, as in unit tests.
 */
export function distFolder(): string {
  return process.env['WEIGHTROOM_DIST'] ?? __dirname;
}
