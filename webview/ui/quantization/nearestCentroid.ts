export type PlanePoint = readonly [u: number, v: number];

/** Index of the centroid nearest to a point; −1 where there is none. */
export function nearestCentroid([u, v]: PlanePoint, centroids: readonly PlanePoint[]): number {
  let nearest = -1;
  let least = Infinity;
  centroids.forEach(([cu, cv], i) => {
    const distance = (u - cu) ** 2 + (v - cv) ** 2;
    if (distance < least) [nearest, least] = [i, distance];
  });
  return nearest;
}

/**
 * For each centroid the part of the square from −`reach` to `reach` that is nearer to it than to any other: the
 * corners of a convex polygon in turn, none where nothing is left. The square is cut along the line halfway to
 * each other centroid.
 */
export function nearestRegions(centroids: readonly PlanePoint[], reach: number): readonly PlanePoint[][] {
  return centroids.map((own) =>
    centroids.reduce<PlanePoint[]>(
      (region, other) => (other === own ? region : nearerPart(region, own, other)),
      [
        [-reach, -reach],
        [reach, -reach],
        [reach, reach],
        [-reach, reach],
      ],
    ),
  );
}

/** What of a convex polygon is at least as near to `own` as to `other`. */
function nearerPart(region: readonly PlanePoint[], own: PlanePoint, other: PlanePoint): PlanePoint[] {
  const [du, dv] = [other[0] - own[0], other[1] - own[1]];
  const middle = (du * (own[0] + other[0]) + dv * (own[1] + other[1])) / 2;
  /** Above zero on the side of `other`. */
  const side = ([u, v]: PlanePoint) => du * u + dv * v - middle;
  return region.flatMap((corner, i) => {
    const next = region[(i + 1) % region.length]!;
    const [here, there] = [side(corner), side(next)];
    const kept: PlanePoint[] = here <= 0 ? [corner] : [];
    if (here < 0 !== there < 0 && here !== 0 && there !== 0) {
      const share = here / (here - there);
      kept.push([corner[0] + share * (next[0] - corner[0]), corner[1] + share * (next[1] - corner[1])]);
    }
    return kept;
  });
}
