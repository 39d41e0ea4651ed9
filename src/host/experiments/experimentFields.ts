import { findExperiment } from './experimentSource';

/**
 * Index of the name of a field in the object that a source text gives to `defineExperiment(`, by its path:
 * `optimizer.learningRate`. Where the source has only the first parts of the path, as for
 * `optimizer: makeOptimizer()`, the index of the last of them; `undefined` where it has none.
 */
export function findField(source: string, path: string): number | undefined {
  const call = findExperiment(source);
  if (call === undefined) return undefined;
  let object: number | undefined = next(source, source.indexOf('(', call) + 1);
  let found: number | undefined;
  for (const name of path.split('.')) {
    if (object === undefined || source[object] !== '{') return found;
    const property: Property | undefined = propertiesOf(source, object).find(
      (candidate) => candidate.name === name,
    );
    if (!property) return found;
    found = property.index;
    object = property.value;
  }
  return found;
}

interface Property {
  readonly name: string;
  readonly index: number;
  /** Where its value begins; absent for a method and for a shorthand. */
  readonly value?: number;
}

/** The properties of the object literal whose brace stands at `open`. */
function propertiesOf(source: string, open: number): readonly Property[] {
  const properties: Property[] = [];
  let depth = 0;
  let expectsName = false;
  for (let at = open; at < source.length; at = next(source, at)) {
    const character = source[at]!;
    if ('{[('.includes(character)) {
      depth += 1;
      expectsName = at === open;
    } else if ('}])'.includes(character)) {
      depth -= 1;
      if (depth === 0) break;
    } else if (character === ',') {
      expectsName = depth === 1;
    } else if (expectsName) {
      expectsName = false;
      const property = propertyAt(source, at);
      if (property) properties.push(property);
    }
    at = endOfToken(source, at);
  }
  return properties;
}

function propertyAt(source: string, index: number): Property | undefined {
  const end = endOfToken(source, index);
  const name = /^(['"]?)([\w$]+)\1$/.exec(source.slice(index, end))?.[2];
  if (name === undefined) return undefined;
  const colon = next(source, end);
  return source[colon] === ':' ? { name, index, value: next(source, colon + 1) } : { name, index };
}

/** The first place from `at` on that is neither a space nor a comment. */
function next(source: string, at: number): number {
  const gap = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
  gap.lastIndex = at;
  gap.exec(source);
  return gap.lastIndex;
}

/** Past a text in quotes, a word, or one other character. */
function endOfToken(source: string, at: number): number {
  const token = /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`|[\w$]+|[\s\S]/y;
  token.lastIndex = at;
  token.exec(source);
  return token.lastIndex;
}
