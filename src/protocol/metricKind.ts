/**
 * What a metric measures, told by its name: `trainLoss` and `trainLossLeft`, the loss of the task `left`, are losses;
 * so is `trainLeftLoss`. `undefined` where its name does not say.
 */
export function metricKind(metric: string): 'loss' | 'accuracy' | undefined {
  if (/loss$/i.test(metric) || /^(train|test)Loss[A-Z]/.test(metric)) return 'loss';
  if (/accuracy$/i.test(metric) || /^(train|test)Accuracy[A-Z]/.test(metric)) return 'accuracy';
  return undefined;
}
