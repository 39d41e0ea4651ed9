export function registerGradientKernels(): void {
  return;
}
