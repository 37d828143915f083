/** Something packed may grow to this many times its size, but always to `SMALL`: more is no keypoint file. */
const LARGEST_RATIO = 200;
const SMALL = 64 * 1024 * 1024;

/** Bytes that something packed may unpack to. */
export function unpackedLimit(packed: number): number {
  return Math.max(SMALL, packed * LARGEST_RATIO);
}

/** Sentence for what unpacks to more. */
export function unpacksToTooMuch(name: string, packed: number): string {
  const limit = Math.round(unpackedLimit(packed) / 1024 / 1024);
  return `${name} unpacks to more than ${limit} MiB from ${packed} bytes, which no keypoint file does; reading it stopped there.`;
}
