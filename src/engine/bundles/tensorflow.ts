/**
 * The tensorflow engine's bundle. tfjs-node loads its native binding as soon as it is imported, so the
 * environment is prepared first; the binding's path comes from `tensorflow/bindingLocation.ts`.
 */
import '../tensorflow/nodeCompatibility';
export * as tf from '@tensorflow/tfjs-node';
export { describeBackend, trainOneStep } from '../tensorflow/backend';
