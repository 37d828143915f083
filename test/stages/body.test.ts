import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dilate } from '../../src/diffusion/index.js';
import { makeMethod, settle } from '../../src/pipeline/method.js';
import { loadPreset, type PresetOverrides } from '../../src/pipeline/preset.js';
import { blendMasks } from '../../src/stages/blending.js';
import { type BodyStep, drawBody } from '../../src/stages/body.js';
import { type Canvas, placeHands } from '../../src/stages/canvas.js';
import { drawConditions } from '../../src/stages/conditions/index.js';
import type { DrawnHand } from '../../src/stages/hand.js';
import { makePlanes } from '../../src/stages/planes.js';
import {
  BODY_LATENT,
  BODY_SIZE,
  colour,
  FakeRunner,
  type Formula,
  fakeConditions,
  fakeManifest,
  floats,
  poseWithHands,
} from './fake-model.js';
import { uniformPlanes } from './uniform-planes.js';

/** A hand that covers columns and rows 12..19 of the 32 px picture: latent cells 3..4. */
const drawn: DrawnHand = {
  crop: { x: 12, y: 12, side: 8, hands: ['left'] },
  picture: uniformPlanes([1, 0, -1], 16),
  mask: new Float32Array(256).fill(1),
};
/** The same without its soft edge, so that block means are round numbers. */
const canvas = sharp(placeHands([drawn], BODY_SIZE, [127.5, 127.5, 127.5]));
const pose = poseWithHands({ left: [12, 12, 20, 20] });
const zero: Record<string, Formula> = {
  'body.onnx': ({ sample }) => ({ prediction: colour(sample, [0, 0, 0]) }),
};

function stage(
  runner: FakeRunner,
  overrides: PresetOverrides = {},
  change?: Parameters<typeof fakeManifest>[0],
) {
  const manifest = fakeManifest(change);
  const preset = loadPreset('default', overrides);
  const choices = settle(manifest, preset, { hand: false, body: false }, () => undefined);
  const look = { prompt: { look: { dims: [1, 3], data: new Float32Array(3) } } };
  const parts = { manifest, runner, draw: fakeConditions, look, seed: 7, background: 'drawn' } as const;
  return makeMethod(parts, preset, choices).body;
}

function sharp(soft: Canvas): Canvas {
  const colours = [1, 0, -1];
  const area = BODY_SIZE ** 2;
  const data = Float32Array.from(
    { length: 3 * area },
    (_, i) => (soft.mask[i % area] ?? 0) * (colours[Math.floor(i / area)] ?? 0),
  );
  const planes = makePlanes(3, BODY_SIZE, BODY_SIZE, data);
  return { ...soft, picture: planes, hands: planes, alpha: soft.mask };
}

/** Equal numbers; quicker than comparing arrays value by value. */
function same(a: Float32Array, b: Float32Array | undefined): boolean {
  return a.length === b?.length && a.every((value, k) => value === b[k]);
}

