/** Samples of a block of the lowest level; blocks of a level in one of the next. */
const BLOCK = 32;
const FAN = 4;

/** What stands for a block: the places of five of its samples, −1 where it has no such. */
const FIRST = 0;
const SMALLEST = 1;
const LARGEST = 2;
const LAST = 3;
const GAP = 4;
const PLACES = 5;

/**
 * First, smallest, largest and last sample of any stretch of a growing column, without looking at each of
 * them: blocks of 32 samples, of 128, of 512 and so on remember theirs. A stretch of n samples costs
 * O(log n); an added sample costs O(1), whatever came before it.
 */
export class ExtremaPyramid {
  readonly #levels: Level[] = [];
  #values: Float64Array = new Float64Array();
  #length = 0;

  /** @param above samples that are not finite, or not above this, count as gaps: what an axis cannot show */
  constructor(readonly above = -Infinity) {}

  get length(): number {
    return this.#length;
  }

  /** Takes in what a column has gained since the last call; what it held before is unchanged. */
  update(values: Float64Array): void {
    this.#values = values;
    this.#length = values.length;
    for (let size = BLOCK, k = 0; size <= values.length; size *= FAN, k++) {
      const level = (this.#levels[k] ??= new Level(size));
      const below = this.#levels[k - 1];
      while ((level.count + 1) * size <= values.length) {
        const block = level.count;
        const at = level.add();
        if (below) for (let i = 0; i < FAN; i++) this.#join(level.places, at, below, block * FAN + i);
        else for (let i = 0; i < BLOCK; i++) this.#see(level.places, at, block * BLOCK + i);
      }
    }
  }

  /**
   * Places of the first, smallest, largest and last drawable sample from `from` to before `to`, and of the
   * first gap: in rising order, each once.
   */
  places(from: number, to: number): readonly number[] {
    const found = new Int32Array(PLACES).fill(-1);
    let at = from;
    while (at < to) {
      const level = this.#largestAt(at, to);
      if (level) {
        this.#join(found, 0, level, at / level.size);
        at += level.size;
      } else this.#see(found, 0, at++);
    }
    found.sort();
    return Array.from(found).filter((place, k) => place >= 0 && place !== found[k - 1]);
  }

  /** The level with the largest block that starts at `at` and ends by `to`. */
  #largestAt(at: number, to: number): Level | undefined {
    let largest: Level | undefined;
    for (const level of this.#levels) {
      if (at % level.size !== 0 || at + level.size > to || at / level.size >= level.count) break;
      largest = level;
    }
    return largest;
  }

  #see(into: Int32Array, at: number, place: number): void {
    const value = this.#values[place]!;
    if (!(value > this.above && value < Infinity)) {
      if (into[at + GAP]! < 0) into[at + GAP] = place;
      return;
    }
    this.#take(into, at, place, place, place, place);
  }

  #join(into: Int32Array, at: number, { places }: Level, block: number): void {
    const from = block * PLACES;
    if (into[at + GAP]! < 0) into[at + GAP] = places[from + GAP]!;
    if (places[from + FIRST]! < 0) return;
    this.#take(
      into,
      at,
      places[from + FIRST]!,
      places[from + SMALLEST]!,
      places[from + LARGEST]!,
      places[from + LAST]!,
    );
  }

  #take(into: Int32Array, at: number, first: number, smallest: number, largest: number, last: number): void {
    if (into[at + FIRST]! < 0) {
      into[at + FIRST] = first;
      into[at + SMALLEST] = smallest;
      into[at + LARGEST] = largest;
    } else {
      if (this.#values[smallest]! < this.#values[into[at + SMALLEST]!]!) into[at + SMALLEST] = smallest;
      if (this.#values[largest]! > this.#values[into[at + LARGEST]!]!) into[at + LARGEST] = largest;
    }
    into[at + LAST] = last;
  }
}

/** The blocks of one size, five places each. */
class Level {
  places = new Int32Array(64 * PLACES);
  count = 0;

  constructor(readonly size: number) {}

  /** Adds an empty block; returns where its places begin. */
  add(): number {
    const at = this.count * PLACES;
    if (at === this.places.length) {
      const longer = new Int32Array(2 * this.places.length);
      longer.set(this.places);
      this.places = longer;
    }
    this.places.fill(-1, at, at + PLACES);
    this.count += 1;
    return at;
  }
}
