/** `./assembly/<name>.wasm` is compiled from `./assembly/<name>.ts` when a bundle is built. */
declare module '*.wasm' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
