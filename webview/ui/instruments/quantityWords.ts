import { QUANTITIES, type InstrumentCost, type Quantity } from '../../../src/protocol/instruments';
import { formatCount, formatDuration, metricTitle } from '../format';

/** Above this share of the run's time a measurement says in sight what it costs. */
const DEAR = 0.1;

/** What is known of a quantity; one of a later version has its name alone. */
export function quantityOf(id: string): Quantity {
  return (
    QUANTITIES[id] ?? {
      title: metricTitle(id),
      tab: 'gradients',
      group: metricTitle(id),
      scale: 'linear',
      estimator: 'This version does not know how it is estimated.',
    }
  );
}

/** The cost of the instrument that reads a quantity, where it is known. */
export function costOf(id: string, costs: readonly InstrumentCost[]): InstrumentCost | undefined {
  return costs.find(({ instrument, quantities }) => quantities?.includes(id) ?? instrument === id);
}

/** Title, estimator, unit and cost of quantities, a line each: the hover of what shows them. */
export function quantityHover(ids: readonly string[], costs: readonly InstrumentCost[]): string {
  return ids
    .map((id) => {
      const { title, estimator, unit } = quantityOf(id);
      const cost = costOf(id, costs);
      return [
        `${title}: ${estimator}`,
        unit === undefined ? 'It has no unit.' : `Unit: ${unit}.`,
        cost ? `Cost: ${costText(cost)}.` : 'Its cost is not known yet.',
      ].join(' ');
    })
    .join('\n');
}

/** What is said in sight of quantities that cost more than a tenth of the run's time. */
export function costRemark(ids: readonly string[], costs: readonly InstrumentCost[]): string | undefined {
  const share = Math.max(0, ...ids.map((id) => costOf(id, costs)?.share ?? 0));
  return share > DEAR ? `costs ${shareText(share)} of the run’s time` : undefined;
}

/** `4 % of the run’s time, 2.10 s over 100 readings`. */
function costText({ share, seconds, readings }: InstrumentCost): string {
  return `${shareText(share)} of the run’s time, ${formatDuration(seconds)} over ${formatCount(readings)} readings`;
}

/** A share in percent, exact enough to tell small ones apart: `0.4 %`, `16 %`. */
export function shareText(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}
