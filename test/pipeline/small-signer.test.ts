import { describe, expect, it } from 'vitest';
import { smallSigner } from '../../src/pipeline/small-signer.js';
import { KEYPOINT_COUNT } from '../../src/pose/pose-frame.js';

/** A frame with shoulders `width` pixels apart; the right one is missing with `width` 0. */
function shoulders(width: number) {
  const keypoints = new Float32Array(KEYPOINT_COUNT * 3);
  keypoints.set([300, 200, 1], 15);
  if (width > 0) keypoints.set([300 - width * 0.6, 200 + width * 0.8, 1], 18);
  return { index: 0, time: 0, keypoints };
}

describe('a signer who is small in the picture', () => {
  it('is stated of, with what to do', () => {
    // 12 % of 512 is 61.4.
    expect(smallSigner(shoulders(60), 512)).toMatch(/shoulders 60 of 512 pixels.*`framing: signing`/);
    expect(smallSigner(shoulders(63), 512)).toBeUndefined();
  });

  it('is not guessed at where a shoulder is missing', () => {
    expect(smallSigner(shoulders(0), 512)).toBeUndefined();
  });
});
