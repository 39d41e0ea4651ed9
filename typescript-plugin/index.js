// What `weightroom` and TensorFlow.js are, for the TypeScript of the editor. An experiment needs no installation
// of either to run, so it should need none to be free of red lines: where a project does not have them, imports of
// them get the declarations that come with the extension. VS Code loads this file into its TypeScript server
// (`contributes.typescriptServerPlugins`), which looks for it in the extension's node_modules.
const { existsSync } = require('node:fs');
const path = require('node:path');

const PROVIDED =
  /^(weightroom|@tensorflow\/tfjs(-core|-layers|-data|-converter|-backend-cpu|-backend-webgl)?)$/;

/** In the package this file lies in `node_modules/weightroom-typescript-plugin`, in the repository one level up. */
const TYPES = ['../../dist/types', '../dist/types']
  .map((folder) => path.resolve(__dirname, folder))
  .find((folder) => existsSync(folder));

/** @type {import('typescript').server.PluginModuleFactory} */
module.exports = ({ typescript }) => ({
  create({ languageService, languageServiceHost: host, project }) {
    const original = host.resolveModuleNameLiterals?.bind(host);
    if (TYPES === undefined || original === undefined) return languageService;
    const ours = path.join(TYPES, 'index.ts');
    const users = path.join(project.getCurrentDirectory(), 'index.ts');

    /** Our declarations speak of the TensorFlow.js of the project, where it has one: two are not compatible. */
    const isOurs = (file) => file.startsWith(`${TYPES.replaceAll('\\', '/')}/`);

    host.resolveModuleNameLiterals = (literals, file, redirected, options, ...rest) => {
      const found = original(literals, file, redirected, options, ...rest);
      return found.map((result, i) => {
        const name = literals[i].text;
        if (!PROVIDED.test(name) || (result.resolvedModule && !isOurs(file))) return result;
        const own = isOurs(file) ? resolve(name, users, options) : undefined;
        return own?.resolvedModule ? own : resolve(name, ours, { ...options, paths: undefined });
      });
    };
    return languageService;

    function resolve(name, from, options) {
      const settings = { ...options, moduleResolution: typescript.ModuleResolutionKind.Node10 ?? 2 };
      return typescript.resolveModuleName(name, from, settings, host);
    }
  },
});
