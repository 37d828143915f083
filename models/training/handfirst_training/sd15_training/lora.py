"""Stage 2 at Stable Diffusion's size: the LoRA of ControlNet by masked reconstruction (paper, III-C).

``accelerate launch -m handfirst_training.sd15_training.lora --base SD15 --controlnet CN --store STORE --out RUN``

Rank 8 on to_q, to_k, to_v and to_out.0 of ControlNet's attention. The latent that is noised shows, inside the hands' mask, a canvas of
nothing but the segmented hands, and outside the picture; the loss counts where the body is to be drawn (``--loss-region``).
``--full`` trains the whole ControlNet instead, as the earlier paper of the same authors does. ``RUN`` is what the export takes
as ``--lora`` (or, with ``--full``, ``RUN/controlnet`` as ``--controlnet``).
"""

import argparse
import sys
import tempfile
from pathlib import Path

import torch
from accelerate.utils import set_seed
from diffusers import ControlNetModel
from peft import LoraConfig, get_peft_model
from torch import Tensor, nn
from torch.nn import functional

from ..sd15 import sources
from ..sd15.mask_head import LATENT_DOUBLINGS
from ..sd15.tiny import tiny_models
from .data.pictures import DataError
from .hand import LATENT_CHANNELS, TINY, TRAIN_STEPS
from .loop import Trained, add_options, fit
from .made import make_store
from .parts import Frozen, add_noise, dropped, load_frozen, noise_like, sampler
from .samples import Samples, samples_of

RANK = 8
TARGETS = ["to_q", "to_k", "to_v", "to_out.0"]


def build(frozen: Frozen, controlnet: ControlNetModel, options: argparse.Namespace) -> Trained:
    controlnet.requires_grad_(options.full)
    adapter = LoraConfig(r=options.rank, lora_alpha=options.alpha or options.rank, target_modules=TARGETS)
    module: nn.Module = controlnet if options.full else get_peft_model(controlnet, adapter)

    def predict(model: nn.Module, latents: Tensor, timesteps: Tensor, text: Tensor, hint: Tensor) -> Tensor:
        down, middle = model(latents, timesteps, encoder_hidden_states=text, controlnet_cond=hint, return_dict=False)
        residuals = {"down_block_additional_residuals": down, "mid_block_additional_residual": middle}
        return frozen.unet(latents, timesteps, encoder_hidden_states=text, **residuals).sample

    def loss(model: nn.Module, batch: dict, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:
        device = batch["picture"].device
        frozen.to(device)
        frozen.unet.to(device)
        picture, mask = batch["picture"].float(), batch["mask"]
        whole, canvas = frozen.encode(picture), frozen.encode(picture * mask)
        small = functional.interpolate(mask, size=whole.shape[2:], mode="area")
        latents = small * canvas + (1 - small) * whole
        noise = noise_like(latents, generator)
        timesteps = torch.randint(0, TRAIN_STEPS, (len(latents),), generator=generator).to(device)
        text = frozen.texts(dropped(batch["caption"], options.prompt_drop, generator), device)
        predicted = predict(model, add_noise(latents, noise, timesteps), timesteps, text, with_mask(batch["drawn"], mask))
        region = 1 - small if options.loss_region == "outside" else torch.ones_like(small)
        error = ((predicted.float() - noise) ** 2 * region).sum() / (region.sum() * latents.shape[1]).clamp_min(1)
        return error, {"noise": float(error.detach())}

    def sample(model: nn.Module) -> Tensor:
        dataset = Samples(options.store, 1, options.seed, hint=True)
        row = dataset[0]
        device = next(model.parameters()).device
        frozen.to(device)
        frozen.unet.to(device)
        hint = with_mask(row["drawn"][None], row["mask"][None]).to(device)
        text = frozen.texts([str(row["caption"])], device)
        side = hint.shape[-1] >> LATENT_DOUBLINGS
        latents = torch.randn((1, LATENT_CHANNELS, side, side), generator=torch.Generator().manual_seed(options.seed)).to(device)
        scheduler = sampler()
        with torch.no_grad():
            for t in scheduler.timesteps:
                latents = scheduler.step(predict(model, latents, t.to(device)[None], text, hint), t, latents).prev_sample
        shown = [hint[0], row["picture"].to(device) / 2 + 0.5, frozen.decode(latents)[0] / 2 + 0.5]
        return torch.cat(shown, dim=-1)

    def save(model: nn.Module, out: Path) -> None:
        model.save_pretrained(out / "controlnet" if options.full else out)

    return Trained(module, loss, sample, save)


def with_mask(hint: Tensor, mask: Tensor) -> Tensor:
    """The skeleton with the precise mask in white, as the engine's hint has it."""
    return hint + (1 - hint) * mask


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="python -m handfirst_training.sd15_training.lora", description=__doc__)
    add_options(options, batch=32, rate=1e-4, epochs=5)
    options.add_argument("--controlnet", type=Path, help="ControlNet for OpenPose")
    options.add_argument("--rank", type=int, default=RANK, help=f"default: {RANK}, as in the paper")
    options.add_argument("--alpha", type=int, help="default: the rank")
    options.add_argument("--full", action="store_true", help="train the whole ControlNet")
    options.add_argument("--loss-region", choices=("outside", "all"), default="outside", help="where the loss counts (docs/method.md)")
    return options


def run(options: argparse.Namespace) -> list[float]:
    """Trains and returns the losses."""
    set_seed(options.seed)
    with tempfile.TemporaryDirectory() as scratch:
        if options.tiny:
            options.store = [Path(scratch) / "store"]
            make_store(options.store[0], TINY["samples"], TINY["size"], options.seed)
            options.batch, options.rate, options.workers, options.epochs = TINY["batch"], 2e-2, 0, 1000
            options.steps = options.steps or TINY["steps"]
        elif options.controlnet is None:
            raise DataError("Training needs --controlnet, a ControlNet for OpenPose: or try --tiny.")
        frozen = load_frozen(options)
        controlnet = tiny_models(options.seed).controlnet if options.tiny else sources.load_controlnet(options.controlnet)
        return fit(build(frozen, controlnet, options), samples_of(options, hint=True), options)


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
