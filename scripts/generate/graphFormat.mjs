// Makes src/compile/graph/tensorflow_pb.ts from tensorflow.proto, with tools that npm fetches for the
// occasion. Run it after a change of the .proto file; the result is committed.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../src/compile/graph');
const scratch = await mkdtemp(path.join(os.tmpdir(), 'weightroom-proto-'));
try {
  const template = path.join(scratch, 'buf.gen.yaml');
  await writeFile(
    template,
    JSON.stringify({
      version: 'v2',
      plugins: [{ local: 'protoc-gen-es', out: folder, opt: ['target=ts'] }],
    }),
  );
  const tools = ['-p', '@bufbuild/buf@1.75.0', '-p', '@bufbuild/protoc-gen-es@2.17.0'];
  execFileSync(
    'npx',
    ['--yes', ...tools, 'buf', 'generate', '--template', template, '--path', 'tensorflow.proto', '.'],
    { cwd: folder, stdio: 'inherit' },
  );
} finally {
  await rm(scratch, { recursive: true, force: true });
}
