"""Makes a tiny random bundle of the SD 1.5 family: ``python -m handfirst_training.sd15.tiny -o test/fixtures/tiny-sd15``.

Every structure of the real thing is there (CLIP text encoder, f8 autoencoder, ControlNet and UNet, 15-channel hand UNet with a mask
head of four doublings, a LoRA of rank 2 on the ControlNet), each as narrow as it can be. The weights are random but made so that every
input of a graph shows in its output: a ControlNet's zero convolutions, for one, are not zero. The bundle is written by the same export
that users run, from folders and files as they have them.
"""

import argparse
import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from diffusers import AutoencoderKL, ControlNetModel, UNet2DConditionModel
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from . import configs, export
from .graphs import HAND_CONDITION_CHANNELS, INPAINT_EXTRA_CHANNELS
from .mask_head import MaskHead
from .tokenizer import clip_tokenizer, vocabulary_of

M = TypeVar("M", bound=nn.Module)

PICTURE = 128
TEXT_WIDTH = 24
MAX_TOKENS = 16
WORDS = ("a", "photo", "of", "person", "signing", "plain", "background", "woman", "man", "blurry")
GUIDANCE = 3.0
#: Factors of two, so that weights stay what float16 can hold.
HINT_GAIN = 2.0
HEATMAP_GAIN = 8.0
#: The mask head's last bias: about a third of a crop is hand.
MASK_LEVEL = 2.0
BLOCKS = {
    "block_out_channels": (8, 16, 16, 16),
    "layers_per_block": 1,
    "cross_attention_dim": TEXT_WIDTH,
    "attention_head_dim": 2,
    "norm_num_groups": 4,
    "down_block_types": configs.UNET["down_block_types"],
}
LORA_TARGETS = ["to_q", "to_k", "to_v", "to_out.0"]


@dataclass(frozen=True)
class TinyModels:
    """The family's parts in PyTorch. The ControlNet's LoRA is kept apart in ``lora``."""

    text_encoder: CLIPTextModel
    vae: AutoencoderKL
    unet: UNet2DConditionModel
    controlnet: ControlNetModel
    lora: PeftModel
    hand_unet: UNet2DConditionModel
    mask_head: MaskHead


def tiny_models(seed: int = 0, inpaint: bool = False) -> TinyModels:
    """The family's parts with weights that ``seed`` alone decides."""
    generator = torch.Generator().manual_seed(seed)
    extra = INPAINT_EXTRA_CHANNELS if inpaint else 0
    controlnet = random_model(ControlNetModel(in_channels=4, conditioning_embedding_out_channels=(4, 4, 8, 8), **BLOCKS), generator)
    adapter = LoraConfig(r=2, lora_alpha=4, target_modules=LORA_TARGETS)
    # PEFT puts its layers into the model it is given, so it is given a copy.
    copy = ControlNetModel.from_config(controlnet.config)
    copy.load_state_dict(controlnet.state_dict())
    lora = get_peft_model(copy, adapter)
    with torch.no_grad():
        for name, parameter in lora.named_parameters():
            if "lora_" in name:
                parameter.copy_(0.3 * torch.randn(parameter.shape, generator=generator))
    return TinyModels(
        text_encoder=random_model(CLIPTextModel(_text_config()), generator),
        vae=random_model(_vae(), generator),
        unet=random_unet(4 + extra, generator),
        controlnet=controlnet,
        lora=lora.eval(),
        hand_unet=_random_hand_unet(generator),
        mask_head=_random_head(generator),
    )


def save_sources(models: TinyModels, folder: Path) -> list[str]:
    """Writes the parts as users have them, and returns the export's options that name them."""
    base = folder / "base"
    models.text_encoder.save_pretrained(base / "text_encoder")
    models.vae.save_pretrained(base / "vae")
    models.unet.save_pretrained(base / "unet")
    models.controlnet.save_pretrained(folder / "controlnet")
    models.lora.save_pretrained(folder / "lora")
    models.hand_unet.save_pretrained(folder / "hand" / "unet")
    save_file(models.mask_head.state_dict(), folder / "hand" / "mask_head.safetensors")
    tiny_tokenizer().save_pretrained(base / "tokenizer")
    named = {"base": base, "controlnet": folder / "controlnet", "lora": folder / "lora", "hand": folder / "hand"}
    return [text for name, path in named.items() for text in (f"--{name}", str(path))]


