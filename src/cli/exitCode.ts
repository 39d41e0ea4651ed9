import { UserError } from '../protocol/userError';

export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;
export const EXIT_CANCELLED = 130;

/** Codes of errors that no other flag or file mends: the machine is at fault. */
const MACHINE_FAULTS: readonly string[] = [
  'internal',
  'disk-full',
  'worker-died',
  'never-started',
  'cannot-launch',
  'not-built',
  'engine-unusable',
  'engine-check-failed',
  'binding-build-failed',
  'libtensorflow-not-found',
  'no-binding-source',
  'no-compiler',
  'no-headers',
  'no-python',
  'platform-unsupported',
  'home-not-writable',
  'download-failed',
  'download-corrupt',
];

/** 130 cancelled, 1 a bug or a fault of the machine, 2 bad usage or bad input. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof UserError)) return EXIT_FAILED;
  if (error.code === 'cancelled') return EXIT_CANCELLED;
  return MACHINE_FAULTS.includes(error.code) ? EXIT_FAILED : EXIT_USAGE;
}
