/** The tests that run inside the extension host of a real VS Code; it calls `run`. */
import './activation';
import './experiments';
import './explorer';
import './manifest';
import './models';
import './questions';
import './runs';
import './tasks';

export { runAll as run } from './registry';
