export * from './train/library';
export { watch, type FitCallbacks, type WatchOptions } from './worker/watchFit';
