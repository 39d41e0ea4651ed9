/** Name of the member of a `model.json` that says where its packed weights are. */
export const PACKED_KEY = 'weightroom';

/** Version of that member. */
export const PACKED_VERSION = 1;

/** What stands there: the files whose bytes one after another are a safetensors file. */
export interface PackedMember {
  readonly version: number;
  readonly paths: readonly string[];
}
