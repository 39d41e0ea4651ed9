import type { JobSpec } from '../../../src/protocol/jobSpec';
import { formatBytes, formatDuration, formatTick } from '../format';
import type { RunModel } from '../runModel';
import type { Tile } from '../tiles';
import { closingFigures, nativeBytes, pooledBits, weights } from './wholeModel';

/** What the run costs: size before and after, true bits a weight beside those that were asked for, and time. */
export function costTiles(run: RunModel): readonly Tile[] {
  const summary = closingFigures(run);
  const quantized = run.tensors.filter(({ action }) => action === 'quantized');
  const asked = nominal(run.spec);
  if (!summary) {
    if (quantized.length === 0) return [];
    return [
      {
        label: 'Bits a weight, so far',
        value: pooledBits(quantized).toFixed(3),
        note: asked,
        title:
          'All bits of the tensors that are quantized so far, scales and tables counted, over their weights',
      },
    ];
  }
  const { before, after } = summary.bytes;
  return [
    {
      label: 'Size',
      value: `${formatBytes(before)} → ${formatBytes(after)}`,
      note: sizeNote(before, after),
      title: 'Bytes of the model’s tensors before, and bytes of the file that was written',
    },
    {
      label: 'Bits a weight, whole file',
      value: summary.bitsPerWeight.file.toFixed(3),
      note: [
        asked,
        `${summary.bitsPerWeight.weights.toFixed(3)} in the quantized weights`,
        ...withTopology(run),
      ].join('; '),
      title:
        'All bits of the native file over all parameters: codes, scales, tables, names, and the tensors that were kept',
    },
    {
      label: 'Time',
      value: formatDuration(run.summary.seconds),
      title:
        'From the start of the run to its end: reading, writing, and trying the other methods on a sample',
    },
  ];
}

/** Of a TensorFlow.js model, whose topology stands in a file beside the weights. */
function withTopology(run: RunModel): readonly string[] {
  const native = nativeBytes(run);
  if (!native || native.topology === 0) return [];
  const parameters = run.tensors.reduce((sum, tensor) => sum + weights(tensor), 0);
  return [`${((8 * native.all) / parameters).toFixed(3)} with model.json`];
}

/** What was asked for: bits, or a size. */
function nominal(spec: JobSpec): string {
  if (spec.job !== 'quantize') return '';
  return spec.size === undefined ? `${formatTick(spec.bits)} nominal` : `${formatBytes(spec.size)} asked for`;
}

function sizeNote(before: number, after: number): string {
  const ratio = before / after;
  return ratio >= 1.05 ? `${ratio.toFixed(1)} times smaller` : 'as large as before';
}
