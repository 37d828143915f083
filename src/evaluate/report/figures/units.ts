import type { Judged, PictureUnit } from '../measure.js';

/** What of each picture counts, where there is something. */
export function ofPictures<T>(of: (unit: PictureUnit) => T | null | undefined) {
  return ({ pictures }: Judged): Map<string, T> => {
    const units = new Map<string, T>();
    for (const [key, unit] of pictures) {
      const value = of(unit);
      if (value !== null && value !== undefined) units.set(key, value);
    }
    return units;
  };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export const pictureMetric = { of: 'pictures' } as const;
