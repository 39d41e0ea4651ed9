/**
 * How a step is run: `fused` with an optimizer's update as one op of TensorFlow, `exact` with the update's own
 * ops, `off` eagerly.
 */
export const COMPILE_MODES = ['fused', 'exact', 'off'] as const;
export type CompileMode = (typeof COMPILE_MODES)[number];
