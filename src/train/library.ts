/** What `import … from 'weightroom'` gives to an experiment. */
export {
  arrays,
  type ArraysOptions,
  type ArraySplit,
  type FlatNumbers,
  type NamedTargets,
  type NestedNumbers,
} from '../data/arrays';
export { cifar10, cifar100, type Cifar100Options, type CifarOptions } from '../data/cifar';
export { csv, type CsvOptions } from '../data/csv';
export { emails, type EmailsOptions } from '../data/emails';
export { fashionMnist, type FashionMnistOptions } from '../data/fashionMnist';
export { mnist, type MnistOptions } from '../data/mnist';
export { multiMnist, type MultiMnistOptions } from '../data/multiMnist';
export { npz, type NpzOptions } from '../data/npz';
export { text, type TextOptions } from '../data/text';
export { compile, compileModel, compileReadable, type CompileOptions } from './compileLibrary';
export { optimizer, type StandaloneOptimizer, type StandaloneOptions } from './optimizerLibrary';
export type { CompiledStep, ReadableStep, Reported, SignatureInfo } from '../compile/compile';
export type { CompiledModel } from '../compile/compileModel';
export type { CompileMode } from '../protocol/compileMode';
export type { AugmentOptions } from './batches/augment';
export type { DataSource } from '../data/source';
export {
  defineExperiment,
  type CustomMetric,
  type CustomModel,
  type Experiment,
  type LossFunction,
  type LossName,
  type Parameters,
  type Task,
  type TaskLosses,
} from './experiment';
export type { LastLayerSettings } from './lastLayer/settings';
export type { RateSchedule } from './optimizers/rateSchedule';
export type {
  AdamSettings,
  AdamWSettings,
  LionSettings,
  MomentumSettings,
  MuonSettings,
  NagGsSettings,
  OptimizerSettings,
  ScheduleFreeSettings,
  SgdSettings,
} from './optimizers/settings';
