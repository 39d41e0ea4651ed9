import { Argument, type Command } from 'commander';
import { probeEngines } from '../../engine/registry';
import { installTensorflow } from '../../engine/tensorflow/install';
import type { EngineStatus } from '../../protocol/engine';
import type { Run } from '../session';
import type { Style } from '../style';
import { renderTable } from '../table';

export function addEngines(program: Command, run: Run): void {
  const engines = program
    .command('engines')
    .description('list what can compute tensors here, with device and reason')
    .addHelpText('after', '\nExample:\n  weightroom engines')
    .action(() =>
      run(async (session) => {
        const statuses = await probeEngines();
        session.answer(statuses, (style) => enginesTable(statuses, style));
      }),
    );
  engines
    .command('install')
    .description('find or fetch what an engine needs; the others come with Weightroom')
    .addArgument(new Argument('<id>', 'engine to install').choices(['tensorflow']))
    .addHelpText('after', '\nExample:\n  weightroom engines install tensorflow')
    .action(() =>
      run(
        async (session) => {
          const { clean, atOnce } = session.interruption;
          // The installation cleans up after itself when it is aborted; the second Ctrl-C does not wait.
          const installed = await session.interruption.race(
            installTensorflow({
              signal: clean,
              onProgress: (step) => session.progress.update({ ...step, unit: 'bytes' }),
            }),
            atOnce,
          );
          session.answer([installed], (style) => enginesTable([installed], style));
        },
        { stopsItself: true },
      ),
    );
}

function enginesTable(statuses: readonly EngineStatus[], style: Style): string {
  return renderTable(
    [{ title: 'Engine' }, { title: 'Usable' }, { title: 'Device' }, { title: 'Version' }, { title: 'Why' }],
    statuses.map(({ id, usable, device, version, reason }) => [
      id,
      usable ? 'yes' : 'no',
      device,
      version,
      reason,
    ]),
    style,
  );
}
