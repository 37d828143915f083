"""Stable Diffusion's frozen parts for training: autoencoder, text encoder, noise schedule; the real ones, or tiny random ones."""

import argparse
from dataclasses import dataclass

import torch
from diffusers import AutoencoderKL, DDIMScheduler, DDPMScheduler, UNet2DConditionModel
from torch import Tensor
from transformers import CLIPTextModel, CLIPTokenizer

from ..sd15 import configs, sources
from ..sd15.tiny import tiny_models, tiny_tokenizer
from .data.pictures import DataError

SCHEDULE = {key: configs.SCHEDULE[key] for key in ("beta_start", "beta_end", "beta_schedule", "num_train_timesteps")}
SAMPLE_STEPS = 10


@dataclass(frozen=True)
class Frozen:
    vae: AutoencoderKL
    text_encoder: CLIPTextModel
    tokenizer: CLIPTokenizer
    #: The denoiser that training starts from.
    unet: UNet2DConditionModel

    @property
    def scaling(self) -> float:
        return float(self.vae.config["scaling_factor"])

    def to(self, device: torch.device) -> None:
        self.vae.to(device)
        self.text_encoder.to(device)

    def encode(self, pictures: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Scaled latents of pictures in -1..1: the mean, or a draw with ``generator``."""
        with torch.no_grad():
            moments = self.vae.encode(pictures).latent_dist
            draw = 0 if generator is None else moments.std * noise_like(moments.mean, generator)
            return self.scaling * (moments.mean + draw)

    def decode(self, latents: Tensor) -> Tensor:
        with torch.no_grad():
            return self.vae.decode(latents / self.scaling).sample

    def texts(self, captions: list[str], device: torch.device) -> Tensor:
        length = self.text_encoder.config.max_position_embeddings
        tokens = self.tokenizer(captions, padding="max_length", max_length=length, truncation=True, return_tensors="pt").input_ids
        with torch.no_grad():
            return self.text_encoder(tokens.to(device)).last_hidden_state


def load_frozen(options: argparse.Namespace) -> Frozen:
    if options.tiny:
        # More threads would wait for each other longer than they compute.
        torch.set_num_threads(1)
        models = tiny_models(options.seed)
        parts = Frozen(models.vae, models.text_encoder, tiny_tokenizer(), models.unet)
    else:
        if options.base is None or not options.store:
            raise DataError("Training needs --base, Stable Diffusion 1.5 as a diffusers folder, and --store: or try --tiny.")
        tokenizer = CLIPTokenizer.from_pretrained(options.base / "tokenizer", local_files_only=True)
        load = sources
        parts = Frozen(load.load_vae(options.base), load.load_text_encoder(options.base), tokenizer, load.load_unet(options.base))
    for model in (parts.vae, parts.text_encoder, parts.unet):
        model.requires_grad_(False)
    return parts


def noise_like(values: Tensor, generator: torch.Generator) -> Tensor:
    """Standard normal noise of the CPU's generator, where ``values`` lie."""
    return torch.randn(values.shape, generator=generator).to(values.device)


def dropped(captions: list[str], share: float, generator: torch.Generator) -> list[str]:
    """Captions, a share of them emptied."""
    keep = torch.rand(len(captions), generator=generator) >= share
    return [caption if kept else "" for caption, kept in zip(captions, keep, strict=True)]


def add_noise(latents: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
    return DDPMScheduler(**SCHEDULE).add_noise(latents, noise, timesteps)


def sampler() -> DDIMScheduler:
    scheduler = DDIMScheduler(**SCHEDULE, clip_sample=False, set_alpha_to_one=False, steps_offset=1, timestep_spacing="leading")
    scheduler.set_timesteps(SAMPLE_STEPS)
    return scheduler
