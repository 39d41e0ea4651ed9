/** By what a learning rate is multiplied in the step that follows so many others; above 0. */
export type RateFactor = (stepsDone: number) => number;

/** The rate that is given, in every step. */
export const CONSTANT_RATE: RateFactor = () => 1;