def export_tiny(output: Path, models: TinyModels, dtype: str = "float16", replace: bool = False) -> None:
    """Runs the users' export on the parts."""
    with tempfile.TemporaryDirectory() as scratch:
        options = save_sources(models, Path(scratch))
        options += ["--output", str(output), "--size", str(PICTURE), "--dtype", dtype, "--name", "tiny-sd15"]
        options += ["--guidance", str(GUIDANCE), "--licence", "Apache-2.0 (random weights)", *(["--force"] if replace else [])]
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        export.run(export.parser().parse_args(options))


def tiny_tokenizer() -> CLIPTokenizer:
    """CLIP's tokenizer with its bytes and the pairs that ``WORDS`` need."""
    merges = list(dict.fromkeys(pair for word in WORDS for pair in _merges(word)))
    return clip_tokenizer(vocabulary_of(merges), merges, MAX_TOKENS)


def _text_config() -> CLIPTextConfig:
    tokens = len(tiny_tokenizer())
    return CLIPTextConfig(
        vocab_size=tokens,
        hidden_size=TEXT_WIDTH,
        intermediate_size=2 * TEXT_WIDTH,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=MAX_TOKENS,
        hidden_act="quick_gelu",
        bos_token_id=tokens - 2,
        eos_token_id=tokens - 1,
        pad_token_id=tokens - 1,
    )


def _vae() -> AutoencoderKL:
    return AutoencoderKL(
        sample_size=PICTURE,
        block_out_channels=(4, 4, 8, 8),
        layers_per_block=1,
        norm_num_groups=4,
        latent_channels=4,
        down_block_types=configs.VAE["down_block_types"],
        up_block_types=configs.VAE["up_block_types"],
        scaling_factor=configs.VAE["scaling_factor"],
    )


def _unet(channels: int) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=PICTURE // 8, in_channels=channels, out_channels=4, up_block_types=configs.UNET["up_block_types"], **BLOCKS
    )


def random_unet(channels: int, generator: torch.Generator) -> UNet2DConditionModel:
    """A denoiser with so many input channels."""
    return random_model(_unet(channels), generator)


def random_model(model: M, generator: torch.Generator) -> M:
    """Gives every weight a random value that float16 can hold: variance 1 / fan-in, norms about 1, biases about 0."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.ndim == 1:
                value = 0.1 * noise + (1.0 if "norm" in name and name.endswith("weight") else 0.0)
            elif name.endswith(("token_embedding.weight", "position_embedding.weight")):
                value = noise
            else:
                # The hint passes eight layers without a norm, each of which would halve it.
                gain = HINT_GAIN if "cond_embedding" in name else 1.0
                value = gain * noise / parameter[0].numel() ** 0.5
            parameter.copy_(value.half().float())
    return model.eval()


def _random_head(generator: torch.Generator) -> MaskHead:
    """A mask head whose masks are about half hand, in patches: the four places of a kernel differ little."""
    head = MaskHead([16, 8, 8, 4, 1])
    with torch.no_grad():
        for index, layer in enumerate(head.layers):
            noise = torch.randn(layer.weight.shape, generator=generator)
            noise = noise.mean((2, 3), keepdim=True) * 2 + (0.1 if index > 0 else 0.5) * noise
            layer.weight.copy_((2 * noise / layer.in_channels**0.5).half())
            layer.bias.zero_()
        head.layers[-1].bias.fill_(MASK_LEVEL)
    return head.eval()


def _random_hand_unet(generator: torch.Generator) -> UNet2DConditionModel:
    """A hand denoiser that heeds its heatmaps, which are empty for the most part."""
    unet = random_unet(4 + HAND_CONDITION_CHANNELS, generator)
    with torch.no_grad():
        unet.conv_in.weight[:, 4:] *= HEATMAP_GAIN
    return unet


def _merges(word: str) -> list[tuple[str, str]]:
    """Merges that build ``word`` from its letters, from the left."""
    letters = [*word[:-1], f"{word[-1]}</w>"]
    return [("".join(letters[:index]), letters[index]) for index in range(1, len(letters))]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m handfirst_training.sd15.tiny", description=__doc__)
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder to write")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--inpaint", action="store_true", help="a 9-channel inpainting base")
    parser.add_argument("--force", action="store_true", help="replace a bundle that is there")
    options = parser.parse_args()
    export_tiny(options.output, tiny_models(options.seed, options.inpaint), replace=options.force)


if __name__ == "__main__":
    main()
