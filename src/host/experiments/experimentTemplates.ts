/** An example that a new experiment can start from. */
export interface ExperimentTemplate {
  /** In the folder of the examples. */
  readonly file: string;
  /** Files that it reads, which are copied beside it where they are not there yet. */
  readonly companions: readonly string[];
}

/** From the simplest on. */
export const EXPERIMENT_TEMPLATES = {
  logisticRegression: { file: 'mnist-logistic.ts', companions: [] },
  mlp: { file: 'mnist-mlp.ts', companions: [] },
  cnn: { file: 'mnist-cnn.ts', companions: [] },
  resnet20: { file: 'cifar-resnet20.ts', companions: ['residualNetwork.ts'] },
  multiTask: { file: 'multi-mnist.ts', companions: [] },
  textClassifier: { file: 'email-transformer.ts', companions: ['transformer.ts'] },
  languageModel: { file: 'text-transformer.ts', companions: ['transformer.ts', 'data/shakespeare.txt'] },
} as const satisfies Readonly<Record<string, ExperimentTemplate>>;

export type TemplateName = keyof typeof EXPERIMENT_TEMPLATES;
