import './main.css';
import type { ChartFile } from '../../src/protocol/messages';
import { connect } from '../host';
import { savingHost } from '../ui/chartHost';
import { app, element } from '../ui/dom';
import { FIRST_NAG_GS, type ExplorerPoint } from '../ui/explorer/explorerPoint';
import { stabilityExplorer } from '../ui/explorer/stabilityExplorer';

/** The page is taken down while it is hidden: the point comes back with it. */
interface State {
  readonly point: ExplorerPoint;
}

const host = connect<never, ChartFile, State>();
const explorer = stabilityExplorer(savingHost(host.post), {
  first: host.getState().point ?? FIRST_NAG_GS,
  onPoint: (point) => host.setState({ point }),
});
app().replaceChildren(element('div', { class: 'instruments' }, explorer.element));
