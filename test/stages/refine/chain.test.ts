import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Detector, openDetector } from '../../../src/detect/index.js';
import { type Bundle, createTokenizer, loadBundle, openRunner } from '../../../src/models/index.js';
import { manifestSchema } from '../../../src/models/manifest.js';
import type { GraphRunner } from '../../../src/models/tensor.js';
import type { Picture } from '../../../src/picture.js';
import { makeMethod, settle } from '../../../src/pipeline/method.js';
import { loadPreset } from '../../../src/pipeline/preset.js';
import { chooseSigner } from '../../../src/pipeline/signer.js';
import { HAND_SIDES, handPoint, KEYPOINT_COUNT, type PoseFrame } from '../../../src/pose/pose-frame.js';
import { drawConditions } from '../../../src/stages/conditions/index.js';
import { fitHands } from '../../../src/stages/refine/fit-hand.js';
import { handError, outsideHands } from '../../../src/stages/refine/hand-areas.js';
import { type RefineStage, refineHands } from '../../../src/stages/refine/refine-hands.js';
import { drawFrame } from '../../../src/stages/two-stage.js';
import { handfirst } from '../../cli/run.js';
import { RecordingRunner } from '../../parity/recording-runner.js';

/*
 * The third stage over the prompt alone, with our own detector: the body's decoder gives one picture of a signer whatever it is given
 * (test/fixtures/make-signer-decoder.py), all else is the tiny random bundle of HandRefiner.
 */

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const SIDE = 128;
const STEPS = 2;
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let folder: string;
let bundle: Bundle;
let runner: GraphRunner;
let detector: Detector;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'handfirst-refine-'));
  await cp(here('../../fixtures/tiny-sd15'), folder, { recursive: true });
  await cp(here('../../fixtures/systems/handrefiner'), folder, { recursive: true });
  await cp(here('../../fixtures/systems/signer-decoder.onnx'), join(folder, 'signer-decoder.onnx'));
  const path = join(folder, 'manifest.json');
  const manifest = manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  const bytes = await readFile(join(folder, 'signer-decoder.onnx'));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  manifest.files['signer-decoder.onnx'] = { sha256, bytes: bytes.length };
  manifest.body.autoencoder.decoder.graph = 'signer-decoder.onnx';
  await writeFile(path, JSON.stringify(manifest));
  bundle = await loadBundle(folder);
  runner = await openRunner(bundle, { device: 'cpu', threads: 1 });
  detector = await openDetector();
});

afterAll(async () => {
  await runner?.close();
  await detector?.close();
  await rm(folder, { recursive: true, force: true });
});

const NOBODY: PoseFrame = { index: 0, time: 0, keypoints: new Float32Array(KEYPOINT_COUNT * 3) };

const detect = async (picture: Picture): Promise<PoseFrame> => (await detector.detect(picture)).frame;

async function method(recorded: RecordingRunner, adaptive = false, find = detect) {
  const { manifest } = bundle;
  const preset = loadPreset('handrefiner', { body: { steps: STEPS }, refine: { steps: STEPS, adaptive } });
  const warn = (sentence: string): never => expect.fail(sentence);
  const choices = settle(manifest, preset, { hand: false, body: true }, warn);
  const parts = { manifest, runner: recorded, draw: drawConditions, preset, choices, warn };
  const tokenizer = await createTokenizer(bundle);
  const { look } = await chooseSigner({ ...parts, tokenizer }, { prompt: 'a person', seed: 3 });
  return makeMethod({ ...parts, look, seed: 3, background: 'drawn', find }, preset, choices);
}

async function refineStage(recorded: RecordingRunner, adaptive = false, find = detect): Promise<RefineStage> {
  const { refine } = await method(recorded, adaptive, find);
  return refine ?? expect.fail('the preset refines nothing');
}

async function signer(): Promise<Picture> {
  const { graph } = bundle.manifest.body.autoencoder.decoder;
  const latent = { dims: [1, 4, 16, 16], data: new Float32Array(4 * 256) };
  const { picture } = await runner.run(graph, { latent });
  const planes = picture?.data ?? new Float32Array();
  const data = Uint8Array.from(
    { length: 3 * SIDE * SIDE },
    (_, i) => ((planes[(i % 3) * SIDE * SIDE + Math.floor(i / 3)] ?? 0) + 1) * 127.5 + 0.5,
  );
  return { width: SIDE, height: SIDE, channels: 3, data };
}

function strengths(recorded: RecordingRunner): number[] {
  const graph = bundle.manifest.refine?.denoiser.graph ?? '';
  return [...new Set(recorded.inputs(graph, 'strength').flat())];
}

