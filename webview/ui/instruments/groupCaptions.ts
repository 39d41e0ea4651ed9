/**
 * What the chart of a group of quantities says, for somebody who sees it for the first time; how each quantity is
 * estimated is in the hover of its title.
 */
export const GROUP_CAPTIONS: Readonly<Record<string, string>> = {
  'Gradient norm': 'How steep the loss is. It falls as training settles; a spike is trouble.',
  'Gradient variance': 'How much the gradients of single examples disagree.',
  'Tests of the batch size': 'Above the line a batch’s gradient is more noise than direction.',
  'Gradient noise scale': 'In examples: larger batches than this save few steps.',
  'Signal-to-noise ratio': 'How clearly one example says where a weight should go.',
  'Step position': 'Where a step ends in the valley of its batch: before the bottom, or past it.',
  'Update over weights': 'How much of the weights a step changes.',
  'Dead units': 'Outputs that no longer learn, as a share of all.',
  Step: 'How far a gradient moves the weights: at once, and in the end.',
  Momentum: 'Which share of its speed a step keeps for the next.',
  Distance: 'How long a step is, and how far the weights have come.',
  Curvature: 'Where the curvature is in the shaded part, steps grow.',
  'Stability margin': 'How many times the curvature could rise before steps grow.',
  'Splitting consistency': 'How far a step of the last layer is from the flow that it stands for.',
  'Trace of the Hessian': 'The curvature of all directions together: how sharp the valley is.',
  'Noise floor': 'The loss that noise keeps up, as predicted and as the run has it.',
  'Spectral radius': 'The factor by which a step changes the distance to the minimum.',
  'NAG-GS': 'The parameters that the optimizer follows.',
};