/** Cells of a latent mask that are set, as 'x..y' extents: left, top, right, bottom. */
function extent(mask: Float32Array | undefined): number[] {
  const cells = [...(mask ?? []).keys()].filter((i) => mask?.[i]);
  const [xs, ys] = [cells.map((i) => i % BODY_LATENT), cells.map((i) => Math.floor(i / BODY_LATENT))];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** Pixels a latent cell. */
const CELL = BODY_SIZE / BODY_LATENT;
/** What the paper leaves open, as chosen. */
const USUAL = { dilations: 'blended', canvas: 'noised' } as const;

describe('masks of the blended steps', () => {
  it('shrink from the widest to the precise one, and the last steps are free', () => {
    // Growth of 4 px is one latent cell here.
    const masks = blendMasks(canvas, { ...USUAL, mode: 'expand', freeSteps: 1, growth: 4 }, 4, CELL);
    expect(masks.map(extent)).toEqual([
      [1, 1, 6, 6],
      [2, 2, 5, 5],
      [3, 3, 4, 4],
    ]);
  });

  it('follow the paper with 50 steps and two free ones', () => {
    const masks = blendMasks(canvas, { ...USUAL, mode: 'expand', freeSteps: 2, growth: 1 }, 50, CELL);
    expect(masks).toHaveLength(48);
    expect(extent(masks[47])).toEqual([3, 3, 4, 4]);
    // Dilated 47 times: everything.
    expect(extent(masks[0])).toEqual([0, 0, 7, 7]);
    const sizes = masks.map((mask) => mask.reduce((sum, v) => sum + v, 0));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  });

  it('lose the smallest to the free steps where every step is counted', () => {
    const choices = { ...USUAL, dilations: 'all', mode: 'expand', freeSteps: 1, growth: 4 } as const;
    expect(blendMasks(canvas, choices, 4, CELL).map(extent)).toEqual([
      [0, 0, 7, 7],
      [1, 1, 6, 6],
      [2, 2, 5, 5],
    ]);
  });

  it('stay the precise one with `naive`, its boxes with `box`, and are none with `none`', () => {
    const corner = { ...drawn, mask: drawn.mask.map((_, i) => (i % 16 < 8 || i >= 128 ? 1 : 0)) };
    const angled = placeHands([corner], BODY_SIZE, [0, 0, 0]);
    const naive = blendMasks(angled, { ...USUAL, mode: 'naive', freeSteps: 1, growth: 4 }, 4, CELL);
    const box = blendMasks(angled, { ...USUAL, mode: 'box', freeSteps: 1, growth: 4 }, 4, CELL);
    const count = (mask: Float32Array | undefined) => mask?.reduce((sum, v) => sum + v, 0);
    expect(naive.map(count)).toEqual([3, 3, 3]);
    expect(box.map(count)).toEqual([4, 4, 4]);
    expect(blendMasks(angled, { ...USUAL, mode: 'none', freeSteps: 0, growth: 4 }, 4, CELL)).toEqual([]);
  });

  it('have a box for each hand, not one round all', () => {
    const other: DrawnHand = { ...drawn, crop: { x: 0, y: 0, side: 4, hands: ['right'] } };
    const two = placeHands([drawn, other], BODY_SIZE, [0, 0, 0]);
    const [mask] = blendMasks(two, { ...USUAL, mode: 'box', freeSteps: 0, growth: 4 }, 1, CELL);
    expect(mask?.reduce((sum, v) => sum + v, 0)).toBe(5);
  });

  it('are none where all steps are free or no hand is seen', () => {
    expect(blendMasks(canvas, { ...USUAL, mode: 'expand', freeSteps: 9, growth: 4 }, 4, CELL)).toEqual([]);
    const empty = placeHands([], BODY_SIZE, [0, 0, 0]);
    expect(blendMasks(empty, { ...USUAL, mode: 'expand', freeSteps: 1, growth: 4 }, 4, CELL)).toEqual([]);
  });
});

describe('the body stage', () => {
  it('blends the canvas, noised to the step, inside the mask of the step, and frees the last one', async () => {
    const runner = new FakeRunner(zero);
    const body = stage(runner, { blending: { mode: 'expand', freeSteps: 1, growth: 4 } });
    await drawBody(body, pose, canvas);
    const seen = runner.inputsOf('body.onnx').map(({ sample }) => floats(sample));
    expect(seen).toHaveLength(4);
    // The encoder answers block means, and latent = scaling * (encoded - shift) with 2 and 0.25; red is 1 inside the hand.
    const red = 2 * (1 - 0.25);
    const cell = 3 * BODY_LATENT + 3;
    const far = 0;
    const noise = (i: number) => body.noise[i] ?? 0;
    // Cosine schedule with zero terminal SNR at 999, 749, 499, 249: alphas from diffusers' own numbers are tested with Ddim.
    const alphas = [999, 749, 499, 249].map((t) => body.sampler.process.alphas[t] ?? 0);
    for (const step of [0, 1, 2]) {
      const alpha = alphas[step] ?? 0;
      expect(seen[step]?.[cell]).toBeCloseTo(Math.sqrt(alpha) * red + Math.sqrt(1 - alpha) * noise(cell), 5);
    }
    // The model says 0, so what was never blended is the noise alone, at the step's level.
    alphas.forEach((alpha, step) => {
      expect(seen[step]?.[far]).toBeCloseTo(Math.sqrt(1 - alpha) * noise(far), 5);
    });
    // The free step goes on from the blended one by DDIM: x0 = 0, so only epsilon = x / sqrt(1 - alpha) is carried on.
    const [third = 0, last = 0] = [alphas[2], alphas[3]];
    const epsilon = (seen[2]?.[cell] ?? 0) / Math.sqrt(1 - third);
    expect(seen[3]?.[cell]).toBeCloseTo(Math.sqrt(1 - last) * epsilon, 5);
  });

  it('blends the canvas clean where equation 8 is taken as printed', async () => {
    const runner = new FakeRunner(zero);
    const clean = stage(runner, { blending: { mode: 'expand', freeSteps: 1, growth: 4, canvas: 'clean' } });
    await drawBody(clean, pose, canvas);
    const seen = runner.inputsOf('body.onnx').map(({ sample }) => floats(sample));
    for (const step of [0, 1, 2]) expect(seen[step]?.[3 * BODY_LATENT + 3]).toBeCloseTo(2 * (1 - 0.25), 5);
  });

  it('lets a ring go as soon as the mask has shrunk past it', async () => {
    const runner = new FakeRunner(zero);
    const body = stage(runner, { blending: { mode: 'expand', freeSteps: 1, growth: 4 } });
    await drawBody(body, pose, canvas);
    const seen = runner.inputsOf('body.onnx').map(({ sample }) => floats(sample));
    const ring = 2 * BODY_LATENT + 2;
    const blended = (t: number) => {
      const alpha = body.sampler.process.alphas[t] ?? 0;
      // Canvas background is 0, encoded 2 * (0 - 0.25).
      return Math.sqrt(alpha) * -0.5 + Math.sqrt(1 - alpha) * (body.noise[ring] ?? 0);
    };
    expect(seen[1]?.[ring]).toBeCloseTo(blended(749), 5);
    expect(Math.abs((seen[2]?.[ring] ?? 0) - blended(499))).toBeGreaterThan(0.05);
  });

  it('shows the network the precise mask and the canvas at every step', async () => {
    const runner = new FakeRunner(zero);
    await drawBody(stage(runner, { blending: { mode: 'expand', freeSteps: 1, growth: 4 } }), pose, canvas);
    const area = BODY_SIZE ** 2;
    for (const { conditions } of runner.inputsOf('body.onnx')) {
      expect(conditions?.dims).toEqual([1, 5, BODY_SIZE, BODY_SIZE]);
      expect(same(floats(conditions).slice(area, 2 * area), canvas.mask)).toBe(true);
      expect(same(floats(conditions).slice(2 * area), canvas.picture.data)).toBe(true);
    }
  });

  it('shows later steps the outlines that the step before found, and gives the person as its mask', async () => {
    const area = BODY_SIZE ** 2;
    let runs = 0;
    const runner = new FakeRunner({
      'body.onnx': ({ sample }) => {
        runs += 1;
        // Person, clothes: .6 and .45 at first, then .7 and .55, ...
        const data = Float32Array.from({ length: 2 * area }, (_, i) => (i < area ? 0.5 : 0.35) + 0.1 * runs);
        return {
          prediction: colour(sample, [0, 0, 0]),
          mask: { dims: [1, 2, BODY_SIZE, BODY_SIZE], data },
        };
      },
    });
    const half = BODY_SIZE / 2;
    const body = stage(runner, { blending: { mode: 'none' } }, (raw) => {
      raw.body.maskFeedback = { gain: 4 };
      raw.body.denoiser.outputs.mask = 'mask';
      raw.body.denoiser.inputs[2] = {
        name: 'conditions',
        from: 'conditions',
        size: half,
        channels: [{ kind: 'skeleton-lines' }, { kind: 'parts', count: 2 }],
      };
    });
    const { personMask } = await drawBody({ ...body, draw: drawConditions }, pose, canvas);
    const seen = runner.inputsOf('body.onnx').map(({ conditions }) => floats(conditions));
    const plane = half ** 2;
    const rounded = seen.map((data) =>
      [1, 2].flatMap((channel) => {
        const values = data.slice(channel * plane, (channel + 1) * plane);
        return [...new Set([...values].map((value) => Math.round(value * 1e4) / 1e4))];
      }),
    );
    // clamp((p - 0.5) 4 + 0.5), nothing at the first step.
    expect(rounded).toEqual([
      [0, 0],
      [0.9, 0.3],
      [1, 0.7],
      [1, 1],
    ]);
    expect(personMask).toHaveLength(area);
    expect(new Set(personMask)).toEqual(new Set([Math.fround(0.9)]));
  });

  it('decodes latent / scaling + shift', async () => {
    const runner = new FakeRunner();
    const { picture } = await drawBody(stage(runner), pose, canvas);
    const [latent] = runner.inputsOf('body-decoder.onnx').map((inputs) => floats(inputs.latent));
    // The last step of x0 prediction is the prediction itself: -1.5 / 2 + 0.25.
    expect(latent?.[0]).toBeCloseTo(-0.5, 5);
    expect(picture.data[0]).toBe(64);
  });

  it('encodes nothing where neither blending nor a condition needs it', async () => {
    const runner = new FakeRunner();
    await drawBody(stage(runner, { blending: { mode: 'none' } }), pose, canvas);
    expect(runner.inputsOf('encoder.onnx')).toHaveLength(0);
  });

  it('gives the encoded canvas as a condition where the bundle asks for it, without blending too', async () => {
    const runner = new FakeRunner();
    const body = stage(runner, { blending: { mode: 'none' } }, (raw) => {
      raw.body.denoiser.inputs[2] = {
        name: 'conditions',
        from: 'conditions',
        size: BODY_LATENT,
        channels: [{ kind: 'hand-mask' }, { kind: 'canvas-latent' }],
      };
    });
    await drawBody(body, pose, canvas);
    const [first] = runner.inputsOf('body.onnx');
    const area = BODY_LATENT ** 2;
    const data = floats(first?.conditions);
    expect(data).toHaveLength(4 * area);
    expect(data[3 * BODY_LATENT + 3]).toBeGreaterThan(0.5);
    expect(data[area + 3 * BODY_LATENT + 3]).toBeCloseTo(1.5, 5);
    expect(data[area]).toBeCloseTo(-0.5, 5);
  });

  it('tells a watcher the mask and the estimate of each step', async () => {
    const steps: BodyStep[] = [];
    const body = stage(new FakeRunner(), { blending: { mode: 'expand', freeSteps: 1, growth: 4 } });
    await drawBody(body, pose, canvas, undefined, (step) => steps.push(step));
    expect(steps.map(({ t }) => t)).toEqual([999, 749, 499, 249]);
    expect(steps.map(({ mask }) => mask !== undefined)).toEqual([true, true, true, false]);
    expect(steps[0]?.estimate.data[0]).toBe(64);
  });

  it('says what to do where the bundle has no encoder', async () => {
    const body = stage(new FakeRunner(), {}, (raw) => {
      raw.body.autoencoder.encoder = undefined;
    });
    await expect(drawBody(body, pose, canvas)).rejects.toThrow(/no encoder.*`blending: none`/);
  });
});

describe('expanding a mask', () => {
  it('equals the dilation of the whole picture by the sum of its steps', () => {
    const scattered = fc.array(fc.integer({ min: 0, max: BODY_SIZE ** 2 - 1 }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(scattered, fc.integer({ min: 1, max: 5 }), (cells, growth) => {
        const mask = new Float32Array(BODY_SIZE ** 2);
        for (const cell of cells) mask[cell] = 1;
        const masks = blendMasks(
          { ...canvas, mask },
          { ...USUAL, mode: 'expand', freeSteps: 0, growth },
          4,
          1,
        );
        const whole = [3, 2, 1, 0].map((times) => dilate(mask, BODY_SIZE, BODY_SIZE, times * growth));
        expect(masks.map((each, i) => same(each, whole[i]))).toEqual([true, true, true, true]);
      }),
    );
  });
});
