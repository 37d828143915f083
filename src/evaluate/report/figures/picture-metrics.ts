import { type Metric, metric } from '../measure.js';
import { mean, ofPictures, pictureMetric } from './units.js';
import { valueMetric } from './value-metric.js';

const NO_REFERENCE = 'no picture has a reference';
const NO_PERSON = 'no picture has a reference with a mask of the person';

export const PICTURE_METRICS: readonly Metric[] = [
  metric({
    ...pictureMetric,
    name: 'maskIou',
    label: 'mask IoU (hand stage)',
    better: 'higher',
    units: ofPictures<readonly number[]>(({ scores: { maskIous } }) =>
      maskIous.length > 0 ? maskIous : null,
    ),
    statistic: (units) => mean(units.flat()),
    missing: 'no hand is drawn first, or no mask of the hands is known',
  }),
  valueMetric({ name: 'psnr', label: 'PSNR', unit: 'dB', better: 'higher', missing: NO_REFERENCE }),
  valueMetric({ name: 'psnrPerson', label: 'PSNR fg', unit: 'dB', better: 'higher', missing: NO_PERSON }),
  valueMetric({ name: 'ssim', label: 'SSIM', better: 'higher', missing: NO_REFERENCE }),
  valueMetric({ name: 'ssimPerson', label: 'SSIM fg', better: 'higher', missing: NO_PERSON }),
  valueMetric({
    name: 'skin',
    label: 'colour hands/face',
    unit: 'ΔE00',
    better: 'lower',
    missing: 'face and hands are seen together in no picture',
    fair: true,
  }),
  valueMetric({
    name: 'seam',
    label: 'seam energy of hands',
    better: 'lower',
    missing: 'no hand is drawn first',
    fair: true,
  }),
];
