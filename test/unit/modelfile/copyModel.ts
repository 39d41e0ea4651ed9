/**
 * Copies a model tensor by tensor through its float32 values. Arguments: source, output. Prints the
 * largest memory that this process ever had, in bytes.
 */
import { encodeFloat32, isEncodable } from '../../../src/modelfile/dtype';
import { openModel } from '../../../src/modelfile/open';
import { createPortableWriter } from '../../../src/modelfile/write';

async function copyModel(input: string, output: string): Promise<void> {
  const source = await openModel(input);
  const writer = await createPortableWriter(source, output, { force: false });
  for (const { name, dtype } of source.tensors) {
    if (!isEncodable(dtype)) throw new Error(`${name} is ${dtype}`);
    await writer.write(name, encodeFloat32(await source.readFloat32(name), dtype));
  }
  await writer.finish();
  await source.close();
}

const [input, output] = process.argv.slice(2);
void copyModel(input!, output!).then(() =>
  process.stdout.write(JSON.stringify({ peak: process.resourceUsage().maxRSS * 1024 })),
);
