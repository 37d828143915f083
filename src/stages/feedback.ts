import type { BodyStageManifest, ConditionChannels, HandStageManifest } from '../models/manifest.js';
import type { Tensor, Tensors } from '../models/tensor.js';
import { channelPlace } from './conditions/index.js';
import type { DenoiseHooks } from './denoise.js';
import { makePlanes } from './planes.js';
import { resizeSquare, type Scene } from './scene.js';

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
      const settled = makePlanes(masks.length / whole ** 2, whole, whole, settle(masks, told.gain));
      const changed: Record<string, Tensor> = { ...conditions };
      for (const input of denoiser.inputs) {
        const drawn = conditions[input.name];
        if (input.from !== 'conditions' || !(drawn?.data instanceof Float32Array)) continue;
        const { size, channels } = input;
        const place = channelPlace(channels, kind, scene, size);
        if (place === undefined) continue;
        const data = drawn.data.slice();
        data.set(resizeSquare(settled, size).data, place * size * size);
        // Not marked as constant: another step, another mask.
        changed[input.name] = { dims: drawn.dims, data };
      }
      return changed;
    },
  };
}

/** Probabilities with a soft edge `1 / gain` wide round one half, as drawn masks have it. */
function settle(masks: Float32Array, gain: number): Float32Array {
  const settled = new Float32Array(masks.length);
  for (let i = 0; i < masks.length; i += 1) {
    settled[i] = Math.min(1, Math.max(0, ((masks[i] ?? 0) - 0.5) * gain + 0.5));
  }
  return settled;
}
