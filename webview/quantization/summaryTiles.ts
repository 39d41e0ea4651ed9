import type { TensorResult } from '../../src/protocol/events';
import { formatBytes, formatCount, formatDecibels, formatNumber } from '../ui/format';
import type { RunModel } from '../ui/runModel';
import type { Tile } from '../ui/tiles';
import { weights } from './tensorColumns';

/** The figures of the whole model: of a finished run from its summary, before that what the tensors say. */
export function summaryTiles(run: RunModel): readonly Tile[] {
  const summary = run.finished?.summary?.job === 'quantize' ? run.finished.summary : undefined;
  const quantized = run.tensors.filter((tensor) => tensor.action === 'quantized');
  if (run.tensors.length === 0 && !summary) return [];
  const distortion = summary?.distortion ?? pooledDistortion(quantized);
  const snrDb = summary?.snrDb ?? -10 * Math.log10(distortion);
  const tiles: Tile[] = [];
  if (summary) {
    const { before, after } = summary.bytes;
    tiles.push({
      label: 'Size',
      value: `${formatBytes(before)} → ${formatBytes(after)}`,
      note: sizeNote(before, after),
      title: 'Bytes of the model’s tensors before, and bytes of the file that was written',
    });
    tiles.push({
      label: 'Bits a weight, whole file',
      value: summary.bitsPerWeight.file.toFixed(3),
      note: `${summary.bitsPerWeight.weights.toFixed(3)} of the quantized weights`,
      title: 'All bits of the native form over all parameters, those that were kept included',
    });
  }
  if (quantized.length > 0) {
    tiles.push({
      label: 'Distortion',
      value: formatNumber(distortion, 3),
      title: 'Squared error over squared weights, both summed over all quantized tensors',
    });
    tiles.push({
      label: 'Signal to noise',
      value: formatDecibels(snrDb),
      title: '−10·log₁₀ of the distortion, in decibels',
    });
  }
  const kept = run.tensors.length - quantized.length;
  tiles.push({
    label: 'Tensors',
    value: formatCount(quantized.length),
    note: `quantized; ${formatCount(kept)} kept`,
    title: 'Tensors that were quantized; those kept are copied unchanged, each row says why',
  });
  return tiles;
}

function sizeNote(before: number, after: number): string {
  const ratio = before / after;
  return ratio >= 1.05 ? `${ratio.toFixed(1)} times smaller` : 'dequantized: the size of the source';
}

/** Error energy over signal energy. A tensor's energy is its MSE over its distortion, times its weights. */
function pooledDistortion(tensors: readonly TensorResult[]): number {
  let error = 0;
  let signal = 0;
  for (const tensor of tensors) {
    if (!(tensor.distortion > 0)) continue;
    error += tensor.mse * weights(tensor);
    signal += (tensor.mse / tensor.distortion) * weights(tensor);
  }
  return signal > 0 ? error / signal : 0;
}
