"""Exports the networks that FID, KID and CLIPSIM look through to ONNX, from weights that you have. Nothing is fetched.

    python -m handfirst_training.judge.export_features --inception pt_inception-2015-12-05-6726825d.pth --out FEATURES
    python -m handfirst_training.judge.export_features --clip openai/clip-vit-large-patch14 --out FEATURES

`--inception` takes the state dict of pytorch-fid and writes inception-192.onnx and inception-768.onnx. `--clip` takes a folder of
transformers (config, weights, tokenizer; needs requirements-sd15.txt) and writes clip-picture.onnx and clip-text.onnx with the tokenizer
beside them. Each graph is compared with PyTorch before its name appears. For `handfirst evaluate`, see `src/evaluate/judge/features`.
"""

from __future__ import annotations

import argparse
import json
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from .inception import Inception, load_inception

OPSET = 18
TOLERANCE = 1e-3
"""Largest difference between PyTorch and ONNX Runtime, as a share of the largest feature."""
CLIP_MEAN, CLIP_DEVIATION = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
"""OpenAI's, for folders that do not say their own."""


class Early(nn.Module):
    """The 192 features, for whole pictures; the network is cut behind them."""

    def __init__(self, inception: Inception) -> None:
        super().__init__()
        self.inception = inception

    def forward(self, picture: Tensor) -> Tensor:
        return self.inception(picture)[0]


class Late(Early):
    """The 768 features, for pictures of hands."""

    def forward(self, picture: Tensor) -> Tensor:
        return self.inception(picture)[1]


class ClipPicture(nn.Module):
    """A picture [1, 3, s, s], levels 0..1 and already of CLIP's size, to its embedding [1, d] of length 1."""

    def __init__(self, clip: nn.Module, mean: list[float], deviation: list[float]) -> None:
        super().__init__()
        self.clip = clip
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1))
        self.register_buffer("deviation", torch.tensor(deviation).view(1, 3, 1, 1))

    def forward(self, picture: Tensor) -> Tensor:
        seen = self.clip.vision_model(pixel_values=(picture - self.mean) / self.deviation).pooler_output
        return nn.functional.normalize(self.clip.visual_projection(seen), dim=-1)


class ClipText(nn.Module):
    """Tokens [1, n] with their end token and what fills up behind it, to the caption's embedding [1, d] of length 1."""

    def __init__(self, clip: nn.Module) -> None:
        super().__init__()
        self.clip = clip

    def forward(self, tokens: Tensor) -> Tensor:
        said = self.clip.text_model(input_ids=tokens).pooler_output
        return nn.functional.normalize(self.clip.text_projection(said), dim=-1)


def export(module: nn.Module, example: Tensor, path: Path, names: tuple[str, str], dynamic: dict[int, str] | None = None) -> float:
    """Write a graph of one input and one output; returns its largest difference from PyTorch, as a share of the largest feature.

    `dynamic`: axes of the input that may have any size. Raises SystemExit with a sentence where the difference is too large.
    """
    part = path.with_name(path.name + ".part")
    shapes = None if dynamic is None else [{axis: torch.export.Dim(name, min=16, max=8192) for axis, name in dynamic.items()}]
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            module.eval(), (example,), dynamo=True, opset_version=OPSET, verbose=False, input_names=[names[0]], output_names=[names[1]],
            dynamic_shapes=shapes,
        )  # fmt: skip
        expected = module(example).numpy()
    if program is None:
        raise SystemExit(f"The exporter gave nothing for {path.name}: try the PyTorch version of requirements.txt.")
    model = program.model_proto
    onnx.save(model, str(part))
    session = onnxruntime.InferenceSession(str(part), providers=["CPUExecutionProvider"])
    found = session.run(None, {names[0]: example.numpy()})[0]
    difference = float(np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-9))
    if difference > TOLERANCE:
        part.unlink()
        raise SystemExit(f"{path.name} differs from PyTorch by {difference:.2g} of its largest feature, where {TOLERANCE:g} is let pass.")
    part.replace(path)
    return difference


def export_inception(weights: Path, out: Path) -> dict[str, float]:
    """inception-192.onnx and inception-768.onnx; differences by file."""
    try:
        state = torch.load(weights, map_location="cpu", weights_only=True)
    except Exception as error:
        raise SystemExit(f"{weights} is no PyTorch state dict: name pt_inception-2015-12-05-6726825d.pth of pytorch-fid.") from error
    inception = load_inception(state)
    example = torch.rand(1, 3, 320, 256, generator=torch.Generator().manual_seed(1))
    free = {2: "height", 3: "width"}
    out.mkdir(parents=True, exist_ok=True)
    return {
        name: export(module, example, out / name, ("picture", "features"), free)
        for name, module in (("inception-192.onnx", Early(inception)), ("inception-768.onnx", Late(inception)))
    }


def normalisation(folder: Path) -> tuple[list[float], list[float]]:
    """Mean and deviation of levels 0..1 by channel, as the folder says them."""
    file = folder / "preprocessor_config.json"
    stated = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return stated.get("image_mean", CLIP_MEAN), stated.get("image_std", CLIP_DEVIATION)


def export_clip(folder: Path, out: Path) -> dict[str, float]:
    """clip-picture.onnx, clip-text.onnx, tokenizer.json and tokenizer_config.json; differences by file."""
    from transformers import CLIPModel

    try:
        clip = CLIPModel.from_pretrained(folder, local_files_only=True, attn_implementation="eager").eval()
    except (OSError, ValueError) as error:
        raise SystemExit(f"{folder} is no folder of CLIP with its tokenizer, as transformers writes it: {error}") from error
    from ..sd15.tokenizer import write_tokenizer

    out.mkdir(parents=True, exist_ok=True)
    length = clip.config.text_config.max_position_embeddings
    write_tokenizer(folder, out, length)
    side = clip.config.vision_config.image_size
    random = torch.Generator().manual_seed(1)
    picture = ClipPicture(clip, *normalisation(folder))
    seen = torch.rand(1, 3, side, side, generator=random)
    tokens = torch.randint(0, clip.config.text_config.vocab_size - 2, (1, length), generator=random)
    tokens[0, length // 2 :] = clip.config.text_config.eos_token_id
    return {
        "clip-picture.onnx": export(picture, seen, out / "clip-picture.onnx", ("picture", "features")),
        "clip-text.onnx": export(ClipText(clip), tokens, out / "clip-text.onnx", ("tokens", "features")),
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inception", type=Path, help="pytorch-fid's state dict")
    parser.add_argument("--clip", type=Path, help="folder of CLIP, as transformers writes it")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(arguments)
    if args.inception is None and args.clip is None:
        parser.error("name --inception, --clip or both.")
    differences = export_inception(args.inception, args.out) if args.inception else {}
    differences |= export_clip(args.clip, args.out) if args.clip else {}
    for name, difference in differences.items():
        print(f"{args.out / name}: differs from PyTorch by {difference:.1e} of its largest feature")


if __name__ == "__main__":
    main()
