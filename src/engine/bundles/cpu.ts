/** The cpu engine's bundle: TensorFlow.js with its plain JavaScript backend, which is part of it. */
export * as tf from '@tensorflow/tfjs';
