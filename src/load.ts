/** What a web page or a Node program imports to load a model in the native form. */
export { loadQuantized, loadQuantizedTensors, type LoadOptions, type LoadedTensor } from './loader/load';
export { UserError } from './protocol/userError';
