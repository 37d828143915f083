import { ANGLE_COUNT } from './letter-shape.js';
import type { Hold } from './motion.js';
import { add, scale, type Vec3 } from './rotation.js';

/*
 * The small unrest of a living signer: slow sines, the same in every run.
 */

const GOLDEN = (Math.sqrt(5) - 1) / 2;
const RADIANS = Math.PI / 180;

/** A number 0..1 that looks random, of a place in a sequence. */
function scattered(index: number): number {
  return (index * GOLDEN) % 1;
}

/** Smooth noise of a channel at a time in seconds, about -2..2: three sines between 0.3 and 2 Hz. */
export function waver(channel: number, time: number): number {
  let sum = 0;
  for (let part = 0; part < 3; part += 1) {
    const place = channel * 3 + part + 1;
    const rate = 0.3 + 1.7 * scattered(place * 7);
    sum += Math.sin(2 * Math.PI * (rate * time + scattered(place * 13)));
  }
  return sum * Math.sqrt(2 / 3);
}

/** A held hand with that unrest: 1.5 mm, half a degree of the arm, 0.6 degrees of the fingers. `first`: its first channel. */
export function wavering(hold: Hold, time: number, first: number): Hold {
  const noise = (offset: number): Vec3 => [
    waver(first + offset, time),
    waver(first + offset + 1, time),
    waver(first + offset + 2, time),
  ];
  const angles = hold.angles.map((angle, index) => angle + 0.6 * waver(first + 7 + index, time));
  return {
    ...hold,
    wrist: add(hold.wrist, scale(noise(0), 0.0015)),
    bend: add(hold.bend, scale(noise(3), 0.5 * RADIANS)),
    twist: hold.twist + 0.5 * RADIANS * waver(first + 6, time),
    angles,
  };
}

/** Channels that `wavering` takes. */
export const WAVERING_CHANNELS = 7 + ANGLE_COUNT;

/** How far the eyes are shut at a time, 0..1: a blink of 0.2 s every 3.7 s. */
export function blink(time: number): number {
  const since = Math.abs((time % 3.7) - 2.2);
  return Math.max(0, 1 - since / 0.11);
}
