import type { NamedVariable } from '../optimizers/optimizer';

/** Variables that belong together: `dense_1/kernel` and `dense_1/bias` are the layer `dense_1`. */
export interface Layer {
  readonly name: string;
  /** Places of its variables in the list that was grouped. */
  readonly places: readonly number[];
}

/** Groups variables by what stands before the last slash of their names; one without a slash is its own layer. */
export function layersOf(variables: readonly NamedVariable[]): readonly Layer[] {
  const layers = new Map<string, number[]>();
  variables.forEach(({ name }, place) => {
    const slash = name.lastIndexOf('/');
    const layer = slash > 0 ? name.slice(0, slash) : name;
    layers.set(layer, [...(layers.get(layer) ?? []), place]);
  });
  return [...layers].map(([name, places]) => ({ name, places }));
}

/** Sums over the variables of each layer. */
export function sumByLayer(layers: readonly Layer[], byVariable: ArrayLike<number>): number[] {
  return layers.map(({ places }) => places.reduce((sum, place) => sum + byVariable[place]!, 0));
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
