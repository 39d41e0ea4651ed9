/** What `import … from 'weightroom'` gives to an experiment. */
export {
  arrays,
  type ArraysOptions,
  type ArraySplit,
  type FlatNumbers,
  type NestedNumbers,
} from '../data/arrays';
export { emails, type EmailsOptions } from '../data/emails';
export { mnist, type MnistOptions } from '../data/mnist';
export { text, type TextOptions } from '../data/text';
export { compile, compileModel, compileReadable, type CompileOptions } from './compileLibrary';
export type { CompiledStep, ReadableStep, Reported, SignatureInfo } from '../compile/compile';
export type { CompiledModel } from '../compile/compileModel';
export type { CompileMode } from '../protocol/compileMode';
export type { DataSource } from '../data/source';
export {
  defineExperiment,
  type CustomMetric,
  type CustomModel,
  type Experiment,
  type LossFunction,
  type LossName,
  type Parameters,
} from './experiment';
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
