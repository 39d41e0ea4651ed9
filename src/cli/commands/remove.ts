import type { Command } from 'commander';
import { removeRun } from '../../runs/remove';
import { RUN } from '../arguments';
import type { Run } from '../session';

export function addRemove(program: Command, run: Run): void {
  program
    .command('remove')
    .argument('<run>', RUN)
    .description('remove the folder of a run that is over, with all its files')
    .addHelpText('after', '\nExample:\n  weightroom remove 8f3a')
    .action((text: string) =>
      run(async (session) => {
        const { id, folder } = await session.findRun(text);
        await removeRun(folder);
        session.answer({ id, state: 'removed' }, () => `${id} is removed.`);
      }),
    );
}
