"""Runs the systems that the paper compares with apart from the engine, and stores what the engine has to reproduce.

``python -m handfirst_training.sd15.reference_systems -o test/fixtures/systems``

Where diffusers has a pipeline it is the reference, from prompt to last latent; HumanSD and HandRefiner, which it lacks, are run here
by its modules and ``DDIMScheduler``, Stable-Pose by plain PyTorch, the two stages by ``reference_run``. Conditions are this package's
own NumPy (``reference_drawing``, ``reference_depth``).
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import (
    DDIMScheduler,
    StableDiffusionAdapterPipeline,
    StableDiffusionControlNetPipeline,
    StableDiffusionPipeline,
)
from PIL import Image
from torch import Tensor

from . import configs
from .reference_depth import detected_depth, hand_boxes, hand_depth
from .reference_drawing import Array, coco_skeleton, openpose_hint
from .reference_poses import reference_poses
from .reference_run import BODY_STEPS, FREE_STEPS, GROWTH, HAND_STEPS, NEGATIVE, PROMPT, SEED, draw, encode, load_networks
from .reference_stable_pose import pose_features, pose_masks, residuals
from .tiny import PICTURE, tiny_tokenizer
from .tiny_systems import TinySystems, tiny_systems

POSE = "apart"
STEPS = BODY_STEPS
#: Low, as in ``reference_run``: guidance multiplies rounding at each step.
GUIDANCE = 1.5
STRENGTH, BOX_MARGIN = 0.55, 30
SCALING = configs.VAE["scaling_factor"]


def scheduler() -> DDIMScheduler:
    return DDIMScheduler(
        num_train_timesteps=1000,
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
        timestep_spacing="leading",
    )


def noise() -> Tensor:
    side = PICTURE // 8
    return torch.randn((1, 4, side, side), generator=torch.Generator("cpu").manual_seed(SEED))


def by_pipeline(models: TinySystems, kind: type, hint: np.ndarray | None = None, **parts: Any) -> Tensor:
    """The last latent by a pipeline of diffusers."""
    base = models.base
    pipeline = kind(
        vae=base.vae,
        text_encoder=base.text_encoder,
        tokenizer=tiny_tokenizer(),
        unet=base.unet,
        scheduler=scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
        **parts,
    )
    pipeline.set_progress_bar_config(disable=True)
    shown = {} if hint is None else {"image": torch.from_numpy(hint.transpose(2, 0, 1) / 255).float()[None]}
    result = pipeline(
        prompt=PROMPT,
        negative_prompt=NEGATIVE,
        height=PICTURE,
        width=PICTURE,
        num_inference_steps=STEPS,
        guidance_scale=GUIDANCE,
        latents=noise(),
        output_type="latent",
        **shown,
    )
    return result.images


def humansd(models: TinySystems, pose: Array) -> Tensor:
    """The pose's picture, encoded and scaled, beside the latent in both passes."""
    base = models.base
    drawn = torch.from_numpy(coco_skeleton(pose, PICTURE).transpose(2, 0, 1) / 127.5 - 1).float()[None]
    encoded = base.vae.encode(drawn).latent_dist.mean * SCALING
    texts = [encode(base.text_encoder, prompt) for prompt in (PROMPT, NEGATIVE)]
    steps = scheduler()
    steps.set_timesteps(STEPS)
    latent = noise()
    for t in steps.timesteps:
        wanted, unwanted = (models.humansd(torch.cat([latent, encoded], 1), t, text).sample for text in texts)
        latent = steps.step(unwanted + GUIDANCE * (wanted - unwanted), t, latent).prev_sample
    return latent


