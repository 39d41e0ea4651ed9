import { parentPort } from 'node:worker_threads';
import { describeError, type TaskOutcome, type TaskRequest } from './taskMessages';
import { giveToThread } from './transfer';

/** Makes this thread run the tasks of `table` that a pool asks it for, one after another. */
export function serveTasks(table: Readonly<Record<string, (...input: never[]) => unknown>>): void {
  parentPort!.on('message', ({ name, input }: TaskRequest) => {
    void answer(async () => await table[name]!(...(input as never[])));
  });
}

async function answer(work: () => Promise<unknown>): Promise<void> {
  let outcome: TaskOutcome;
  try {
    outcome = { result: await work() };
  } catch (error) {
    outcome = { error: describeError(error) };
  }
  const { value, transfer } = giveToThread(outcome);
  parentPort!.postMessage(value, transfer);
}
