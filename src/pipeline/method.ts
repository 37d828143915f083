import { counted } from '../counted.js';
import {
  makeSampler,
  type SamplerOptions,
  type ScheduleOptions,
  TorchGenerator,
} from '../diffusion/index.js';
import { UsageError } from '../errors.js';
import type {
  AutoencoderManifest,
  DenoiserManifest,
  HandStageManifest,
  Manifest,
} from '../models/manifest.js';
import type { GraphRunner } from '../models/tensor.js';
import { type Area, cutPlanes, scaledArea } from '../stages/area.js';
import { Autoencoder } from '../stages/autoencoder.js';
import { CanvasBench } from '../stages/canvas-bench.js';
import type { ClipReference } from '../stages/carry/carried.js';
import { Denoiser, type Look } from '../stages/denoiser.js';
import type { Backdrop, DrawConditions, HandStage } from '../stages/index.js';
import type { RefineStage } from '../stages/refine/refine-hands.js';
import type { Method } from '../stages/two-stage.js';
import type { Preset } from './preset.js';

/** Steps where neither preset nor bundle says a number. */
const DEFAULT_STEPS = 50;

/** A preset's numbers once the bundle has had its say. */
export interface Choices {
  readonly handSteps: number;
  readonly bodySteps: number;
  readonly handGuidance: number;
  readonly bodyGuidance: number;
  readonly handSampler?: SamplerOptions;
  readonly bodySampler: SamplerOptions;
}

/**
 * Decides what the preset leaves to the bundle. A bundle that was trained for certain numbers of steps takes the
 * nearest of them and says so by `warn`; `strict` (the user named the number) makes it a `UsageError`.
 */
export function settle(
  manifest: Manifest,
  preset: Preset,
  strict: { hand: boolean; body: boolean },
  warn: (sentence: string) => void,
): Choices {
  const stage = (name: 'hand' | 'body'): number => {
    const wanted = preset[name].steps;
    const trained = manifest[name]?.sampler.trainedSteps;
    if (wanted === undefined) return trained?.[0] ?? DEFAULT_STEPS;
    if (!trained || trained.includes(wanted)) return wanted;
    const list = trained.join(' or ');
    if (strict[name]) {
      throw new UsageError(
        'HF_STEPS_UNTRAINED',
        `The bundle "${manifest.name}" was trained to draw its ${name} stage in ${list} steps, not in ${wanted}: choose \`steps: ${trained[0]}\` or another bundle.`,
        { field: `${name}.steps` },
      );
    }
    const nearest = trained.reduce((a, b) => (Math.abs(b - wanted) < Math.abs(a - wanted) ? b : a));
    warn(
      `The preset asks for ${counted(wanted, 'step')} in the ${name} stage, but the bundle "${manifest.name}" was trained for ${list}: drawing in ${nearest}.`,
    );
    return nearest;
  };
  const sampler = (name: 'hand' | 'body'): SamplerOptions => {
    const own = (manifest[name] ?? manifest.body).sampler;
    const wanted = preset[name].sampler;
    if (!wanted || !own.trainedSteps) return { ...own, ...wanted };
    warn(
      `The preset asks for another sampler in the ${name} stage, but the bundle "${manifest.name}" was trained for its own: drawing with that one.`,
    );
    return own;
  };
  return {
    handSteps: stage('hand'),
    bodySteps: stage('body'),
    handGuidance: preset.hand.guidance ?? manifest.hand?.guidance ?? 1,
    bodyGuidance: preset.body.guidance ?? manifest.body.guidance,
    ...(manifest.hand ? { handSampler: sampler('hand') } : {}),
    bodySampler: sampler('body'),
  };
}

/** Whether a bundle draws a preset as it stands, with no step count, sampler or stage replaced or missing. */
export function presetFits(manifest: Manifest, preset: Preset): boolean {
  if (preset.refine.draw && !manifest.refine) return false;
  let changes = 0;
  settle(manifest, preset, { hand: false, body: false }, () => {
    changes += 1;
  });
  return changes === 0;
}

