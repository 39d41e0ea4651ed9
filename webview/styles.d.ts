/** Style sheets are imported for their effect: esbuild gathers them into `dist/webview/<panel>.css`. */
declare module '*.css';
