import { createPlainSpreading } from './plainSpreading';
import type { CreateSpreading } from './spreading';
import { createSpreadingKernel, hasSpreadingKernel } from './spreadingKernel';

/** The transform as fast as it can be had: a page's security policy can forbid WebAssembly. */
export const createSpreading: CreateSpreading = (...input) =>
  (hasSpreadingKernel() ? createSpreadingKernel : createPlainSpreading)(...input);
