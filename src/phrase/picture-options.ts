import { counted } from '../counted.js';
import { UsageError } from '../errors.js';
import type { PictureSize } from './figure.js';

/** Refuses frame rates and picture sizes that no signing fits. Throws UsageError. */
export function checkPicture(fps: number, { width, height }: PictureSize): void {
  if (!(fps >= 5 && fps <= 240))
    throw new UsageError(
      'HF_FIELD_VALUE',
      `A rate of ${counted(fps, 'frame')} a second makes no sense here; give 5 to 240.`,
      {
        field: 'fps',
      },
    );
  for (const side of [width, height]) {
    if (!Number.isInteger(side) || side < 64 || side > 8192) {
      throw new UsageError(
        'HF_FIELD_VALUE',
        `A picture of ${width} x ${height} pixels makes no sense; give whole pixels from 64 to 8192.`,
        { field: 'size' },
      );
    }
  }
}
