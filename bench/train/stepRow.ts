import type { BenchContext, BenchRow, Device, RowSource } from '../bench';
import { UserError } from '../../src/protocol/userError';
import { pytorch, tensorflowJs, type Command } from './contestants';
import { disturbanceNote, joinNotes, lossNote, ratioNote, refusalNote, targetOf } from './notes';
import { NETWORKS, type NetworkName } from './networks/networks';
import { installPyTorch, requireCuda, type PyTorch } from './pytorch';
import { race, withProblem, type Outcome } from './race';

const OURS = 'compiled';
const EAGER = 'TensorFlow.js, eager';
const DEFAULT = 'PyTorch';

interface StepRow {
  readonly id: string;
  readonly what: string;
  readonly network: NetworkName;
  /** What makes PyTorch fastest here. */
  readonly best: string;
  /** Part of PyTorch's time that is to be reached. */
  readonly target: number;
}

/** One network's training step: ours compiled beside the same code run eagerly, which is stock TensorFlow.js, and PyTorch. */
export function stepRow(row: StepRow): RowSource {
  return async function* (context: BenchContext): AsyncGenerator<BenchRow> {
    context.progress(row.what);
    const peer = await pytorchOrReason(context);
    const outcome = await withProblem(row.network, (file) =>
      race(contestantsOf(row, peer, context.device, file), context),
    );
    yield describe(row, outcome, typeof peer === 'string' ? peer : undefined);
  };
}

function contestantsOf({ network, best }: StepRow, peer: PyTorch | string, device: Device, file: string) {
  const commands = new Map<string, Command>([
    [OURS, tensorflowJs(network, 'step', 'fused', file)],
    [EAGER, tensorflowJs(network, 'step', 'off', file)],
  ]);
  if (typeof peer !== 'string') {
    commands.set(DEFAULT, pytorch(peer, network, 'default', device, file));
    commands.set(`${DEFAULT}, ${best}`, pytorch(peer, network, 'best', device, file));
  }
  return commands;
}

function describe(
  { id, what, network, target }: StepRow,
  { ready, verdicts }: Outcome<string>,
  missing: string | undefined,
): BenchRow {
  const ours = verdicts.get(OURS)!;
  const theirs = verdicts.get(DEFAULT);
  const peers = [...verdicts].filter(([name]) => name !== OURS);
  return {
    id,
    what,
    unit: 'ms a step',
    ours: ours.pace,
    peers: Object.fromEntries(peers.map(([name, { pace }]) => [name, pace])),
    ...(theirs && targetOf(theirs, target)),
    note: joinNotes(
      theirs && ratioNote(ours, theirs, 'PyTorch’s', target),
      missing,
      lossNote(ready, 'step', NETWORKS[network].differs),
      refusalNote(ready),
      disturbanceNote(verdicts),
    ),
  };
}

async function pytorchOn(context: BenchContext): Promise<PyTorch> {
  const pytorch = await installPyTorch(context);
  if (context.device === 'gpu') await requireCuda(pytorch);
  return pytorch;
}

/** Why PyTorch cannot be had is told with every row, and looked for once. */
let known: PyTorch | string | undefined;

async function pytorchOrReason(context: BenchContext): Promise<PyTorch | string> {
  try {
    known ??= await pytorchOn(context);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    known = `without PyTorch: ${error.message}`;
  }
  return known;
}
