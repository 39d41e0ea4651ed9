import path from 'node:path';
import type { Model } from '../../modelfile/model';
import { openModel } from '../../modelfile/open';
import { UserError } from '../../protocol/userError';
import { NATIVE_KEYS } from './header';
import { NativeModel } from './model';

/** Opens a model file of any kind; one in the native form is read as the tensors that it stands for. */
export async function openAnyModel(file: string): Promise<Model> {
  const model = await openModel(file);
  return model.metadata[NATIVE_KEYS.format] === 'native' ? new NativeModel(model) : model;
}

/**
 * Opens a file in the native form.
 * @throws UserError `not-native`, and those of {@link NativeModel}
 */
export async function openNative(file: string): Promise<NativeModel> {
  const model = await openAnyModel(file);
  if (model instanceof NativeModel) return model;
  throw new UserError(
    'not-native',
    `${path.basename(file)} is not in the native form.`,
    'Choose a file that was quantized with the form native.',
  );
}
