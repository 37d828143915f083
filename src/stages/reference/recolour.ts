import type { Picture } from '../../picture.js';
import { gaussianBlur } from './blur.js';

/** Softness of a part's edge, pixels. */
const EDGE = 0.7;
/** Darkest mean luminance that shading is measured by, linear. */
const DARKEST = 0.004;

/** sRGB, 0..255. */
type Colour = readonly [red: number, green: number, blue: number];

/**
 * The picture with the pixels of one part in another colour: the colour's linear light times the pixel's share of the part's mean
 * luminance, so that shading and pattern stay. `part` [size, size] is 0 or 1.
 */
export function recolour(picture: Picture, part: Uint8Array, colour: Colour): Picture {
  const mean = meanLuminance(picture, part);
  const { width, height, channels, data } = picture;
  const soft = gaussianBlur(Float32Array.from(part), width, EDGE);
  const target = colour.map((level) => LINEAR[level] ?? 0);
  const [red = 0, green = 0, blue = 0] = target;
  const goal = luminance(red, green, blue);
  // Dark cloth that becomes light would show its faint lights as glare.
  const gentle = Math.min(1, Math.max(0.45, (mean / Math.max(goal, DARKEST)) ** 0.3));
  const result = Uint8Array.from(data);
  for (let i = 0; i < width * height; i++) {
    const share = soft[i] ?? 0;
    if (share < 1 / 255) continue;
    const at = i * channels;
    const shade = (lightOf(data, at) / Math.max(mean, DARKEST)) ** gentle;
    for (let c = 0; c < 3; c++) {
      const mixed = share * (target[c] ?? 0) * shade + (1 - share) * (LINEAR[data[at + c] ?? 0] ?? 0);
      result[at + c] = toSrgb(mixed);
    }
  }
  return { ...picture, data: result };
}

/** Mean linear luminance of a part's pixels. */
function meanLuminance({ channels, data }: Picture, part: Uint8Array): number {
  let [sum, count] = [0, 0];
  part.forEach((inside, i) => {
    if (!inside) return;
    sum += lightOf(data, i * channels);
    count++;
  });
  return count > 0 ? sum / count : 0;
}

/** 0..255 to linear light, 0..1 (IEC 61966-2-1). */
const LINEAR = Float64Array.from({ length: 256 }, (_, level) => {
  const value = level / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

function lightOf(data: Uint8Array, at: number): number {
  return luminance(
    LINEAR[data[at] ?? 0] ?? 0,
    LINEAR[data[at + 1] ?? 0] ?? 0,
    LINEAR[data[at + 2] ?? 0] ?? 0,
  );
}

function luminance(red: number, green: number, blue: number): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function toSrgb(light: number): number {
  const value = light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.min(1, Math.max(0, value)));
}
