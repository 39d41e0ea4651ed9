import type { InstrumentsModel } from './instrumentsModel';

/** A tab that shows what instruments said. */
export interface InstrumentsTab {
  readonly element: HTMLElement;
  update(model: InstrumentsModel): void;
  dispose(): void;
}

/** What a tab is opened with: `View` is what a person chose in it. */
export interface TabOptions<View> {
  readonly view: View;
  readonly onView: (view: View) => void;
}
