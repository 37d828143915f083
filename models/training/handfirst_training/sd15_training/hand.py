"""Stage 1 at Stable Diffusion's size: the multi-task hand generator (paper, III-B and equation 5).

``accelerate launch -m handfirst_training.sd15_training.hand --base SD15 --store STORE --out RUN``

The first convolution is widened from 4 to 15 channels (ten finger heatmaps, one mask), the mask channel is empty for half of the samples,
and a second head answers the mask. Ablations: ``--mask-lambda``, ``--no-mask-head``, ``--no-mask-channel``. ``RUN`` can be exported:
``handfirst_training.sd15.export --hand RUN``.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import torch
from accelerate.utils import set_seed
from diffusers import UNet2DConditionModel
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

from ..sd15.graphs import HAND_CONDITION_CHANNELS
from ..sd15.mask_head import LATENT_DOUBLINGS, FeatureTap, MaskHead
from .data.pictures import DataError
from .loop import Trained, add_options, fit
from .made import make_store
from .parts import Frozen, add_noise, dropped, load_frozen, noise_like, sampler
from .samples import Samples, samples_of

LATENT_CHANNELS, TRAIN_STEPS = 4, 1000
#: Of the paper's main run; its ablation (fig. 7) found 0.01 better.
MASK_LAMBDA = 0.05
MASK_ZEROED = 0.5
TINY = {"batch": 4, "steps": 60, "rate": 2e-3, "samples": 16, "size": 64}


class HandGenerator(nn.Module):
    """Noisy latents with conditions [B, 15, h, h] -> noise [B, 4, h, h] and, with a head, mask [B, 1, S, S]."""

    def __init__(self, unet: UNet2DConditionModel, doublings: int, channels: int = HAND_CONDITION_CHANNELS) -> None:
        super().__init__()
        self.unet = widened(unet, channels)
        self.head: MaskHead | None = None
        if doublings:
            widths = unet.config["block_out_channels"]
            features = widths[0] if doublings == LATENT_DOUBLINGS else widths[1]
            self.head = MaskHead([features, *(max(8, features >> (step + 1)) for step in range(doublings - 1)), 1])
            self.tap = FeatureTap(self.unet, doublings)

    def forward(self, sample: Tensor, timesteps: Tensor, text: Tensor) -> tuple[Tensor, Tensor | None]:
        noise = self.unet(sample, timesteps, encoder_hidden_states=text).sample
        return noise, self.head(self.tap.take()) if self.head is not None else None


def widened(unet: UNet2DConditionModel, channels: int) -> UNet2DConditionModel:
    """The denoiser with ``channels`` more input channels, whose weights are random; the others are kept."""
    before = unet.conv_in
    wider = nn.Conv2d(before.in_channels + channels, before.out_channels, before.kernel_size, padding=before.padding)
    with torch.no_grad():
        wider.weight[:, : before.in_channels] = before.weight
        wider.bias.copy_(before.bias)
    unet.conv_in = wider
    unet.register_to_config(in_channels=before.in_channels + channels)
    return unet.requires_grad_(True)


def conditions(batch: dict, latents: Tensor, shown: Tensor) -> Tensor:
    """Heatmaps and mask at the latents' size, bilinearly; the mask of samples that are not ``shown`` it is empty."""
    mask = batch["mask"] * shown.view(-1, 1, 1, 1)
    whole = torch.cat([batch["drawn"], mask], dim=1)
    return functional.interpolate(whole, size=latents.shape[2:], mode="bilinear", align_corners=False)


