import type { Command } from 'commander';
import { cancelRun } from '../../runs/cancel';
import { RUN } from '../arguments';
import type { Run } from '../session';

export function addCancel(program: Command, run: Run): void {
  program
    .command('cancel')
    .argument('<run>', RUN)
    .description('stop a run, cleanly within two seconds or else by force; a run that is over stays as it is')
    .addHelpText('after', '\nExample:\n  weightroom cancel 8f3a')
    .action((text: string) =>
      run(async (session) => {
        const { id, folder } = await session.findRun(text);
        const state = await cancelRun(folder);
        session.answer({ id, state }, (style) => `${id} is ${style.state(state)}.`);
      }),
    );
}
