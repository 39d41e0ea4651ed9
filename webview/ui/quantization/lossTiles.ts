import type { Quality, QuantizeSummary } from '../../../src/protocol/events';
import { formatCount, formatDecibels, formatFixed, formatNumber } from '../format';
import type { RunModel } from '../runModel';
import type { Tile } from '../tiles';
import { closingFigures, pooledDistortion } from './wholeModel';

/** What the model lost: error of the weights, and each task before and after. */
export function lossTiles(run: RunModel): readonly Tile[] {
  const quantized = run.tensors.filter(({ action }) => action === 'quantized');
  if (run.tensors.length === 0) return [];
  const kept = run.tensors.length - quantized.length;
  const distortion = closingFigures(run)?.distortion ?? pooledDistortion(quantized);
  const tiles: Tile[] = [];
  if (quantized.length > 0) {
    tiles.push({
      label: 'Signal to noise',
      value: formatDecibels(closingFigures(run)?.snrDb ?? -10 * Math.log10(distortion)),
      title: '−10·log₁₀ of the distortion, in decibels',
    });
    tiles.push({
      label: 'Distortion',
      value: formatNumber(distortion, 3),
      title: 'Squared error over squared weights, both summed over all quantized tensors',
    });
  }
  tiles.push({
    label: 'Tensors',
    value: formatCount(quantized.length),
    note: `quantized; ${formatCount(kept)} kept`,
    title: 'Tensors that were quantized; those kept are copied unchanged, each row says why',
  });
  return [...tiles, ...run.quality.map((quality) => qualityTile(quality, closingFigures(run)))];
}

function qualityTile(quality: Quality, closing: QuantizeSummary | undefined): Tile {
  const { task, metric, unit, before, after, higherIsBetter, samples } = quality;
  const digits = decimals(Math.max(Math.abs(before), Math.abs(after)));
  const value = (number: number) =>
    `${number === 0 ? '0' : formatFixed(number, digits)}${unit === undefined ? '' : ` ${unit}`}`;
  const change = Number(after.toFixed(digits)) - Number(before.toFixed(digits));
  return {
    label: `${task}: ${metric}`,
    value: `${value(before)} → ${value(after)}`,
    note: [
      verdict(change, higherIsBetter, value),
      `${formatCount(samples)} samples`,
      ...(closing ? [`at ${closing.bitsPerWeight.file.toFixed(3)} bits a weight, whole file`] : []),
    ].join('; '),
    title: `${metric} with the model as it was, and as it is now, over the same ${formatCount(samples)} samples; ${
      higherIsBetter ? 'more' : 'less'
    } is better`,
  };
}

function verdict(change: number, higherIsBetter: boolean, value: (number: number) => string): string {
  if (change === 0) return 'the same';
  return `${change > 0 === higherIsBetter ? 'better' : 'worse'} by ${value(Math.abs(change))}`;
}

/** Digits after the point that show a number to four significant digits. */
function decimals(size: number): number {
  return size > 0 ? Math.min(6, Math.max(0, 3 - Math.floor(Math.log10(size)))) : 0;
}
