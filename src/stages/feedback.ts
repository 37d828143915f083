import type { ConditionChannels } from '../models/condition-channels.js';
import type { BodyStageManifest, HandStageManifest } from '../models/manifest.js';
import type { Tensor, Tensors } from '../models/tensor.js';
import { channelPlace } from './conditions/index.js';
import type { Grid } from './conditions/raster.js';
import type { DenoiseHooks } from './denoise.js';
import { makePlanes } from './planes.js';
import { cellMeans } from './resample.js';
import type { Scene } from './scene.js';

/**
 * From the second step on the channels of `kind` hold what the mask head said in the step before, where the bundle was trained
 * for it: with outlines known a stage draws crisply, not as a mean of all that could be. The masks are the last step's all the
 * same.
 */
export function maskFeedback(
  { maskFeedback: fed, denoiser }: Pick<HandStageManifest | BodyStageManifest, 'maskFeedback' | 'denoiser'>,
  kind: ConditionChannels['kind'],
  scene: Scene,
  whole: Grid,
): Pick<DenoiseHooks, 'condition'> {
  if (!fed) return {};
  return {
    condition(conditions: Tensors, masks: Float32Array) {
      const changed: Record<string, Tensor> = { ...conditions };
      for (const input of denoiser.inputs) {
        const drawn = conditions[input.name];
        if (input.from !== 'conditions' || !(drawn?.data instanceof Float32Array)) continue;
        const [batch = 1, , height = 0, width = 0] = drawn.dims;
        const place = channelPlace(input.channels, kind, scene, width * height);
        if (place === undefined) continue;
        const planes = settle(masks, fed.gain, whole, { width, height });
        changed[input.name] = {
          dims: drawn.dims,
          data: laidOver(drawn.data, planes, batch, place * width * height),
        };
      }
      return changed;
    },
  };
}

/** `data` with each member's `planes` from `at` of that member on: no copy where it holds nothing else. */
function laidOver(data: Float32Array, planes: Float32Array, batch: number, at: number): Float32Array {
  if (planes.length === data.length) return planes;
  const all = data.slice();
  const [member, length] = [data.length / batch, planes.length / batch];
  for (let k = 0; k < batch; k += 1) all.set(planes.subarray(k * length, (k + 1) * length), k * member + at);
  return all;
}

/**
 * Probabilities of the size `whole` with a soft edge `1 / gain` wide round one half, as drawn masks have it, at another size: means of
 * whole cells, as in training, where the sizes allow it.
 */
function settle(masks: Float32Array, gain: number, { width, height }: Grid, size: Grid): Float32Array {
  const sharp = (p: number): number => Math.min(1, Math.max(0, (p - 0.5) * gain + 0.5));
  const count = masks.length / (width * height);
  return cellMeans(makePlanes(count, width, height, masks.map(sharp)), size).data;
}
