import type { Picture } from '../picture.js';
import type { HolisticLandmarks } from './holistic.js';
import type { Complexity } from './models.js';

/** What the detector's worker is started with. */
export interface DetectSettings {
  readonly complexity: Complexity;
}

export type DetectRequest =
  | {
      readonly kind: 'detect';
      readonly id: number;
      readonly picture: Picture;
      readonly mask: boolean;
      /** Number of the video that the picture continues; absent: the picture stands alone. */
      readonly clip?: number;
    }
  | { readonly kind: 'start'; readonly clip: number; readonly fps: number; readonly smooth: boolean }
  | { readonly kind: 'end'; readonly clip: number };

export type DetectReply =
  | { readonly kind: 'ready' }
  /** The networks could not be loaded. */
  | { readonly kind: 'unusable'; readonly message: string }
  | { readonly kind: 'found'; readonly id: number; readonly landmarks: HolisticLandmarks }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };
