import type { PlannedTensor, QuantizeOptions, TensorPlan } from '../method';
import { planLayers, type LayerTensor } from './layerPlan';
import { codedBytes, planSteps } from './stepSearch';

/**
 * The steps of all tensors, such that they take `bits` bits a weight together, or `bytes` bytes: of layers
 * whose inputs are known by {@link planLayers}, of the others by {@link planSteps}, which get the same bits a
 * weight as the whole.
 */
export async function planTensors(
  tensors: readonly PlannedTensor[],
  options: QuantizeOptions,
): Promise<ReadonlyMap<string, TensorPlan>> {
  const layers = tensors.filter((tensor): tensor is LayerTensor => tensor.layer !== undefined);
  if (layers.length === 0) return planSteps(tensors, options);
  const weights = tensors.reduce((sum, { entry }) => sum + entry.size, 0);
  const bytes = options.bytes ?? (options.bits * weights) / 8;
  const others = tensors.filter(({ layer }) => layer === undefined);
  const plans = new Map<string, TensorPlan>();
  let left = bytes;
  if (others.length > 0) {
    const share = others.reduce((sum, { entry }) => sum + entry.size, 0) / weights;
    for (const [name, plan] of await planSteps(others, { ...options, bytes: share * bytes }))
      plans.set(name, plan);
    for (const tensor of others) left -= await codedBytes(tensor, plans.get(tensor.entry.name)!, options);
  }
  for (const [name, plan] of await planLayers(layers, left, options)) plans.set(name, plan);
  return plans;
}
