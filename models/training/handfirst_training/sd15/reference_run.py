"""Runs the two-stage method in PyTorch with diffusers, apart from the engine, and stores what the engine has to reproduce.

``python -m handfirst_training.sd15.reference_run -o test/fixtures/parity``

The models are those of the tiny bundle, as PyTorch modules; LoRA by PEFT, sampling by ``DDIMScheduler``, noise by ``torch.randn``,
tokens by transformers, resizing by Pillow and PyTorch, dilation by SciPy. Crops, heatmaps, the OpenPose hint, canvas and paste
are this package's own NumPy (``reference_drawing``, ``reference_canvas``): nothing is taken from the engine, so drawing is compared
too. It was possible because every shape is defined by pixel middles and distances; poses have no round coordinates,
and a run whose masks come close to their thresholds is refused (``MARGIN``), so rounding decides no pixel.
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderKL, ControlNetModel, DDIMScheduler, UNet2DConditionModel
from PIL import Image
from torch import Tensor
from transformers import CLIPTextModel, CLIPTokenizer

from . import configs
from .mask_head import FeatureTap, MaskHead
from .reference_canvas import MASK_THRESHOLD, Crop, Placed, crop_pose, expanding_masks, hand_crops, own_mask, paste, place_hands
from .reference_drawing import Array, finger_heatmaps, openpose_hint
from .reference_poses import reference_poses
from .tiny import MAX_TOKENS, PICTURE, TinyModels, tiny_models, tiny_tokenizer

PROMPT = "a photo of a person signing, plain background"
NEGATIVE = "blurry"
#: Of the noise. Chosen so that no mask value of any pose lies within ``MARGIN`` of its threshold.
SEED = 22
#: Least distances from the thresholds: of the mask head's answers, far above the runtimes' rounding, and of resampled masks.
MARGIN, RESAMPLED_MARGIN = 5e-5, 1e-6
HAND_STEPS, BODY_STEPS, FREE_STEPS, GROWTH = 4, 6, 2, 8
#: Low: networks with random weights multiply rounding at each step, and guidance multiplies it again.
GUIDANCE = 1.5
SCALING = configs.VAE["scaling_factor"]


@dataclass(frozen=True)
class Networks:
    """The family's parts as the bundle holds them: LoRA merged, matrices rounded to float16."""

    vae: AutoencoderKL
    unet: UNet2DConditionModel
    controlnet: ControlNetModel
    hand_unet: UNet2DConditionModel
    mask_head: MaskHead
    tap: FeatureTap
    #: Hidden states of the prompt and of the negative prompt, [1, L, width].
    text: tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Result:
    """What a pose went through. Latents are scaled, as the denoisers see them."""

    crops: list[Crop]
    hand_latents: list[Tensor]
    hand_masks: list[Array]
    #: OpenPose's skeleton with the precise mask in white, [s, s, 3].
    hint: np.ndarray
    #: The latent as each step of the body stage gets it, after blending.
    step_latents: list[Tensor]
    body_latent: Tensor
    picture: np.ndarray


def load_networks(models: TinyModels) -> Networks:
    controlnet = models.lora.merge_and_unload()
    with torch.no_grad():
        for weight in controlnet.parameters():
            if weight.ndim > 1:
                weight.copy_(weight.half())
    tap = FeatureTap(models.hand_unet, models.mask_head.doublings)
    text = (encode(models.text_encoder, PROMPT), encode(models.text_encoder, NEGATIVE))
    return Networks(models.vae, models.unet, controlnet.eval(), models.hand_unet, models.mask_head, tap, text)


def encode(model: CLIPTextModel, prompt: str) -> Tensor:
    tokenizer: CLIPTokenizer = tiny_tokenizer()
    tokens = tokenizer(prompt, padding="max_length", max_length=MAX_TOKENS, truncation=True, return_tensors="pt")
    return model(tokens.input_ids).last_hidden_state


def draw(networks: Networks, pose: Array) -> Result:
    """One frame of the method: hands, canvas, body, composite."""
    crops = hand_crops(pose)
    hands = [draw_hand(networks, crop_pose(pose, crop, PICTURE), crop) for crop in crops]
    placed = place_hands([(crop, picture, mask) for crop, (_, picture, mask) in zip(crops, hands, strict=True)], PICTURE)
    _refuse_near(placed.alpha, RESAMPLED_MARGIN, "canvas")
    hint = openpose_hint(pose, PICTURE)
    hint[placed.mask > 0] = 255
    latent, steps = draw_body(networks, placed, hint)
    picture = paste(decode(networks.vae, latent), placed)
    masks = [mask for _, _, mask in hands]
    return Result(crops, [latent for latent, _, _ in hands], masks, hint, steps, latent, picture)


