"""Exports a user's own SD 1.5 weights as a bundle: ``python -m handfirst_training.sd15.export --help``; see docs/sd15.md."""

import argparse
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from . import configs, sources
from .bundle import Sizes, export_bundle, stored_type
from .errors import ExportError
from .graphs import HAND_CONDITION_CHANNELS, INPAINT_EXTRA_CHANNELS
from .manifest import BundleInfo, OpenChoices
from .options import CHANNELS, DESCRIPTIONS, GUIDANCE, LICENCES, NEEDS, PATHS, flag, parser
from .parts import FileWeights, parts_of
from .random_weights import RandomWeights
from .systems import LATENT_CHANNELS
from .tokenizer import write_tokenizer

__all__ = ["check", "main", "parser", "run"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns its exit code: 0, or 1 with one sentence on stderr."""
    options = parser().parse_args(arguments)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    try:
        run(options)
    except ExportError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def run(options: argparse.Namespace) -> None:
    """Exports what the options name. Raises ``ExportError``."""
    check(options)
    sizes = Sizes(options.size, options.hand_size or options.size)
    guidance = options.guidance or GUIDANCE.get(options.system, BundleInfo.guidance)
    source = "exported from local weights" if options.random is None else "with random weights"
    info = BundleInfo(
        name=options.name or ("sd15" if options.system == "two-stage" else options.system),
        description=f"{DESCRIPTIONS[options.system]}, {source}.",
        licence=licence_of(options),
        stored=stored_type(options.dtype),
        guidance=guidance,
        hand_guidance=options.hand_guidance or guidance,
        refine_guidance=options.refine_guidance,
        hint={"hands": options.hint_hands, "face": options.hint_face},
        open=OpenChoices(
            heatmap_sigma=options.heatmap_sigma,
            crop_margin=options.crop_margin,
            mask_threshold=options.mask_threshold,
            canvas_colour=tuple(options.canvas_colour),
            hint_mask=options.hint_mask,
        ),
    )
    weights = FileWeights(options) if options.random is None else RandomWeights(options.random, options.system)
    export_bundle(parts_of(weights, options.system), info, sizes, options.output, replace=options.force, reuse=options.reuse)
    print(f"{options.output}: bundle {info.name} is complete.")


def licence_of(options: argparse.Namespace) -> str:
    """What was named, or what the base's authors say."""
    if options.random is not None:
        return "Apache-2.0 (random weights)"
    return options.licence or LICENCES.get(options.system, BundleInfo.licence)


def check(options: argparse.Namespace) -> None:
    """Tells at once what would fail after minutes. Raises ``ExportError``."""
    if options.random is not None:
        named = [flag(name) for name in PATHS if name != "reuse" and getattr(options, name) is not None]
        if named or options.lora:
            raise ExportError(f"--random takes no weights, and {(named or ['--lora'])[0]} names some: leave one of them out.")
        return
    for name in ("base", *NEEDS[options.system]):
        if getattr(options, name) is None:
            raise ExportError(f"--system {options.system} needs {flag(name)}: name the weights.")
    named = [(flag(name), getattr(options, name)) for name in PATHS]
    for name, path in (*named, *(("--lora", path) for path in options.lora)):
        if path is not None and not path.exists():
            raise ExportError(f"{name}: {path} does not exist: check the path.")
    body = "--unet" if options.unet else "--base"
    check_channels(body, options.unet or options.base, CHANNELS.get(options.system, (LATENT_CHANNELS,)))
    if options.system == "handrefiner":
        check_channels("--refine-base", options.refine_base, (LATENT_CHANNELS + INPAINT_EXTRA_CHANNELS,))
    if options.system == "two-stage":
        check_channels("--hand", options.hand, (LATENT_CHANNELS + HAND_CONDITION_CHANNELS,))
        sources.load_mask_head(options.mask_head or options.hand)
    with tempfile.TemporaryDirectory() as scratch:
        write_tokenizer(options.tokenizer or options.base, Path(scratch), configs.TEXT_ENCODER["max_position_embeddings"])


def check_channels(name: str, path: Path, allowed: tuple[int, ...]) -> None:
    """Raises ``ExportError`` where a denoiser takes another number of channels."""
    channels = sources.unet_channels(path)
    if channels not in allowed:
        wanted = " or ".join(str(number) for number in allowed)
        raise ExportError(
            f"{name}: the denoiser in {path} takes {channels} channels and not {wanted}: name the weights made for this stage."
        )


if __name__ == "__main__":
    sys.exit(main())
