import type { ConditionChannels } from '../models/condition-channels.js';
import type { BodyStageManifest, HandStageManifest } from '../models/manifest.js';
import type { Tensor, Tensors } from '../models/tensor.js';
import { channelPlace } from './conditions/index.js';
import type { DenoiseHooks } from './denoise.js';
import { makePlanes } from './planes.js';
import { cellMeans, type Scene } from './scene.js';

/**
 * From the second step on the channels of `kind` hold what the mask head said in the step before, where the bundle was trained
 * for it: with outlines settled a stage draws crisply, not as a mean of all that could be. The masks are the last step's all the
 * same.
 */
export function maskFeedback(
  { maskFeedback: told, denoiser, autoencoder }: HandStageManifest | BodyStageManifest,
  kind: ConditionChannels['kind'],
  scene: Scene,
): Pick<DenoiseHooks, 'condition'> {
  if (!told) return {};
  const { size: whole } = autoencoder;
  return {
    condition(conditions: Tensors, masks: Float32Array) {
      const changed: Record<string, Tensor> = { ...conditions };
      for (const input of denoiser.inputs) {
        const drawn = conditions[input.name];
        if (input.from !== 'conditions' || !(drawn?.data instanceof Float32Array)) continue;
        const { size, channels } = input;
        const place = channelPlace(channels, kind, scene, size);
        if (place === undefined) continue;
        const planes = settle(masks, told.gain, whole, size);
        // Not marked as constant: another step, another mask.
        changed[input.name] = { dims: drawn.dims, data: laidOver(drawn.data, planes, place * size * size) };
      }
      return changed;
    },
  };
}

/** `data` with `planes` from `at` on: no copy where it holds nothing else. */
function laidOver(data: Float32Array, planes: Float32Array, at: number): Float32Array {
  if (planes.length === data.length) return planes;
  const all = data.slice();
  all.set(planes, at);
  return all;
}

/**
 * Probabilities [masks, whole, whole] with a soft edge `1 / gain` wide round one half, as drawn masks have it, at `size`: means of
 * whole cells, as in training, where the sizes allow it.
 */
function settle(masks: Float32Array, gain: number, whole: number, size: number): Float32Array {
  const sharp = (p: number): number => Math.min(1, Math.max(0, (p - 0.5) * gain + 0.5));
  const count = masks.length / whole ** 2;
  return cellMeans(makePlanes(count, whole, whole, masks.map(sharp)), size).data;
}
