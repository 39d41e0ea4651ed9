// npm as a tool: its command line, and an environment that does not hand our settings on to it.

/**
 * The command that runs npm: the copy that runs this script where there is one, so that Windows needs
 * no shell.
 * @param {...string} args
 */
export function npm(...args) {
  const own = process.env['npm_execpath'];
  return own?.endsWith('.js') ? [process.execPath, own, ...args] : ['npm', ...args];
}

/**
 * The environment for a tool of another project. `npm run` exports the settings of this repository's
 * `.npmrc` (scripts off) to its children; a person's own settings (registry, proxy, cache) stay.
 * @param {NodeJS.ProcessEnv} [more]
 * @returns {NodeJS.ProcessEnv}
 */
export function foreignEnvironment(more = {}) {
  const env = Object.entries(process.env).filter(
    ([name]) =>
      !/^npm_(package|lifecycle)_/i.test(name) &&
      !/^npm_config_(ignore_scripts|local_prefix|prefix|omit)$/i.test(name) &&
      !/^(VSCODE|VITEST)/.test(name) &&
      name !== 'NODE_ENV' &&
      name !== 'NODE_OPTIONS',
  );
  return { ...Object.fromEntries(env), ...more };
}