describe('hands of a finished picture, drawn anew', () => {
  it('are found, fitted, and shown to the denoiser as depth within their boxes', async () => {
    const recorded = new RecordingRunner(runner);
    const { picture } = await drawFrame(await method(recorded), NOBODY, []);
    const found = fitHands(await detect(await signer()));
    expect(HAND_SIDES.every((side) => (found.keypoints[handPoint(side, 8) * 3 + 2] ?? 0) > 0)).toBe(true);
    const graph = bundle.manifest.refine?.denoiser.graph ?? '';
    const hint = recorded.inputs(graph, 'hint')[0] ?? [];
    expect(hint).toEqual([...drawConditions([{ kind: 'hand-depth' }], SIDE, { pose: found })]);
    expect(Math.max(...hint)).toBeCloseTo(1, 6);
    const kept = outsideHands(found, SIDE, (30 * SIDE) / 512);
    expect(hint.some((grey, i) => grey > 0 && kept?.[i % kept.length] === 1)).toBe(false);
    // The denoiser paints where the boxes are, cell by cell.
    const inpaint = recorded.inputs(graph, 'inpaint')[0] ?? [];
    expect(inpaint.slice(0, 256)).toEqual(
      Array.from({ length: 256 }, (_, i) => kept?.[8 * SIDE * Math.floor(i / 16) + 8 * (i % 16)]),
    );
    expect(strengths(recorded)).toEqual([Math.fround(0.55)]);
    expect(picture.data).not.toEqual((await signer()).data);
  });

  it('are drawn by generate, the whole chain of it', async () => {
    const out = join(folder, 'frames/');
    const input = here('../../../samples/hello.pose');
    const flags = ['--bundle', folder, '--preset', 'handrefiner', '--device', 'cpu', '--threads', '1'];
    const some = ['--range', '0:1', '--set', `body.steps=${STEPS}`, '--set', `refine.steps=${STEPS}`];
    const look = ['--prompt', 'a person', '--seed', '3'];
    const { code, err } = await handfirst('generate', input, '-o', out, ...flags, ...some, ...look);
    expect(code, err).toBe(0);
    expect(err).not.toContain('No hands are found');
    const { picture } = await drawFrame(await method(new RecordingRunner(runner)), NOBODY, []);
    const [file = ''] = (await readdir(out)).filter((name) => name.endsWith('.png'));
    const drawn = await sharp(join(out, file)).removeAlpha().raw().toBuffer();
    expect(Buffer.compare(drawn, Buffer.from(picture.data))).toBe(0);
    // The tiny decoder's own picture shows nobody.
    const plain = await mkdtemp(join(tmpdir(), 'handfirst-refine-plain-'));
    onTestFinished(() => rm(plain, { recursive: true, force: true }));
    await cp(here('../../fixtures/tiny-sd15'), plain, { recursive: true });
    await cp(here('../../fixtures/systems/handrefiner'), plain, { recursive: true });
    const other = [...flags.with(1, plain), ...some, '--range', '0:2', '--force'];
    const nobody = await handfirst('generate', input, '-o', out, ...other);
    expect(nobody.code, nobody.err).toBe(0);
    expect(nobody.err.match(/No hands are found in frame \d/g)).toHaveLength(1);
  });

  it('stay as they are where none is found', async () => {
    const stage = await refineStage(new RecordingRunner(runner), false, () => Promise.resolve(NOBODY));
    const picture = await signer();
    expect(await refineHands(stage, picture)).toBe(picture);
  });
});

describe('the strength that is found out for each picture', () => {
  /** Finds the signer's hands, and in the pictures drawn of them the same moved aside by so many pixels each. */
  async function finder(...moved: number[]) {
    const first = await detect(await signer());
    const waiting = [0, ...moved];
    return () => {
      const by = waiting.shift() ?? 0;
      const keypoints = first.keypoints.map((value, i) => (i % 3 === 0 ? value + by : value));
      return Promise.resolve({ ...first, keypoints });
    };
  }

  it.each([
    ['the least whose hands are nearly as near', [10, 20, 12, 11.4, 1], [1, 0.4, 0.5, 0.6]],
    ['1 where none of the others is', [10, 20, 20, 20, 20, 20, 20], [1, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]],
  ])('is %s', async (_, moved, expected) => {
    const recorded = new RecordingRunner(runner);
    const stage = await refineStage(recorded, true, await finder(...moved));
    const picture = await refineHands(stage, await signer());
    expect(strengths(recorded)).toEqual(expected.map(Math.fround));
    const chosen = expected.length === 7 ? 1 : (expected.at(-1) ?? 1);
    const alone = { ...stage, strength: chosen, find: await finder() };
    expect(picture.data).toEqual((await refineHands(alone, await signer())).data);
  });

  it('counts a hand that is lost as endlessly far', async () => {
    const found = await detect(await signer());
    expect(handError(found, found)).toBe(0);
    expect(handError(found, NOBODY)).toBe(Infinity);
  });
});
