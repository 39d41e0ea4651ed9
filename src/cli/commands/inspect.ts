import type { Command } from 'commander';
import type { Model, TensorEntry } from '../../modelfile/model';
import { tensorStatistics, type TensorStatistics } from '../../modelfile/statistics';
import { openAnyModel } from '../../quantize/native/open';
import { MODEL_FILE } from '../arguments';
import type { Run, Session } from '../session';
import type { Style } from '../style';
import { renderFacts, renderTable, type Column } from '../table';
import { formatBytes, formatCount, formatNumber, formatShape, shortName } from '../units';

interface InspectedTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  readonly stats?: TensorStatistics;
}

export function addInspect(program: Command, run: Run): void {
  program
    .command('inspect')
    .argument('<file>', MODEL_FILE)
    .description('show what a model file holds; without --stats only its header is read')
    .option('--stats', 'read every tensor: mean, spread, range, kurtosis, share of outliers')
    .addHelpText('after', '\nExample:\n  weightroom inspect model.safetensors --stats')
    .action((file: string, options: { readonly stats?: true }) =>
      run(async (session) => {
        const model = await openAnyModel(file);
        try {
          const tensors = options.stats ? await withStatistics(model, session) : model.tensors.map(describe);
          answer(session, model, tensors);
        } finally {
          await model.close();
        }
      }),
    );
}

function answer(session: Session, model: Model, tensors: readonly InspectedTensor[]): void {
  const { format, bytes, metadata } = model;
  const parameters = model.tensors.reduce((sum, { size }) => sum + size, 0);
  session.answer({ format, bytes, parameters, metadata, tensors }, (style) =>
    [
      renderFacts(
        [
          ['Format', format],
          ['Size', formatBytes(bytes)],
          ['Parameters', formatCount(parameters)],
          ['Tensors', String(tensors.length)],
          ...Object.entries(metadata).map(([key, value]) => [key, oneLine(value)] as const),
        ],
        style,
      ),
      '',
      tensorTable(tensors, style),
    ].join('\n'),
  );
}

function describe({ name, dtype, shape, bytes }: TensorEntry): InspectedTensor {
  return { name, dtype, shape, bytes };
}

async function withStatistics(model: Model, { progress }: Session): Promise<InspectedTensor[]> {
  const total = model.tensors.reduce((sum, { bytes }) => sum + bytes, 0);
  const tensors: InspectedTensor[] = [];
  let done = 0;
  for (const entry of model.tensors) {
    progress.update({ what: entry.name, done, total, unit: 'bytes' });
    tensors.push({ ...describe(entry), stats: tensorStatistics(await model.readFloat32(entry.name)) });
    done += entry.bytes;
  }
  return tensors;
}

const STATISTICS = ['mean', 'std', 'min', 'max', 'kurtosis', 'outlierShare'] as const;

function tensorTable(tensors: readonly InspectedTensor[], style: Style): string {
  const columns: Column[] = [
    { title: 'Tensor' },
    { title: 'Type' },
    { title: 'Shape' },
    { title: 'Size', right: true },
  ];
  if (tensors.some(({ stats }) => stats)) {
    columns.push(...STATISTICS.map((title) => ({ title, right: true })));
  }
  const rows = tensors.map(({ name, dtype, shape, bytes, stats }) => [
    shortName(name),
    dtype,
    formatShape(shape),
    formatBytes(bytes),
    ...(stats ? STATISTICS.map((figure) => formatNumber(stats[figure])) : []),
  ]);
  return renderTable(columns, rows, style);
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
