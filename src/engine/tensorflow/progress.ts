/** What an installation is at: a sentence, and where it can be counted how far, in bytes. */
export interface InstallStep {
  readonly what: string;
  readonly done?: number;
  readonly total?: number;
}

export interface InstallProgress {
  /** Cancels the installation; what it made so far is removed. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((step: InstallStep) => void) | undefined;
}
