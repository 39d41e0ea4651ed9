/**
 * Starts a kernel of its own memory; what it exports is typed by the caller. Small modules alone may be
 * started so in a browser's page.
 */
export function instantiate<Exports>(
  module: WebAssembly.Module,
): Exports & { readonly memory: WebAssembly.Memory } {
  return new WebAssembly.Instance(module).exports as unknown as Exports & {
    readonly memory: WebAssembly.Memory;
  };
}
