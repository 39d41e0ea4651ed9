/** Points of the plane: `x[i]`, `y[i]`. */
export interface PlanarPoints {
  readonly x: Float32Array | Float64Array;
  readonly y: Float32Array | Float64Array;
}

/** Cells along each axis; with 256 sites still most cells hold but a few candidates. */
const CELLS = 64;

/**
 * Finds the nearest of some sites in the plane: a grid over their bounding box, each of whose cells lists the
 * sites that are nearest to a place in it. Of equally near sites it is the first.
 */
export class PlanarNearest {
  private readonly left: number;
  private readonly bottom: number;
  private readonly cellsAUnitX: number;
  private readonly cellsAUnitY: number;
  /** Candidates of cell c: `candidates[starts[c]]` to before `candidates[starts[c + 1]]`. */
  private readonly starts = new Uint32Array(CELLS * CELLS + 1);
  private readonly candidates: Uint16Array;

  /** @param sites at least one, at most 65536 */
  constructor(private readonly sites: PlanarPoints) {
    const [left, right] = paddedRange(sites.x);
    const [bottom, top] = paddedRange(sites.y);
    this.left = left;
    this.bottom = bottom;
    this.cellsAUnitX = CELLS / (right - left);
    this.cellsAUnitY = CELLS / (top - bottom);
    const lists: number[] = [];
    for (let cell = 0; cell < CELLS * CELLS; cell++) {
      this.starts[cell] = lists.length;
      const x = left + (cell % CELLS) / this.cellsAUnitX;
      const y = bottom + Math.floor(cell / CELLS) / this.cellsAUnitY;
      for (const site of this.nearCell(x, y)) lists.push(site);
    }
    this.starts[CELLS * CELLS] = lists.length;
    this.candidates = Uint16Array.from(lists);
  }

  /** Index of the site nearest to (x, y). */
  find(x: number, y: number): number {
    const column = Math.floor((x - this.left) * this.cellsAUnitX);
    const row = Math.floor((y - this.bottom) * this.cellsAUnitY);
    if (!(column >= 0 && column < CELLS && row >= 0 && row < CELLS)) return this.findAmongAll(x, y);
    const { candidates, starts } = this;
    const end = starts[row * CELLS + column + 1]!;
    let at = starts[row * CELLS + column]!;
    let best = candidates[at]!;
    if (++at === end) return best;
    let least = this.distance(best, x, y);
    for (; at < end; at++) {
      const site = candidates[at]!;
      const distance = this.distance(site, x, y);
      if (distance < least) {
        least = distance;
        best = site;
      }
    }
    return best;
  }

  private findAmongAll(x: number, y: number): number {
    let best = 0;
    let least = Infinity;
    for (let site = 0; site < this.sites.x.length; site++) {
      const distance = this.distance(site, x, y);
      if (distance < least) {
        least = distance;
        best = site;
      }
    }
    return best;
  }

  private distance(site: number, x: number, y: number): number {
    const dx = x - this.sites.x[site]!;
    const dy = y - this.sites.y[site]!;
    return dx * dx + dy * dy;
  }

  /**
   * Sites that may be nearest to a place in the cell with its lower left corner at (x, y): those whose least distance
   * from the cell is not above the least of all largest distances. A margin covers rounding at the edges.
   */
  private nearCell(x: number, y: number): number[] {
    const width = 1 / this.cellsAUnitX;
    const height = 1 / this.cellsAUnitY;
    const count = this.sites.x.length;
    const nearest: number[] = [];
    let reach = Infinity;
    for (let site = 0; site < count; site++) {
      const dx = this.sites.x[site]! - (x + width / 2);
      const dy = this.sites.y[site]! - (y + height / 2);
      reach = Math.min(reach, (Math.abs(dx) + width / 2) ** 2 + (Math.abs(dy) + height / 2) ** 2);
      nearest.push(Math.max(0, Math.abs(dx) - width / 2) ** 2 + Math.max(0, Math.abs(dy) - height / 2) ** 2);
    }
    const limit = reach * (1 + 1e-9);
    return nearest.flatMap((distance, site) => (distance <= limit ? [site] : []));
  }
}

/** The range of some numbers and an eighth of it to either side. */
function paddedRange(values: Float32Array | Float64Array): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const margin = (high - low) / 8 || 1;
  return [low - margin, high + margin];
}
