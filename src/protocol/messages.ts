/**
 * What crosses the border between the extension host and a webview. A webview says `ready` and gets a
 * snapshot; after that it gets increments, at most ten a second. Of a long run the snapshot has the first
 * points alone, and increments bring the rest. Back comes only intent.
 */
import type { EngineId, EngineStatus } from './engine';
import type { FinishedEvent, Quality, RateDistortion, TensorResult } from './events';
import type { GradientPlane, InstrumentCost, LayerHistogram, VerdictEvent } from './instruments';
import type { JobSpec } from './jobSpec';
import type { RunSummary } from './run';
import type { StudyRow } from './study';
import type { TrialResult } from './sweep';

/** One metric over steps, as columns of equal length. */
export interface Series {
  readonly name: string;
  readonly steps: Float64Array;
  readonly epochs: Float64Array;
  /** Seconds since the run started. */
  readonly seconds: Float64Array;
  readonly values: Float64Array;
}

/** A quantity of one layer over steps; `name` is the quantity's identifier. */
export interface LayerSeries extends Series {
  readonly layer: string;
}

/** Something that was read at a step. */
export type AtStep<T> = T & { readonly step: number };

/** What the instruments of a training have said. In an increment, what is absent has not changed. */
export interface InstrumentsView {
  /** Of the model as a whole, by quantity; in an increment the new points. */
  readonly readings?: readonly Series[];
  readonly byLayer?: readonly LayerSeries[];
  /** Of each kind and layer those that are kept, in the order of steps; in an increment the new ones. */
  readonly histograms?: readonly AtStep<LayerHistogram>[];
  /** The latest of each layer. */
  readonly planes?: readonly AtStep<GradientPlane>[];
  /** What each instrument has cost up to now. */
  readonly costs?: readonly InstrumentCost[];
  /** The latest of each id, in the order in which they were first said. */
  readonly verdicts?: readonly VerdictEvent[];
}

/** Everything that a panel shows of one run. */
export interface RunView {
  readonly summary: RunSummary;
  readonly spec: JobSpec;
  readonly series: readonly Series[];
  readonly tensors: readonly TensorResult[];
  /** This model under other methods and bits; absent until it is measured. */
  readonly rateDistortion?: RateDistortion;
  /** Tasks before and after, in the order of their measurement. */
  readonly quality?: readonly Quality[];
  /** Of a study, in the order in which they were found. */
  readonly figures?: readonly StudyRow[];
  /** Of a training with instruments. */
  readonly instruments?: InstrumentsView;
  /** Of a sweep, in the order in which they ended. */
  readonly trials?: readonly TrialResult[];
  readonly messages: readonly { readonly level: 'info' | 'warning'; readonly text: string }[];
  /** Comes with the last point. */
  readonly finished?: FinishedEvent;
  /** `TensorFlow 2.21.0 on CPU`; absent where no engine was loaded. */
  readonly engine?: string;
}

/** A panel on one run: the run panel and the quantization report. */
export type ToRunPanel =
  | { readonly type: 'snapshot'; readonly run: RunView }
  /** To be appended: new points of each series, new tensors, tasks, figures, trials and messages. The rest is complete. */
  | {
      readonly type: 'increment';
      readonly summary: RunSummary;
      readonly series: readonly Series[];
      readonly tensors: readonly TensorResult[];
      readonly rateDistortion?: RateDistortion;
      readonly quality?: readonly Quality[];
      readonly figures?: readonly StudyRow[];
      readonly instruments?: InstrumentsView;
      readonly trials?: readonly TrialResult[];
      readonly messages: RunView['messages'];
      readonly finished?: FinishedEvent;
      readonly engine?: string;
    }
  /** The run's folder is gone. */
  | { readonly type: 'gone' };

export type FromRunPanel =
  | { readonly type: 'ready' }
  | { readonly type: 'cancel' }
  /** Go on where a training was stopped, as a new run. */
  | { readonly type: 'resume' }
  | { readonly type: 'showLog' }
  /** Opens the experiment at the line of a field: `optimizer.learningRate`. */
  | { readonly type: 'showField'; readonly field: string }
  | { readonly type: 'openOutput'; readonly path: string }
  /** Quantize the same model in the same way again, to the packed form. */
  | { readonly type: 'pack' }
  | { readonly type: 'export'; readonly format: 'html' | 'csv' }
  | ChartFile;

/** A file that a chart made, to be saved where a person says. */
export type ChartFile =
  | { readonly type: 'saveImage'; readonly suggestedName: string; readonly png: Uint8Array }
  | { readonly type: 'saveText'; readonly suggestedName: string; readonly text: string };

/** What the Run form shows: what can be run here, and with what. */
export interface LauncherState {
  /** False in an untrusted workspace: then everything can be looked at and nothing started. */
  readonly trusted: boolean;
  readonly experiments: readonly { readonly path: string; readonly label: string }[];
  /** Path of the experiment that is likely meant: taken until a person chooses one in the form. */
  readonly experiment?: string;
  readonly models: readonly { readonly path: string; readonly label: string }[];
  readonly engines: readonly EngineStatus[];
  /** The engine of the settings: taken until a person chooses one in the form. */
  readonly engine: EngineId | 'best';
}

export type ToLauncher =
  | { readonly type: 'state'; readonly state: LauncherState }
  /** An experiment that was made just now, for the form to train. */
  | { readonly type: 'experiment'; readonly path: string }
  /** The text or the statistics that a person has browsed to. */
  | { readonly type: 'calibrationFile'; readonly path: string }
  /** A form was refused; the message stands beside the Run button. */
  | { readonly type: 'refused'; readonly message: string; readonly remedy: string };

export type FromLauncher =
  | { readonly type: 'ready' }
  /** A spec without paths resolved by the webview: `input` and `experiment` come from {@link LauncherState}. */
  | { readonly type: 'run'; readonly spec: JobSpec }
  | { readonly type: 'browseModel' }
  | { readonly type: 'browseCalibration' }
  | { readonly type: 'newExperiment' }
  | { readonly type: 'trust' };
