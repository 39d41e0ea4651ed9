/** The 32 draws of the published reference vectors: sums of the four bytes of xorshift32, centred. */
export function publishedDraws(): Float64Array {
  let s = 2463534242;
  return Float64Array.from({ length: 32 }, () => {
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    const sum = (s & 255) + ((s >>> 8) & 255) + ((s >>> 16) & 255) + (s >>> 24);
    return (sum - 510) / 148;
  });
}
