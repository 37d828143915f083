import { handLength, handOf, type Keypoints, span } from './points.js';
import { type Channel, drawCapsule, drawGaussian } from './raster.js';

/** How wide a finger's heatmap is. */
export interface HeatmapSpread {
  /** Standard deviation relative to the hand's length. */
  readonly sigma: number;
  /** Its floor in pixels. */
  readonly minPixels: number;
}

/**
 * Paper, III-B: one heatmap a finger, wrist to tip, a Gaussian of the distance to the finger's line. `channels` holds
 * ten: left thumb to little finger, then the right hand's.
 */
export function drawFingerHeatmaps(
  channels: readonly Channel[],
  points: Keypoints,
  spread: HeatmapSpread,
): void {
  for (const side of [0, 1] as const) {
    const hand = handOf(points, side);
    const sigma = Math.max(spread.sigma * handLength(hand), spread.minPixels);
    for (let finger = 0; finger < 5; finger += 1) {
      const channel = channels[5 * side + finger];
      const chain = [0, 1, 2, 3, 4].map((k) => hand[k === 0 ? 0 : 4 * finger + k]);
      chain.slice(1).forEach((to, k) => {
        const from = chain[k];
        if (channel && from && to) drawGaussian(channel, from, to, sigma);
      });
    }
  }
}

/** Elbow to wrist, as wide as a forearm is for the hand's length (without a hand, for 0.35 of its own). */
export function drawForearms(channel: Channel, points: Keypoints): void {
  for (const side of [0, 1] as const) {
    const hand = handOf(points, side);
    const elbow = points[7 + side];
    const wrist = hand[0] ?? points[9 + side];
    if (!elbow || !wrist) continue;
    const length = handLength(hand) || 0.35 * span(elbow, wrist);
    drawCapsule(channel, { from: elbow, to: wrist, fromRadius: 0.42 * length, toRadius: 0.28 * length });
  }
}
