import { describe, expect, it } from 'vitest';
import { makeMethod, settle } from '../../src/pipeline/method.js';
import { loadPreset } from '../../src/pipeline/preset.js';
import { Denoiser } from '../../src/stages/denoiser.js';
import { type DrawnHand, drawHands, type HandStage } from '../../src/stages/hand.js';
import { keepOwnHands } from '../../src/stages/hand-ownership.js';
import {
  colour,
  FakeRunner,
  fakeConditions,
  fakeManifest,
  floats,
  HAND_SIZE,
  poseWithHands,
} from './fake-model.js';

const look = {
  prompt: { look: { dims: [1, 1], data: Float32Array.of(3) } },
  negative: { look: { dims: [1, 1], data: Float32Array.of(1) } },
  reference: {},
};

function handStage(runner: FakeRunner, guidance?: number) {
  const manifest = fakeManifest();
  const preset = loadPreset('default', { hand: { guidance } });
  const choices = settle(manifest, preset, { hand: false, body: false }, () => undefined);
  const parts = { manifest, runner, draw: fakeConditions, look, seed: 7, background: 'drawn' } as const;
  const { hand } = makeMethod(parts, preset, choices);
  if (!hand) throw new Error('the fake bundle has no hand stage');
  return hand;
}

async function drawHand(stage: HandStage): Promise<DrawnHand> {
  const [drawn] = await drawHands(stage, pose, [crop]);
  if (!drawn) throw new Error('no hand was drawn');
  return drawn;
}

const pose = poseWithHands({ left: [100, 100, 132, 132] });
const crop = { x: 92, y: 92, side: 48, hands: ['left'] } as const;

describe('the hand stage', () => {
  it('walks the noise down the trained timesteps with the look and an empty mask channel', async () => {
    const runner = new FakeRunner();
    const stage = handStage(runner);
    await drawHand(stage);
    const runs = runner.inputsOf('hand.onnx');
    expect(runs.map(({ timestep }) => timestep?.data[0])).toEqual([999, 749, 499, 249]);
    expect(floats(runs[0]?.sample)).toEqual(stage.noise);
    for (const { conditions, look: given } of runs) {
      expect(conditions?.dims).toEqual([1, 11, HAND_SIZE, HAND_SIZE]);
      expect(
        floats(conditions)
          .slice(10 * HAND_SIZE ** 2)
          .every((v) => v === 0),
      ).toBe(true);
      expect(given?.data[0]).toBe(3);
    }
  });

  it('hands the mask on from step to step where the bundle asks for it', async () => {
    let runs = 0;
    const runner = new FakeRunner({
      'hand.onnx': ({ sample }) => {
        runs++;
        const data = new Float32Array(HAND_SIZE ** 2).fill(0.5 + runs / 10);
        return { prediction: colour(sample, [0, 0, 0]), mask: { dims: [1, 1, HAND_SIZE, HAND_SIZE], data } };
      },
    });
    const stage = handStage(runner);
    await drawHand({ ...stage, manifest: { ...stage.manifest, maskFeedback: { gain: 4 } } });
    const seen = runner.inputsOf('hand.onnx').map(({ conditions }) => floats(conditions));
    const plane = HAND_SIZE ** 2;
    const masks = seen.map((values) => new Set(values.slice(10 * plane)));
    // Probabilities .6, .7 and .8 with a gain of 4: .9, then 1.
    expect(masks.map((values) => [...values].map((v) => Math.round(v * 1e4) / 1e4))).toEqual([
      [0],
      [0.9],
      [1],
      [1],
    ]);
    for (const values of seen) expect(values.slice(0, 10 * plane)).toEqual(seen[0]?.slice(0, 10 * plane));
  });

  // Of rows of 0, .25, .5, .6, .75, 1, 0 three times in the middle of nothing: 1 2 1 along the middle one. Down, equal rows change nothing.
  it.each([
    ['cut at the threshold', undefined, [0, 0, 1, 1, 1, 1, 0]],
    [
      'with a soft edge where the bundle says how steep',
      1,
      [0.0625, 0.25, 0.4625, 0.6125, 0.775, 0.6875, 0.25],
    ],
    ['steeper', 2, [0, 0, 0.425, 0.725, 1, 0.875, 0]],
  ])('takes the mask from the last step, %s', async (_, maskSlope, expected) => {
    let runs = 0;
    const start = (HAND_SIZE / 2) * (HAND_SIZE + 1) - 3;
    const runner = new FakeRunner({
      'hand.onnx': ({ sample }) => {
        runs++;
        const data = new Float32Array(HAND_SIZE ** 2).fill(runs === 4 ? 0 : 1);
        if (runs === 4)
          for (const row of [-1, 0, 1]) data.set([0, 0.25, 0.5, 0.6, 0.75, 1], start + row * HAND_SIZE);
        return { prediction: colour(sample, [0, 0, 0]), mask: { dims: [1, 1, HAND_SIZE, HAND_SIZE], data } };
      },
    });
    const stage = handStage(runner);
    const { mask } = await drawHand({ ...stage, manifest: { ...stage.manifest, maskSlope } });
    const shown = mask.subarray(start, start + 7);
    expect(Array.from(shown, (v) => Math.round(v * 1e4) / 1e4)).toEqual(expected);
  });

  it('lets a hand that goes on beyond its crop end round there', async () => {
    // A hand eight pixels wide, from the middle of the crop to its lower edge.
    const runner = new FakeRunner({
      'hand.onnx': ({ sample }) => {
        const data = new Float32Array(HAND_SIZE ** 2);
        for (let row = 4; row < HAND_SIZE; row++) data.fill(1, row * HAND_SIZE + 4, row * HAND_SIZE + 12);
        return { prediction: colour(sample, [0, 0, 0]), mask: { dims: [1, 1, HAND_SIZE, HAND_SIZE], data } };
      },
    });
    const stage = handStage(runner);
    const { mask } = await drawHand({ ...stage, manifest: { ...stage.manifest, maskSlope: 2 } });
    const shown = (row: number) =>
      [7, 6, 5, 4, 3].map((column) => Math.round(1e4 * (mask[row * HAND_SIZE + column] ?? -1)) / 1e4);
    // A fifth of 16 is three rows. In the last one pixels lie .843, .914, 1.042 and 1.208 of the half ellipse from its middle.
    expect(shown(15)).toEqual([1, 1, 0.2222, 0, 0]);
    for (const row of [8, 12, 13]) expect(shown(row)).toEqual([1, 1, 1, 1, 0]);
    // It is as round to the other side.
    expect([8, 9, 10, 11].map((column) => mask[15 * HAND_SIZE + column])).toEqual(
      [7, 6, 5, 4].map((column) => mask[15 * HAND_SIZE + column]),
    );
  });

  it('leaves a hand alone that lies within its crop, in a corner too', async () => {
    const runner = new FakeRunner({
      'hand.onnx': ({ sample }) => {
        const data = new Float32Array(HAND_SIZE ** 2);
        for (let row = 2; row < 6; row++) data.fill(1, row * HAND_SIZE + 2, row * HAND_SIZE + 6);
        return { prediction: colour(sample, [0, 0, 0]), mask: { dims: [1, 1, HAND_SIZE, HAND_SIZE], data } };
      },
    });
    const stage = handStage(runner);
    const { mask } = await drawHand({ ...stage, manifest: { ...stage.manifest, maskSlope: 2 } });
    expect(mask[3 * HAND_SIZE + 3]).toBe(1);
  });

  it('shows the picture that the decoder gives for the last clean latent', async () => {
    const { picture } = await drawHand(handStage(new FakeRunner()));
    expect([0, 1, 2].map((c) => picture.data[c * HAND_SIZE ** 2])).toEqual([1, -1, -1]);
  });

  it('refuses a bundle without a mask head in one sentence', async () => {
    const runner = new FakeRunner({
      'hand.onnx': ({ sample }) => ({ prediction: colour(sample, [0, 0, 0]) }),
    });
    await expect(drawHand(handStage(runner))).rejects.toThrow(/has no "mask"/);
  });
});