def build(frozen: Frozen, options: argparse.Namespace) -> Trained:
    doublings = 0 if options.no_mask_head else options.mask_doublings
    module = HandGenerator(frozen.unet, doublings)

    def loss(model: nn.Module, batch: dict, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:
        device = batch["picture"].device
        frozen.to(device)
        latents = frozen.encode(batch["picture"].float(), generator)
        noise = noise_like(latents, generator)
        timesteps = torch.randint(0, TRAIN_STEPS, (len(latents),), generator=generator).to(device)
        shown = (torch.rand(len(latents), generator=generator) >= options.mask_zeroed).float().to(device)
        if options.no_mask_channel:
            shown = torch.zeros_like(shown)
        text = frozen.texts(dropped(batch["caption"], options.prompt_drop, generator), device)
        sample = torch.cat([add_noise(latents, noise, timesteps), conditions(batch, latents, shown)], dim=1)
        predicted, mask = model(sample, timesteps, text)
        noise_loss = functional.mse_loss(predicted.float(), noise)
        if mask is None:
            return noise_loss, {"noise": float(noise_loss.detach())}
        # Equation 5.
        mask_loss = functional.mse_loss(mask.float(), batch["mask"])
        total = noise_loss + options.mask_lambda * mask_loss
        return total, {"noise": float(noise_loss.detach()), "mask": float(mask_loss.detach())}

    def sample(model: HandGenerator) -> Tensor:
        return drawn_samples(model, frozen, options)

    def save(model: HandGenerator, out: Path) -> None:
        model.unet.save_pretrained(out / "unet")
        if model.head is not None:
            save_file(model.head.state_dict(), out / "mask_head.safetensors")

    return Trained(module, loss, sample, save)


def drawn_samples(model: HandGenerator, frozen: Frozen, options: argparse.Namespace, count: int = 4) -> Tensor:
    """True pictures, drawn ones and their masks in three rows, [3, 3 S, count S] in 0..1; no mask is shown to the generator."""
    dataset = Samples(options.store, 1, options.seed, hint=False)
    rows = [dataset[index % len(dataset)] for index in range(count)]
    device = next(model.parameters()).device
    batch = {key: torch.stack([row[key] for row in rows]).to(device) for key in ("picture", "mask", "drawn")}
    text = frozen.texts([str(row["caption"]) for row in rows], device)
    side = batch["mask"].shape[-1] >> LATENT_DOUBLINGS
    latents = torch.randn((count, LATENT_CHANNELS, side, side), generator=torch.Generator().manual_seed(options.seed)).to(device)
    given, mask = conditions(batch, latents, torch.zeros(count, device=device)), None
    scheduler = sampler()
    with torch.no_grad():
        for t in scheduler.timesteps:
            predicted, mask = model(torch.cat([latents, given], dim=1), t.to(device).expand(count), text)
            latents = scheduler.step(predicted, t, latents).prev_sample
    answered = torch.zeros_like(batch["mask"]) if mask is None else mask
    pictures = [batch["picture"] / 2 + 0.5, frozen.decode(latents) / 2 + 0.5, answered.expand(-1, 3, -1, -1)]
    return torch.cat([torch.cat(list(row), dim=-1) for row in pictures], dim=-2)


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="python -m handfirst_training.sd15_training.hand", description=__doc__)
    add_options(options, batch=32, rate=1e-5, epochs=5)
    options.add_argument("--mask-lambda", type=float, default=MASK_LAMBDA, help="weight of the mask's loss (paper: 0.05; best: 0.01)")
    options.add_argument("--mask-zeroed", type=float, default=MASK_ZEROED, help="share of samples without a mask channel (paper: 0.5)")
    options.add_argument("--mask-doublings", type=int, choices=(3, 4), default=4, help="layers of the mask head (docs/method.md)")
    options.add_argument("--no-mask-head", action="store_true", help="ablation: noise alone")
    options.add_argument("--no-mask-channel", action="store_true", help="ablation: the mask channel is always empty")
    return options


def run(options: argparse.Namespace) -> list[float]:
    """Trains and returns the losses."""
    set_seed(options.seed)
    with tempfile.TemporaryDirectory() as scratch:
        if options.tiny:
            options.store = [Path(scratch) / "store"]
            make_store(options.store[0], TINY["samples"], TINY["size"], options.seed)
            options.batch, options.rate, options.workers, options.epochs = TINY["batch"], TINY["rate"], 0, 1000
            options.steps = options.steps or TINY["steps"]
        trained = build(load_frozen(options), options)
        return fit(trained, samples_of(options, hint=False), options)


def main() -> int:
    options = parser().parse_args()
    try:
        losses = run(options)
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    tenth = max(1, len(losses) // 10)
    if losses:
        print(f"{options.out}: loss {sum(losses[:tenth]) / tenth:.4f} at first, {sum(losses[-tenth:]) / tenth:.4f} at last")
    return 0


if __name__ == "__main__":
    sys.exit(main())
