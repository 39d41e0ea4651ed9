import type { LayersModel } from '@tensorflow/tfjs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TensorFlow } from '../../../src/engine/engine';
import { openModel } from '../../../src/modelfile/open';
import type { OutputForm, QuantizationMethodId } from '../../../src/protocol/jobSpec';
import { quantizeSpec, quantizeWhole } from '../quantize/modelFiles';

/** Saves a model as `model.json` and `weights.bin`, and returns the path of the former. */
export async function saveModel(tf: TensorFlow, model: LayersModel, folder: string): Promise<string> {
  const file = path.join(folder, 'model.json');
  await model.save(
    tf.io.withSaveHandler(async ({ weightData, weightSpecs, ...described }) => {
      await writeFile(path.join(folder, 'weights.bin'), new Uint8Array(weightData as ArrayBuffer));
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      await writeFile(file, JSON.stringify({ ...described, weightsManifest }));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return file;
}

/** Quantizes a model file and returns the path of the output. */
export async function quantized(
  input: string,
  output: string,
  { method = 'rtn', form = 'native' }: { method?: QuantizationMethodId; form?: OutputForm } = {},
): Promise<string> {
  const model = await openModel(input);
  try {
    await quantizeWhole(model, quantizeSpec(input, output, { method, form }));
  } finally {
    await model.close();
  }
  return output;
}