def stable_pose(models: TinySystems, pose: Array) -> Tensor:
    """Both passes as one batch; the one without the prompt sees masks that are whole."""
    base, adapter = models.base, models.pose
    weights = adapter.own_state()
    texts = torch.cat([encode(base.text_encoder, prompt) for prompt in (PROMPT, NEGATIVE)])
    picture = torch.from_numpy(coco_skeleton(pose, PICTURE).transpose(2, 0, 1) / 127.5 - 1).float()[None]
    features = pose_features(weights, picture).expand(2, -1, -1, -1)
    near = torch.from_numpy(pose_masks(pose, PICTURE, PICTURE // 8)).float()
    masks = torch.stack([near, torch.ones_like(near)])
    steps = scheduler()
    steps.set_timesteps(STEPS)
    latent = noise()
    for t in steps.timesteps:
        both = latent.expand(2, -1, -1, -1)
        down, middle = residuals(weights, adapter.copy, both, t, texts, features, masks, adapter.shape.heads)
        given = {"down_block_additional_residuals": down, "mid_block_additional_residual": middle}
        wanted, unwanted = base.unet(both, t, texts, **given).sample.chunk(2)
        latent = steps.step(unwanted + GUIDANCE * (wanted - unwanted), t, latent).prev_sample
    return latent


def handrefiner(models: TinySystems, pose: Array, depths: Array, picture: np.ndarray) -> Tensor:
    """The boxes of the hands drawn anew over ``picture`` [s, s, 3], from noise and the depth of hands fitted to ``pose``."""
    base = models.base
    texts = [encode(base.text_encoder, prompt) for prompt in (PROMPT, NEGATIVE)]
    whole = torch.from_numpy(picture.transpose(2, 0, 1) / 127.5 - 1).float()[None]
    kept = torch.from_numpy(hand_boxes(pose, depths, PICTURE, round(BOX_MARGIN * PICTURE / 512))).float()[None, None]
    original = base.vae.encode(whole).latent_dist.mean * SCALING
    masked = base.vae.encode(whole * kept).latent_dist.mean * SCALING
    outside = torch.nn.functional.interpolate(kept, size=(PICTURE // 8,) * 2, mode="nearest")
    hint = torch.from_numpy(hand_depth(pose, depths, PICTURE)).float().expand(1, 3, -1, -1)
    steps = scheduler()
    steps.set_timesteps(STEPS)
    fixed = latent = noise()
    for t in steps.timesteps:
        latent = outside * steps.add_noise(original, fixed, t[None]) + (1 - outside) * latent
        predicted = []
        for text in texts:
            down, middle = models.refine_controlnet(latent, t, text, hint, conditioning_scale=STRENGTH, return_dict=False)
            sample = torch.cat([latent, 1 - outside, masked], 1)
            residuals = {"down_block_additional_residuals": down, "mid_block_additional_residual": middle}
            predicted.append(models.refine_unet(sample, t, text, **residuals).sample)
        wanted, unwanted = predicted
        latent = steps.step(unwanted + GUIDANCE * (wanted - unwanted), t, latent).prev_sample
    return latent


def two_stage(models: TinySystems, pose: Array, lora: bool) -> Tensor:
    """Hands, canvas and body; ControlNet as it is, as where all of it was tuned, or with the LoRA merged by PEFT."""
    networks = load_networks(models.base)
    return draw(networks if lora else replace(networks, controlnet=models.base.controlnet), pose).body_latent


def decoded(models: TinySystems, latent: Tensor) -> np.ndarray:
    """[s, s, 3], 0..255."""
    values = models.base.vae.decode(latent / SCALING).sample[0].double().numpy().transpose(1, 2, 0)
    return np.floor((values + 1) * 127.5 + 0.5).clip(0, 255).astype(np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m handfirst_training.sd15.reference_systems", description=__doc__)
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder that has a bundle a system")
    options = parser.parse_args()
    models, pose = tiny_systems(), reference_poses()[POSE]
    depths = detected_depth(pose)
    body = openpose_hint(pose, PICTURE, hands=False, face=False)
    with torch.no_grad():
        latents = {
            "text-only": by_pipeline(models, StableDiffusionPipeline),
            "controlnet": by_pipeline(
                models, StableDiffusionControlNetPipeline, openpose_hint(pose, PICTURE), controlnet=models.base.controlnet
            ),
            "t2i-adapter": by_pipeline(models, StableDiffusionAdapterPipeline, body, adapter=models.adapter),
            "humansd": humansd(models, pose),
            "stable-pose": stable_pose(models, pose),
            "controlnet-full": two_stage(models, pose, lora=False),
            "lora": two_stage(models, pose, lora=True),
        }
        picture = decoded(models, latents["text-only"])
        latents["handrefiner"] = handrefiner(models, pose, depths, picture)
    for system, latent in latents.items():
        (options.output / system).mkdir(parents=True, exist_ok=True)
        np.save(options.output / system / "latent.npy", latent.numpy())
    Image.fromarray(picture).save(options.output / "handrefiner" / "picture.png", optimize=True)
    recipe = {"prompt": PROMPT, "negativePrompt": NEGATIVE, "seed": SEED, "steps": STEPS, "guidance": GUIDANCE}
    recipe |= {"handSteps": HAND_STEPS, "freeSteps": FREE_STEPS, "growth": GROWTH}
    recipe |= {"keypoints": pose.astype(np.float32).ravel().tolist(), "depth": [float(z) for z in depths.astype(np.float32)]}
    (options.output / "systems.json").write_text(json.dumps(recipe) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
