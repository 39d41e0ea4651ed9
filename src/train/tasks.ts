import type { Tensor } from '@tensorflow/tfjs';
import type { Column, DataSet, Split } from '../data/dataSet';
import { UserError } from '../protocol/userError';
import type { Answer, Experiment, Task, TaskLosses } from './experiment';

/** A task with all that belongs to it. */
export interface NamedTask extends Task {
  /** Absent where a model has no other. */
  readonly name?: string;
  /** Its place among the targets of a batch. */
  readonly index: number;
  readonly weight: number;
  readonly target: Column;
}

/** The tasks of an experiment, in the order in which it names them. */
export function tasksOf({ loss, metrics }: Experiment, split: Split): readonly NamedTask[] {
  if (!isTaskLosses(loss)) {
    return [{ index: 0, loss, weight: 1, target: split.y, ...(metrics && { metrics }) }];
  }
  return Object.entries(loss).map(([name, own], index) => {
    const task = isPlainLoss(own) ? { loss: own } : own;
    return { weight: 1, ...task, name, index, target: split.targets![name]! };
  });
}

/**
 * The data with the targets of the tasks and no others, in their order.
 * @throws UserError `tasks-do-not-fit` where a task has no target, or targets have names and there are no tasks
 */
export function withTaskTargets(data: DataSet, { loss }: Experiment): DataSet {
  const tasks = isTaskLosses(loss) ? Object.keys(loss) : [];
  const names = Object.keys(data.train.targets ?? {});
  const missing = tasks.find((task) => !names.includes(task));
  if (missing !== undefined) {
    throw new UserError(
      'tasks-do-not-fit',
      `The loss "${missing}" has no target of that name in ${data.name}.`,
      names.length > 0
        ? `There are: ${names.join(', ')}.`
        : 'Give the targets names: arrays({ train: { x, y: { left: …, right: … } } }).',
    );
  }
  if (tasks.length === 0 && names.length > 0) {
    throw new UserError(
      'tasks-do-not-fit',
      `${data.name} has the targets ${names.join(', ')}, and the experiment has one loss without a name.`,
      `Give each a loss: loss: { ${names.map((name) => `${name}: 'softmaxCrossEntropy'`).join(', ')} }.`,
    );
  }
  if (tasks.length === 0) return data;
  const pick = (split: Split): Split => ({
    ...split,
    targets: Object.fromEntries(tasks.map((task) => [task, split.targets![task]!])),
  });
  return { ...data, train: pick(data.train), ...(data.test && { test: pick(data.test) }) };
}

/**
 * What a model answers for a task; the whole where the task has no name.
 * @throws Error where the model has no such output, or several for one task
 */
export function answerOf(answer: Answer, task: string | undefined): Tensor {
  if (task === undefined) {
    if (isTensor(answer)) return answer;
    throw new Error(`the model has the outputs ${Object.keys(answer).join(', ')}, and there is one loss`);
  }
  if (isTensor(answer)) throw new Error(`the model has one output, and none with the name "${task}"`);
  const own = answer[task];
  if (own !== undefined) return own;
  throw new Error(`the model has no output "${task}", but ${Object.keys(answer).join(', ')}`);
}

/** All that a model answers, in the order of its outputs. */
export function tensorsOf(answer: Answer): readonly Tensor[] {
  return isTensor(answer) ? [answer] : Object.values(answer);
}

function isTensor(answer: Answer): answer is Tensor {
  return typeof answer.dataId === 'object' && typeof answer.dtype === 'string';
}

function isTaskLosses(loss: Experiment['loss']): loss is TaskLosses {
  return typeof loss === 'object';
}

function isPlainLoss(loss: TaskLosses[string]): loss is Task['loss'] {
  return typeof loss !== 'object';
}
