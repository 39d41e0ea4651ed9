import type { UserError } from '../../protocol/userError';
import { badFile } from '../fileErrors';
import { quoted, type JsonReader } from '../jsonReader';
import { MAX_SHARDS } from '../limits';

/** Name of the member of a `model.json` that says where its packed weights are. */
export const PACKED_KEY = 'weightroom';

/** Version of that member. */
const VERSION = 1;

/** What stands there: the files whose bytes one after another are a safetensors file. */
export function packedMember(paths: readonly string[]): string {
  return `${JSON.stringify(PACKED_KEY)}:${JSON.stringify({ version: VERSION, paths })}`;
}

/**
 * Reads the member and returns the paths.
 * @throws UserError `native-version` where a later version wrote it
 */
export function readPackedPaths(reader: JsonReader, file: string): readonly string[] {
  const paths = new Set<string>();
  let version: number | undefined;
  reader.object(PACKED_KEY, (key) => {
    if (key === 'version') {
      version = reader.wholeNumber('the version');
    } else if (key === 'paths' && reader.atArray) {
      reader.array('paths', () => {
        const name = reader.string('paths');
        if (paths.has(name)) throw badFile('duplicate-shard', file, `names ${quoted(name)} twice`);
        if (paths.size === MAX_SHARDS) {
          throw badFile('too-many-shards', file, `names more than ${MAX_SHARDS} files`);
        }
        paths.add(name);
      });
    } else {
      reader.skip();
    }
  });
  if (version !== VERSION) throw unknownVersion(file, String(version ?? 'none'));
  return [...paths];
}

/** The error for a packed model of a version that is not known here. */
export function unknownVersion(file: string, version: string): UserError {
  return badFile(
    'native-version',
    file,
    `has version ${version} of the native form; this program reads ${VERSION}`,
    'Update Weightroom.',
  );
}
