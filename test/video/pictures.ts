import type { Picture } from '../../src/picture.js';
import type { VideoMetadataInput } from '../../src/video/index.js';

export const METADATA: VideoMetadataInput = {
  version: '0.1.0',
  prompt: 'a woman; red = her scarf # \'ünïcode\' \\ "quoted"',
  seed: 7,
  preset: 'default',
  bundle: { name: 'compact', sha256: '1'.repeat(64) },
  pose: { name: 'phrase.pose', sha256: '2'.repeat(64) },
  // Longer than the 1,024 bytes at which old programs cut a line.
  options: { steps: 4, blend: 'expand', note: 'one of many fields '.repeat(100) },
  command: ['handfirst', 'generate', 'phrase.pose', '--prompt', "it's", '--seed', '7'],
};

/** Patch size of the test pictures: wide enough that chroma at half resolution leaves the middle of each alone. */
export const PATCH = 16;

/** Colour of patch (column, row) in frame `index`: skin, clothes and saturated colours, moving one patch every 8 frames. */
export function patchColour(index: number, column: number, row: number): [number, number, number] {
  const colours: [number, number, number][] = [
    [224, 172, 140],
    [96, 60, 44],
    [20, 40, 120],
    [200, 30, 40],
    [240, 240, 236],
    [30, 160, 70],
    [12, 12, 14],
    [250, 210, 60],
  ];
  return colours[(column + 3 * row + Math.floor(index / 8)) % colours.length] ?? [0, 0, 0];
}

/** A picture of colour patches; with 4 channels its left patches are transparent. */
export function patches(index: number, width: number, height: number, channels: 3 | 4 = 3): Picture {
  const data = new Uint8Array(width * height * channels).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * channels;
      data.set(patchColour(index, Math.floor(x / PATCH), Math.floor(y / PATCH)), at);
      if (channels === 4 && x < PATCH) data[at + 3] = 0;
    }
  }
  return { width, height, channels, data };
}
