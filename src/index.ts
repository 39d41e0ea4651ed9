export * from './train/library';
