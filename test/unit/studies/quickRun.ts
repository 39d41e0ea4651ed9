import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { loadEngine } from '../../../src/engine/registry';
import type { RunEventBody } from '../../../src/protocol/events';
import type { StudyId, StudyRow } from '../../../src/protocol/study';
import { inlinePool } from '../../../src/quantize/kernels/pool';
import { findStudy } from '../../../src/studies/registry';
import { runStudy } from '../../../src/studies/run';
import type { StudyContext } from '../../../src/studies/study';
import { temporaryFolder } from '../modelfile/temporaryFolder';

/** A quick run in a workspace of its own. */
export async function quickContext(signal = new AbortController().signal): Promise<StudyContext> {
  const outputs = path.join(await temporaryFolder(), 'runs', 'first', 'outputs');
  await mkdir(outputs, { recursive: true });
  const engine = () => loadEngine('tensorflow');
  return { quick: true, seed: 1, pool: inlinePool, signal, outputs, engine };
}

/** Rows of a quick run by what they are about, and everything that it told. */
export async function quickRun(
  id: StudyId,
  context?: StudyContext,
): Promise<{ readonly rows: ReadonlyMap<string, StudyRow>; readonly events: readonly RunEventBody[] }> {
  const study = runStudy(findStudy(id), context ?? (await quickContext()));
  const events: RunEventBody[] = [];
  for (;;) {
    const next = await study.next();
    if (next.done) return { rows: new Map(next.value.map((row) => [row.what, row])), events };
    events.push(next.value);
  }
}
