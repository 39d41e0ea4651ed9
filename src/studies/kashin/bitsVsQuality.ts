import type { RunEventBody } from '../../protocol/events';
import { UserError } from '../../protocol/userError';
import { rateDistortionCases } from '../../quantize/rateDistortion';
import { measureQuality, type QualitySize } from '../quality/measureQuality';
import { NEXT_BYTE, SPAM_OR_HAM, type Task } from '../quality/task';
import { withScratchFolder } from '../scratchFolder';
import type { Study, StudyContext, StudyPart } from '../study';

/**
 * What true bits are worth in the task that a network is for, for every method, with and without error
 * feedback: a small transformer that predicts the next byte of a text, and the same one fine-tuned to tell spam
 * from wanted e-mails. Both are trained here, so nobody published figures of them.
 */
export const bitsVsQuality: Study = {
  id: 'kashin/bits-vs-quality',
  title: 'What bits are worth in a task: next-byte prediction and spam detection of networks trained here',
  parts: (quick) => [NEXT_BYTE, SPAM_OR_HAM].map((task) => taskPart(task, quick ? QUICK : FULL)),
};

const FULL: QualitySize = {
  overrides: {},
  cases: rateDistortionCases(undefined, [1.5, 2, 2.5, 3, 4]),
  samples: 400,
};

/** A network that is hardly trained: it shows that all parts work together, and little of what bits are worth. */
const QUICK: QualitySize = {
  overrides: { 'parameters.width': 32, 'parameters.layers': 1, 'parameters.heads': 2 },
  maxSteps: 60,
  cases: rateDistortionCases(undefined, [2, 4]),
  samples: 32,
  tested: 64,
};

function taskPart(task: Task, size: QualitySize): StudyPart {
  return {
    what: task.name,
    run: (context) =>
      withScratchFolder(context.outputs, (scratch) => withoutMissingData(task, size, scratch, context)),
  };
}

/** E-mails come with a package that not everybody has: then the other task is still worth its time. */
async function* withoutMissingData(
  task: Task,
  size: QualitySize,
  scratch: string,
  context: StudyContext,
): AsyncGenerator<RunEventBody> {
  try {
    yield* measureQuality(task, size, scratch, context);
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'spam-assassin-not-found') throw error;
    const text = `"${task.name}" is left out. ${error.message} ${error.remedy}`;
    yield { type: 'message', level: 'warning', text };
  }
}
