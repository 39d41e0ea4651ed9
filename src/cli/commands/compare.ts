import type { Command } from 'commander';
import { compareModels, type ModelComparison } from '../../quantize/compare';
import { openAnyModel } from '../../quantize/native/open';
import type { Run } from '../session';
import type { Style } from '../style';
import { renderTable } from '../table';
import { formatDecibels, formatNumber, formatShape, shortName } from '../units';

export function addCompare(program: Command, run: Run): void {
  program
    .command('compare')
    .argument('<before>', 'model file to measure against')
    .argument('<after>', 'model file to measure, in any form')
    .description('show how the tensors of two model files differ; the error is measured against the first')
    .addHelpText('after', '\nExample:\n  weightroom compare model.safetensors model.w4.safetensors')
    .action((before: string, after: string) =>
      run(async (session) => {
        const a = await openAnyModel(before);
        try {
          const b = await openAnyModel(after);
          try {
            const total = a.tensors.reduce((sum, { bytes }) => sum + bytes, 0);
            const comparison = await compareModels(a, b, (what, done) =>
              session.progress.update({ what, done, total, unit: 'bytes' }),
            );
            session.answer(comparison, (style) => comparisonText(comparison, style));
          } finally {
            await b.close();
          }
        } finally {
          await a.close();
        }
      }),
    );
}

function comparisonText({ added, removed, changed, identical }: ModelComparison, style: Style): string {
  const parts = [`${identical} tensors are identical, ${changed.length} differ.`];
  if (added.length > 0) parts.push(`Only in the second: ${added.join(', ')}.`);
  if (removed.length > 0) parts.push(`Only in the first: ${removed.join(', ')}.`);
  if (changed.length > 0) {
    const columns = [
      { title: 'Tensor' },
      { title: 'Shape' },
      { title: 'SNR', right: true },
      { title: 'Distortion', right: true },
      { title: 'MSE', right: true },
      { title: 'Largest error', right: true },
    ];
    const rows = changed.map(({ name, shape, snrDb, distortion, mse, maxAbs }) => [
      shortName(name),
      formatShape(shape),
      formatDecibels(snrDb),
      formatNumber(distortion),
      formatNumber(mse),
      formatNumber(maxAbs),
    ]);
    parts.push('', renderTable(columns, rows, style));
  }
  return parts.join('\n');
}
