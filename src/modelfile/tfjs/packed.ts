import type { UserError } from '../../protocol/userError';
import { badFile } from '../fileErrors';
import { quoted, type JsonReader } from '../jsonReader';
import { MAX_SHARDS } from '../limits';
import { PACKED_KEY, PACKED_VERSION, type PackedMember } from '../packedMember';

/** The member as it stands in the file. */
export function packedMember(paths: readonly string[]): string {
  const member: PackedMember = { version: PACKED_VERSION, paths };
  return `${JSON.stringify(PACKED_KEY)}:${JSON.stringify(member)}`;
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
  if (version !== PACKED_VERSION) throw unknownVersion(file, String(version ?? 'none'));
  return [...paths];
}

/** The error for a packed model of a version that is not known here. */
export function unknownVersion(file: string, version: string): UserError {
  return badFile(
    'native-version',
    file,
    `has version ${version} of the native form; this program reads ${PACKED_VERSION}`,
    'Update Weightroom.',
  );
}
