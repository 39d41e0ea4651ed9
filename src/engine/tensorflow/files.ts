/** libtensorflow as a source provides it. */
export interface TensorflowFiles {
  /** Where it came from, as a phrase: `the Python environment /venv`. */
  readonly source: string;
  /** The folder with the two libraries. */
  readonly folder: string;
  /** File names of the main and of the framework library in `folder`. */
  readonly libraries: readonly [string, string];
  /** Folders of headers; empty where there are none. */
  readonly headers: readonly string[];
}
