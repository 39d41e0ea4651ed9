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
    const nearest = new Float64Array(sites.x.length);
    for (let cell = 0; cell < CELLS * CELLS; cell++) {
      this.starts[cell] = lists.length;
      const x = left + (cell % CELLS) / this.cellsAUnitX;
      const y = bottom + Math.floor(cell / CELLS) / this.cellsAUnitY;
      this.listNear(x, y, nearest, lists);
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
   * Appends the sites that may be nearest to a place in the cell with its lower left corner at (x, y): those whose
   * least distance from the cell is not above the least of all largest distances. A margin covers rounding at the
   * edges. `nearest` is room for one number a site.
   */
  private listNear(x: number, y: number, nearest: Float64Array, list: number[]): void {
    const halfWidth = 0.5 / this.cellsAUnitX;
    const halfHeight = 0.5 / this.cellsAUnitY;
    let reach = Infinity;
    for (let site = 0; site < nearest.length; site++) {
      const dx = Math.abs(this.sites.x[site]! - (x + halfWidth));
      const dy = Math.abs(this.sites.y[site]! - (y + halfHeight));
      const farX = dx + halfWidth;
      const farY = dy + halfHeight;
      const nearX = dx > halfWidth ? dx - halfWidth : 0;
      const nearY = dy > halfHeight ? dy - halfHeight : 0;
      const farthest = farX * farX + farY * farY;
      if (farthest < reach) reach = farthest;
      nearest[site] = nearX * nearX + nearY * nearY;
    }
    const limit = reach * (1 + 1e-9);
    for (let site = 0; site < nearest.length; site++) if (nearest[site]! <= limit) list.push(site);
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
