import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TASK_COMMANDS, taskArguments } from '../../../src/host/tasks/taskDefinition';

describe('taskArguments', () => {
  it('is a command line', () => {
    const task = { type: 'weightroom', command: 'sweep', file: 'a.ts', args: ['--grid', 'batchSize=1,2'] };
    expect(taskArguments(task)).toEqual(['sweep', 'a.ts', '--grid', 'batchSize=1,2']);
    expect(taskArguments({ type: 'weightroom', command: 'run', file: 'a.ts' })).toEqual(['run', 'a.ts']);
  });

  it.each([
    [{ command: 'remove', file: 'a' }, '"remove"'],
    [{ command: 'run' }, 'task.file'],
    [{ command: 'run', file: 'a', args: '--epochs 3' }, 'task.args'],
    [{ command: 'run', file: 'a', args: ['--epochs', 3] }, 'task.args[1]'],
  ])('says what is wrong with %j', (task, named) => {
    expect(() => taskArguments(task)).toThrow(named);
  });

  it('knows the commands that the manifest offers', () => {
    const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      contributes: {
        taskDefinitions: { type: string; properties: { command: { enum: string[] } } }[];
      };
    };
    expect(contributes.taskDefinitions[0]).toMatchObject({ type: 'weightroom' });
    expect(contributes.taskDefinitions[0]!.properties.command.enum).toEqual([...TASK_COMMANDS]);
  });
});
