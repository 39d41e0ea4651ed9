import { UserError } from '../../protocol/userError';
import { arrayAt, objectAt, optional, stringAt } from '../../protocol/validate';

/** What a `weightroom` task of `tasks.json` may ask for. */
export const TASK_COMMANDS = ['run', 'sweep', 'quantize'] as const;

/**
 * The arguments of the command line for a task: `{ "type": "weightroom", "command": "run", "file": "mnist.ts", "args":
 * ["--epochs", "3"] }`.
 * @throws UserError `malformed` that names the field
 */
export function taskArguments(definition: unknown): readonly string[] {
  const task = objectAt(definition, 'task');
  const command = TASK_COMMANDS.find((known) => known === task['command']);
  if (command === undefined) {
    throw new UserError(
      'malformed',
      `A weightroom task cannot ${JSON.stringify(task['command'])}.`,
      `Give command: ${TASK_COMMANDS.join(', ')}.`,
    );
  }
  const file = stringAt(task['file'], 'task.file');
  const args = optional(task['args'], (value) => arrayAt(value, 'task.args')) ?? [];
  return [command, file, ...args.map((argument, i) => stringAt(argument, `task.args[${i}]`))];
}
