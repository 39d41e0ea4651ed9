/** What others measured: a distortion D = MSE / variance at so many bits a weight. */
export interface PublishedDistortion {
  readonly distortion: number;
  readonly bits: number;
  readonly source: string;
}

type ByBits = Readonly<Record<number, PublishedDistortion>>;

const TRELLISES: ByBits = {
  2: { distortion: 0.069, bits: 2, source: 'QTIP, a trellis, Tseng et al. 2024: 0.069 to 0.073' },
  3: { distortion: 0.0198, bits: 3, source: 'trellis coded quantization' },
  4: { distortion: 0.0055, bits: 4, source: 'trellis coded quantization' },
};
/** Levels for the whole tensor; with scales for groups they would be another method. */
const LLOYD_MAX: ByBits = {
  2: { distortion: 0.118, bits: 2, source: 'Lloyd–Max, 4 levels' },
  3: { distortion: 0.0345, bits: 3, source: 'Lloyd–Max, 8 levels' },
  4: { distortion: 0.0095, bits: 4, source: 'Lloyd–Max, 16 levels' },
};
const measured = (distortion: number, bits: number): PublishedDistortion => {
  return { distortion, bits, source: 'a reference program' };
};

/**
 * By source, method and bits: of each method itself, or of its nearest kin, with the same side information.
 * Of methods and sources that are missing nobody published such a figure.
 */
export const PUBLISHED: Readonly<Record<string, Readonly<Record<string, ByBits>>>> = {
  'normal rows': {
    dependent: TRELLISES,
    trellis: TRELLISES,
    'kashin-search': {
      2: { distortion: 0.089, bits: 2, source: 'QuIP#, the lattice E8P' },
      3: measured(0.0272, 3),
      4: measured(0.0088, 4),
    },
    'kashin-greedy': { 4: measured(0.0168, 4) },
    'kashin-alternating': { 4: measured(0.0167, 4.016) },
    'kashin-truncation': { 4: measured(0.052, 4) },
    kmeans: LLOYD_MAX,
    nf4: { 4: measured(0.0085, 4.25) },
    rtn: { 4: measured(0.0104, 4.25) },
  },
  'Student-t4 rows': {
    dependent: { 2: measured(0.057, 2), 4: measured(0.0035, 4) },
    trellis: { 4: measured(0.0046, 4) },
  },
};