/** What a method is made from, besides the preset. */
export interface MethodParts {
  readonly manifest: Manifest;
  readonly runner: GraphRunner;
  readonly draw: DrawConditions;
  readonly look: Look;
  readonly seed: number;
  readonly background: Backdrop;
  /** What is carried into every frame, where the bundle takes it. */
  readonly reference?: ClipReference;
  /** The part of the picture that the body stage draws; absent: all. */
  readonly area?: Area;
  /** Finds keypoints in a picture, where the preset refines. */
  readonly find?: RefineStage['find'];
}

/** Makes the two stages for a look. The noise is the seed's alone and the same for every frame. */
export function makeMethod(parts: MethodParts, preset: Preset, choices: Choices): Method {
  const { manifest, draw, background, reference } = parts;
  const { hand, body } = manifest;
  return {
    ...(hand ? { hand: handStage(parts, hand, choices) } : {}),
    body: {
      ...makeStage(
        parts,
        { ...body, sampler: choices.bodySampler },
        choices.bodySteps,
        choices.bodyGuidance,
        parts.area,
      ),
      manifest: body,
      draw: preset.body.pose ? draw : withoutPose(draw),
      blending: preset.blending,
      ...(reference ? { reference } : {}),
    },
    canvas: new CanvasBench(),
    composite: { ...preset.composite, background },
    ...refineStage(parts, preset),
  };
}

function handStage(parts: MethodParts, hand: HandStageManifest, choices: Choices): HandStage {
  const described = { ...hand, sampler: choices.handSampler ?? hand.sampler };
  return {
    ...makeStage(parts, described, choices.handSteps, choices.handGuidance),
    manifest: hand,
    draw: parts.draw,
    keptHands: { each: [], batch: new Map() },
  };
}

/** The third stage, where the preset asks for it. */
function refineStage(parts: MethodParts, { refine }: Preset): { refine?: RefineStage } {
  const { manifest, draw, find, look } = parts;
  if (!refine.draw) return {};
  if (!manifest.refine || !find) throw new Error('refining was asked for and not prepared');
  const { guidance, strength, sampler } = manifest.refine;
  const steps = refine.steps ?? sampler.trainedSteps?.[0] ?? DEFAULT_STEPS;
  const own = { ...look, negative: look.refineNegative ?? look.negative };
  const stage = makeStage({ ...parts, look: own }, manifest.refine, steps, refine.guidance ?? guidance);
  return {
    refine: {
      ...stage,
      manifest: manifest.refine,
      draw,
      strength: refine.adaptive ? 'adaptive' : (refine.strength ?? strength),
      find,
    },
  };
}

/** Draws conditions without a person: those that show keypoints stay empty. */
function withoutPose(draw: DrawConditions): DrawConditions {
  return (channels, size, scene) => {
    const { keypoints, ...rest } = scene.pose;
    const pose = { ...rest, depth: undefined, keypoints: new Float32Array(keypoints.length) };
    return draw(channels, size, { ...scene, pose });
  };
}

interface StageParts {
  readonly autoencoder: AutoencoderManifest;
  readonly schedule: ScheduleOptions;
  readonly sampler: SamplerOptions;
  readonly denoiser: DenoiserManifest;
}

function makeStage(
  { runner, look, seed }: MethodParts,
  stage: StageParts,
  steps: number,
  guidance: number,
  area?: Area,
) {
  const autoencoder = new Autoencoder(stage.autoencoder, runner, area);
  const sampler = makeSampler(stage.schedule, stage.sampler);
  sampler.steps(steps);
  const generator = new TorchGenerator(seed);
  // A place's noise is the same whatever area is drawn.
  const { size, channels, downscale } = stage.autoencoder;
  const side = size / downscale;
  const cells = scaledArea(autoencoder.area, 1 / downscale);
  const drawNoise = () => cutPlanes(generator.randn(channels * side * side), side, cells);
  const noise = drawNoise();
  const more = sampler.fresh ? steps - 1 : 0;
  const stepNoise = Array.from({ length: more }, drawNoise);
  return {
    denoiser: new Denoiser(stage.denoiser, runner, look, guidance),
    autoencoder,
    sampler,
    steps,
    noise,
    stepNoise,
    kept: new Map<string, Float32Array>(),
  };
}
