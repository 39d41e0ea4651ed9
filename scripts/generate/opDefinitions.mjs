// Writes src/compile/operations/definitions.json: inputs, outputs and attributes of the TensorFlow ops that
// a compiled step can hold, as the installed libtensorflow itself declares them. Those are the ops that
// tfjs-node names in its sources and those that the compile room adds. Needs the tensorflow engine and g++;
// run it when either changes, and commit the result.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromBinary } from '@bufbuild/protobuf';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** What the compile room writes and tfjs-node never names. */
const OURS = [
  ...['VarHandleOp', 'ReadVariableOp', 'AssignVariableOp', 'Placeholder', 'NoOp', 'Identity', 'Const'],
  ...['ResourceApplyGradientDescent', 'ResourceApplyMomentum', 'ResourceApplyKerasMomentum'],
  ...['ResourceApplyAdam', 'ResourceApplyAdagrad', 'ResourceApplyRMSProp', 'ResourceApplyAdaMax'],
  ...['StatelessRandomUniform', 'StatelessRandomNormal', 'StatelessTruncatedNormal'],
  ...[
    'AddV2',
    'AddN',
    'Pack',
    'Unpack',
    'BiasAdd',
    'BiasAddGrad',
    'ReluGrad',
    'Relu6Grad',
    'TanhGrad',
    'SigmoidGrad',
  ],
  ...[
    'FusedBatchNormV3',
    'FusedBatchNormGradV3',
    'L2Loss',
    'HistogramFixedWidth',
    'SoftmaxCrossEntropyWithLogits',
  ],
  ...[
    'SparseSoftmaxCrossEntropyWithLogits',
    'Square',
    'Rsqrt',
    'Sum',
    'Mean',
    'Mul',
    'Sub',
    'MatMul',
    'Reshape',
  ],
];

const scratch = await mkdtemp(path.join(os.tmpdir(), 'weightroom-ops-'));
try {
  const { OpListSchema, DataType } = await import(await compiled('src/compile/graph/tensorflow_pb.ts'));
  const named = new Set([...(await namesInTfjsNode()), ...OURS]);
  /** @type {any} */
  const list = fromBinary(OpListSchema, allOps(await installedLibraries()));
  const definitions = Object.fromEntries(
    list.op
      .filter(({ name }) => named.has(name))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((op) => [op.name, describe(op, DataType)]),
  );
  const lines = Object.entries(definitions).map(
    ([name, op]) => `  ${JSON.stringify(name)}: ${JSON.stringify(op)}`,
  );
  const file = path.join(root, 'src/compile/operations/definitions.json');
  await writeFile(file, `{\n${lines.join(',\n')}\n}\n`);
  console.log(`${lines.length} of ${list.op.length} ops: ${path.relative(root, file)}`);
} finally {
  await rm(scratch, { recursive: true, force: true });
}

/** @returns {Record<string, unknown>} see operations/definition.ts */
function describe(op, DataType) {
  const typeOf = ({ type, typeAttr, numberAttr, typeListAttr }) => {
    const one = typeAttr || DataType[type]?.toLowerCase() || `type ${type}`;
    if (typeListAttr) return `list(${typeListAttr})`;
    return numberAttr ? `${numberAttr} * ${one}` : one;
  };
  return {
    inputs: op.inputArg.map(typeOf),
    outputs: op.outputArg.map(typeOf),
    outputNames: op.outputArg.map(({ name }) => name),
    attributes: Object.fromEntries(
      op.attr.map(({ name, type, defaultValue }) => [name, defaultValue === undefined ? type : `${type}?`]),
    ),
    ...(op.isStateful ? { stateful: true } : {}),
  };
}

/** A module of ours as something that Node can import. */
async function compiled(file) {
  const outfile = path.join(scratch, `${path.basename(file, '.ts')}.mjs`);
  await build({
    entryPoints: [path.join(root, file)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  });
  return outfile;
}

/** Asks libtensorflow by its C API; a program of ten lines is the shortest way to it from here. */
function allOps(folder) {
  const source = `
    #include <cstdio>
    #include <cstddef>
    struct Buffer { const void* data; size_t length; void (*free)(void*, size_t); };
    extern "C" Buffer* TF_GetAllOpList(void);
    int main() {
      Buffer* ops = TF_GetAllOpList();
      return std::fwrite(ops->data, 1, ops->length, stdout) == ops->length ? 0 : 1;
    }`;
  const program = path.join(scratch, 'ops');
  const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'].map((name) =>
    path.join(folder, name),
  );
  execFileSync('g++', ['-x', 'c++', '-', '-x', 'none', ...libraries, `-Wl,-rpath,${folder}`, '-o', program], {
    input: source,
  });
  return execFileSync(program, { maxBuffer: 2 ** 28, env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } });
}

async function installedLibraries() {
  const { readInstallation, librariesFolder } = await import(
    await compiled('src/engine/tensorflow/installation.ts')
  );
  const installation = await readInstallation();
  if (installation === undefined) throw new Error('Run `weightroom engines install tensorflow` first.');
  return librariesFolder(installation.folder);
}

/** Every word of tfjs-node's sources that could be an op's name. */
async function namesInTfjsNode() {
  const dist = path.dirname(require.resolve('@tensorflow/tfjs-node/dist/index.js'));
  const names = new Set();
  for (const entry of await readdir(dist, { recursive: true })) {
    if (!entry.endsWith('.js') || entry.endsWith('_test.js')) continue;
    const text = await readFile(path.join(dist, entry), 'utf8');
    for (const [name] of text.matchAll(/\b_?[A-Z]\w*/g)) names.add(name);
  }
  return names;
}