describe('guidance', () => {
  it('runs prompt and negative prompt and goes beyond the one, away from the other', async () => {
    const runner = new FakeRunner({
      'hand.onnx': ({ sample, look: given }) => ({
        prediction: colour(sample, [given?.data[0] === 3 ? 0.5 : 0.1, 0, 0]),
        mask: { dims: [1, 1, HAND_SIZE, HAND_SIZE], data: new Float32Array(HAND_SIZE ** 2) },
      }),
    });
    const { picture } = await drawHand(handStage(runner, 2.5));
    expect(runner.inputsOf('hand.onnx')).toHaveLength(8);
    // 0.1 + 2.5 (0.5 - 0.1)
    expect(picture.data[0]).toBeCloseTo(1.1, 5);
  });

  it('is off at scale 1', async () => {
    const runner = new FakeRunner();
    await drawHand(handStage(runner, 1));
    expect(runner.inputsOf('hand.onnx')).toHaveLength(4);
  });

  it('gives the timestep in the type that the manifest names', async () => {
    const { denoiser } = fakeManifest((raw) => {
      raw.hand.denoiser.inputs[1] = { name: 'timestep', from: 'timestep', type: 'int64' };
    }).hand;
    const runner = new FakeRunner();
    const latent = { dims: [1, 3, 8, 8], data: new Float32Array(192) };
    const given = { conditions: latent };
    await new Denoiser(denoiser, runner, look, 1).predict(latent, 249, {
      prompted: given,
      unprompted: given,
    });
    expect(runner.inputsOf('hand.onnx')[0]?.timestep).toEqual({ dims: [1], data: BigInt64Array.of(249n) });
  });
});

describe('whose hand it is', () => {
  it('clears what is nearer to the other hand, and only that', () => {
    const both = poseWithHands({ left: [2, 2, 6, 14], right: [10, 2, 14, 14] });
    const mask = new Float32Array(HAND_SIZE ** 2).fill(1);
    const kept = keepOwnHands(mask, HAND_SIZE, both, ['left']);
    // The hands are mirror images about x = 8.
    expect([0, 7, 8, 15].map((x) => kept[8 * HAND_SIZE + x])).toEqual([1, 1, 0, 0]);
    expect(keepOwnHands(mask, HAND_SIZE, both, ['left', 'right'])).toBe(mask);
  });

  it('leaves the mask alone where the other hand is not in the crop', () => {
    const mask = new Float32Array(HAND_SIZE ** 2).fill(1);
    const far = poseWithHands({ left: [2, 2, 6, 14], right: [40, 2, 44, 14] });
    expect(keepOwnHands(mask, HAND_SIZE, far, ['left'])).toBe(mask);
  });
});
