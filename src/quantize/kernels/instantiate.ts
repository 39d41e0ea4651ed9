/** What a kernel exports beside its memory; the file that uses it says so in types. */
export type KernelExports<Functions> = Functions & { readonly memory: WebAssembly.Memory };

/** Starts a kernel with a memory of its own. */
export function instantiate(module: WebAssembly.Module): unknown {
  return new WebAssembly.Instance(module).exports;
}