def draw_hand(networks: Networks, pose: Array, crop: Crop) -> tuple[Tensor, Array, Array]:
    """Stage 1 for a crop, ``pose`` in its coordinates: final latent, picture [3, s, s], mask [s, s]."""
    heatmaps = torch.from_numpy(finger_heatmaps(pose, PICTURE)).float()
    condition = torch.cat([heatmaps, torch.zeros(1, PICTURE, PICTURE)])[None]
    condition = torch.nn.functional.interpolate(condition, scale_factor=1 / 8, mode="bilinear")
    masks: list[Tensor] = []

    def predict(latent: Tensor, t: Tensor, text: Tensor) -> Tensor:
        noise = networks.hand_unet(torch.cat([latent, condition], 1), t, text).sample
        masks.append(networks.mask_head(networks.tap.take()))
        return noise

    latent, _ = sample(networks, predict, HAND_STEPS)
    # The last two runs are the last step's, with the prompt and with the negative prompt; the prompt's mask counts.
    probability = masks[-2][0, 0].double().numpy().clip(0, 1)
    _refuse_near(probability, MARGIN, "hand mask")
    return latent, decode(networks.vae, latent), own_mask(probability, pose, crop.hands)


def draw_body(networks: Networks, placed: Placed, hint: np.ndarray) -> tuple[Tensor, list[Tensor]]:
    """Stage 2: final latent, and the latent as each step gets it."""
    canvas = torch.from_numpy(placed.picture).float()[None]
    canvas_latent = SCALING * networks.vae.encode(canvas).latent_dist.mean
    drawn = torch.from_numpy(hint.transpose(2, 0, 1) / 255).float()[None]
    masks = expanding_masks(placed.mask, BODY_STEPS, FREE_STEPS, GROWTH, PICTURE // 8)

    def predict(latent: Tensor, t: Tensor, text: Tensor) -> Tensor:
        down, middle = networks.controlnet(latent, t, text, drawn, return_dict=False)
        return networks.unet(latent, t, text, down_block_additional_residuals=down, mid_block_additional_residual=middle).sample

    def blend(index: int, latent: Tensor, noised: Callable[[Tensor], Tensor]) -> Tensor:
        if index >= len(masks):
            return latent
        return masks[index] * noised(canvas_latent) + (1 - masks[index]) * latent

    return sample(networks, predict, BODY_STEPS, blend)


def sample(
    networks: Networks,
    predict: Callable[[Tensor, Tensor, Tensor], Tensor],
    steps: int,
    blend: Callable[[int, Tensor, Callable[[Tensor], Tensor]], Tensor] | None = None,
) -> tuple[Tensor, list[Tensor]]:
    """DDIM from the seed's noise with guidance: final latent, and the latent as each step gets it."""
    scheduler = DDIMScheduler(
        num_train_timesteps=1000,
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
        prediction_type="epsilon",
        timestep_spacing="leading",
    )
    scheduler.set_timesteps(steps)
    side = PICTURE // 8
    noise = torch.randn((1, 4, side, side), generator=torch.Generator("cpu").manual_seed(SEED))
    latent, seen = noise, []
    for index, t in enumerate(scheduler.timesteps):
        if blend is not None:
            latent = blend(index, latent, lambda clean, t=t: scheduler.add_noise(clean, noise, t[None]))
        seen.append(latent)
        wanted, unwanted = (predict(latent, t, text) for text in networks.text)
        latent = scheduler.step(unwanted + GUIDANCE * (wanted - unwanted), t, latent).prev_sample
    return latent, seen


def decode(vae: AutoencoderKL, latent: Tensor) -> Array:
    """[3, s, s], about -1..1."""
    return vae.decode(latent / SCALING).sample[0].double().numpy()


def write(results: dict[str, Result], poses: dict[str, Array], folder: Path) -> None:
    """A folder a pose: its final latents and masks as .npy, hint and picture as .png; and ``parity.json`` with all else."""
    stated: dict[str, Any] = {"prompt": PROMPT, "negativePrompt": NEGATIVE, "seed": SEED, "guidance": GUIDANCE}
    stated |= {"handSteps": HAND_STEPS, "bodySteps": BODY_STEPS, "freeSteps": FREE_STEPS, "growth": GROWTH, "poses": {}}
    for name, result in results.items():
        own = folder / name
        own.mkdir(parents=True, exist_ok=True)
        np.save(own / "hand-latents.npy", torch.cat(result.hand_latents).numpy())
        np.save(own / "body-latent.npy", result.body_latent.numpy())
        np.save(own / "step-corners.npy", torch.cat(result.step_latents)[:, :, :3, :3].numpy())
        Image.fromarray(result.hint).save(own / "hint.png", optimize=True)
        Image.fromarray(result.picture).save(own / "picture.png", optimize=True)
        masks = (255 * np.concatenate(result.hand_masks, axis=1)).astype(np.uint8)
        Image.fromarray(masks).convert("1").save(own / "hand-masks.png", optimize=True)
        crops = [{"x": c.x, "y": c.y, "side": c.side, "hands": list(c.hands)} for c in result.crops]
        stated["poses"][name] = {"crops": crops, "keypoints": poses[name].astype(np.float32).ravel().tolist()}
    (folder / "parity.json").write_text(json.dumps(stated) + "\n", encoding="utf-8")


def _refuse_near(values: Array, margin: float, what: str) -> None:
    distance = float(np.abs(values - MASK_THRESHOLD).min())
    if distance < margin:
        raise ValueError(f"a value of the {what} is {distance:.1e} from its threshold: choose another SEED")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m handfirst_training.sd15.reference_run", description=__doc__)
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder to write")
    options = parser.parse_args()
    poses = reference_poses()
    with torch.no_grad():
        networks = load_networks(tiny_models())
        results = {name: draw(networks, pose) for name, pose in poses.items()}
    write(results, poses, options.output)


if __name__ == "__main__":
    main()
