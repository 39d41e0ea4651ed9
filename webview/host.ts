/**
 * The one seam between a panel and what surrounds it. Inside VS Code that is the extension host; in a
 * plain page (the tests, the exported report) it is whatever the page put into `window.weightroomHost`.
 *
 * What a page has to provide, here as in VS Code (N is a fresh nonce, O the origin of the files):
 *
 *     <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-N';
 *           style-src O 'nonce-N'; font-src O; img-src O data: blob:">
 *     <meta property="csp-nonce" content="N">          read by the controls for their one inline style
 *     <link rel="stylesheet" href="dist/webview/<panel>.css">
 *     <body><main id="app"></main>
 *     <script nonce="N" src="dist/webview/<panel>.js"></script></body>
 *
 * `<panel>` is `run`, `comparison`, `quantization`, `launcher`, `explorer` or `report`; these two files are all that a panel loads.
 * Messages arrive as `message` events of the window. Their types are in `src/protocol/messages.ts`.
 */

/** What a page offers to a panel: the interface of VS Code's own webview API. */
export interface HostApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare global {
  // Declared by VS Code inside a webview; may be called once.
  var acquireVsCodeApi: (() => HostApi) | undefined;
  interface Window {
    weightroomHost?: HostApi;
  }
}

/** A typed line to the host: `In` is what the panel receives, `Out` what it sends, `State` what it keeps. */
export interface Host<In, Out, State> {
  readonly post: (message: Out) => void;
  readonly onMessage: (listener: (message: In) => void) => void;
  /** What the panel looked like when it was last shown: selection, zoom, choices. */
  readonly getState: () => Partial<State>;
  readonly setState: (state: State) => void;
}

/** Connects to VS Code, or to `window.weightroomHost` in a plain page. Call it once. */
export function connect<In, Out, State extends object>(): Host<In, Out, State> {
  const api = globalThis.acquireVsCodeApi?.() ?? window.weightroomHost ?? detached();
  return {
    post: (message) => api.postMessage(message),
    onMessage: (listener) => {
      window.addEventListener('message', (event: MessageEvent<In>) => listener(event.data));
    },
    getState: () => asObject(api.getState()),
    setState: (state) => api.setState(state),
  };
}

/** A page with nobody to talk to still works; it forgets its state when it is closed. */
function detached(): HostApi {
  let kept: unknown;
  return { postMessage: () => undefined, getState: () => kept, setState: (state) => (kept = state) };
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
