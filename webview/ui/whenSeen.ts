import { element } from './dom';

/** A part of a page that shows a model. */
export interface Part<Model> {
  readonly element: HTMLElement;
  /** Shows the model from now on, or what it has gained. */
  update(model: Model): void;
}

/** A part that is built when it first comes into sight: a page opens without what its other tabs hold. */
export function whenSeen<Model>(build: () => Part<Model>): Part<Model> {
  const place = element('div');
  let part: Part<Model> | undefined;
  let latest: Model | undefined;
  const watch = new ResizeObserver(([entry]) => {
    if (entry!.contentRect.width === 0) return;
    watch.disconnect();
    part = build();
    place.append(part.element);
    if (latest !== undefined) part.update(latest);
  });
  watch.observe(place);
  return {
    element: place,
    update: (model) => {
      latest = model;
      part?.update(model);
    },
  };
}
