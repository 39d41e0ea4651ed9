/** What help says of arguments that several commands take. */

export const MODEL_FILE =
  'a .safetensors file, the .safetensors.index.json of a sharded model, or the model.json of a TensorFlow.js model';

export const RUN = 'its name, a unique beginning or end of it, or its folder';
