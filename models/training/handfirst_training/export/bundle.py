"""Writes the compact bundle: graphs, gallery, manifest.

`python -m handfirst_training.export.bundle --runs RUNS --gallery DIR --out ../compact` exports what has been trained, `--untrained` a
bundle of the same shapes.
The largest difference between PyTorch and ONNX Runtime is printed for each graph; above 1e-3 the command fails.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import torch
from torch import Tensor, nn

from ..conditions.draw import BODY_PREDICTED, BODY_STEADY, HAND_PREDICTED, HAND_STEADY, channel_count
from ..networks.denoisers import SKIN, BodyDenoiser, HandDenoiser
from ..training.autoencoder import LATENT_CHANNELS
from ..training.body import Body
from ..training.denoising import load_decoder, load_encoder
from ..training.samples import BODY_CONDITION_SIZE, HAND_SIZE, PICTURE_SIZE
from .calibration import watched
from .graphs import BodyGraph, CarriedMaps, HandGraph, HandPicture
from .manifest import AREA_STEP, CELLS, manifest, write_manifest
from .onnx_files import Free, difference, export, halved
from .quantise import nearness, quantise

# Every graph but the encoder, which is one convolution.
QUANTISED = ("hand-denoiser.onnx", "hand-decoder.onnx", "body-denoiser.onnx", "decoder.onnx")
TOLERANCE = 1e-3


def averaged(module: nn.Module, path: Path, untrained: bool) -> nn.Module:
    """The module with the moving average of a stage's checkpoint."""
    if not untrained:
        module.load_state_dict(torch.load(path, map_location="cpu", weights_only=True)["average"])
    return module


class Writer:
    """Exports graphs one by one and remembers how well they agree."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.worst = 0.0

    def graph(self, name: str, module: nn.Module, inputs: dict[str, Tensor], outputs: list[str], free: Free | None = None) -> None:
        halved(module)
        export(module, inputs, outputs, self.out / name, free)
        gap = difference(module, inputs, self.out / name)
        self.worst = max(self.worst, gap)
        print(f"{name}: {(self.out / name).stat().st_size / 1e6:.2f} MB, largest difference from PyTorch {gap:.2e}", flush=True)


def write_hand(writer: Writer, runs: Path, untrained: bool) -> None:
    cells = HAND_SIZE // 8
    # A frame's hands are drawn in one batch.
    hands = torch.export.Dim("hands", min=1, max=8)
    latent = torch.randn(2, LATENT_CHANNELS, cells, cells)
    writer.graph("hand-decoder.onnx", HandPicture(load_decoder(runs, "cpu")), {"latent": latent}, ["picture"], {"latent": {0: hands}})
    hand = averaged(HandDenoiser(LATENT_CHANNELS, channel_count(HAND_STEADY)), runs / "hand.pt", untrained)
    inputs = {
        "latent": latent,
        "timestep": torch.tensor([499.0]),
        "conditions": torch.rand(2, channel_count(HAND_STEADY), HAND_SIZE, HAND_SIZE),
        "predicted": torch.rand(2, channel_count(HAND_PREDICTED), HAND_SIZE, HAND_SIZE),
        "skin": torch.rand(1, SKIN),
    }
    free = {name: {0: hands} for name in ("latent", "conditions", "predicted")}
    writer.graph("hand-denoiser.onnx", HandGraph(hand), inputs, ["clean", "mask"], free)


def write_body(writer: Writer, runs: Path, untrained: bool) -> None:
    picture = torch.rand(1, 3, PICTURE_SIZE, PICTURE_SIZE) * 2 - 1
    # Any area of the picture whose sides are multiples of AREA_STEP.
    rows, columns = (torch.export.Dim(name, min=2, max=32) for name in ("rows", "columns"))

    def area(pixels: int) -> dict[int, object]:
        return {2: pixels * rows, 3: pixels * columns}

    cells, whole = area(AREA_STEP // 8), area(AREA_STEP)
    drawn = area(AREA_STEP * BODY_CONDITION_SIZE // PICTURE_SIZE)
    writer.graph("encoder.onnx", load_encoder(runs, "cpu"), {"picture": picture}, ["latent"], {"picture": whole})
    body = averaged(Body(), runs / "body.pt", untrained)
    inputs = {
        "latent": torch.randn(1, LATENT_CHANNELS, CELLS, CELLS),
        "timestep": torch.tensor([499.0]),
        "conditions": torch.rand(1, channel_count(BODY_STEADY), BODY_CONDITION_SIZE, BODY_CONDITION_SIZE),
        "predicted": torch.rand(1, channel_count(BODY_PREDICTED), BODY_CONDITION_SIZE, BODY_CONDITION_SIZE),
        "reference": torch.rand(1, 2 * LATENT_CHANNELS, CELLS, CELLS),
        "canvas": torch.rand(1, LATENT_CHANNELS + 1, CELLS, CELLS),
    }
    free = {"latent": cells, "conditions": drawn, "predicted": drawn, "reference": cells, "canvas": cells}
    writer.graph("body-denoiser.onnx", BodyGraph(body.denoiser), inputs, ["clean", "features", "mask"], free)
    decoder = {
        "latent": torch.randn(1, LATENT_CHANNELS, CELLS, CELLS),
        "features": torch.randn(1, BodyDenoiser.FEATURES, CELLS, CELLS),
        "carried": picture,
        "plate": picture.flip(-1),
    }
    free = {"latent": cells, "features": cells, "carried": whole, "plate": whole}
    writer.graph("decoder.onnx", CarriedMaps(body.decoder), decoder, ["half", "flow"], free)


def write_int8(out: Path, data: list[Path], samples: int) -> dict[str, str]:
    """int8 graphs beside the float ones, calibrated on rendered signers and compared on others. Gives the one's name by the other's."""
    made = {}
    seen, others = (watched(out, data, count, seed) for count, seed in ((samples, 0), (4, 1)))
    for name in QUANTISED:
        made[name] = f"{Path(name).stem}.int8.onnx"
        quantise(out / name, out / made[name], seen[name])
        near = nearness(out / name, out / made[name], others[name])
        size = (out / made[name]).stat().st_size / 1e6
        print(f"{made[name]}: {size:.2f} MB, " + ", ".join(f"{key} {value:.1f} dB" for key, value in near.items()), flush=True)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, required=True, help="folder with the checkpoints of every stage")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--gallery", type=Path, required=True, help="folder written by `handfirst_training.world.gallery`")
    parser.add_argument("--calibrate", type=Path, nargs="+", help="folders of rendered signers with carried pictures, for the int8 graphs")
    parser.add_argument("--calibration-samples", type=int, default=24, help="hands, and bodies, that the int8 graphs are calibrated on")
    parser.add_argument("--untrained", action="store_true", help="random denoisers of the right shapes")
    args = parser.parse_args()
    if not args.calibrate and not args.untrained:
        parser.error("give folders of rendered signers with --calibrate: the int8 graphs are calibrated on them")
    torch.manual_seed(0)
    out = args.out.with_name(f"{args.out.name}.partial")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    writer = Writer(out)
    write_hand(writer, args.runs, args.untrained)
    write_body(writer, args.runs, args.untrained)
    int8 = write_int8(out, args.calibrate, args.calibration_samples) if args.calibrate else {}
    shutil.copytree(args.gallery, out / "gallery")
    write_manifest(out, manifest(not args.untrained, int8))
    if writer.worst > TOLERANCE:
        raise SystemExit(f"A graph differs from PyTorch by {writer.worst:.1e}, more than {TOLERANCE:.0e}: not exported.")
    kept = args.out / "README.md"
    if kept.exists():
        shutil.copy(kept, out / "README.md")
    shutil.rmtree(args.out, ignore_errors=True)
    out.rename(args.out)


if __name__ == "__main__":
    main()
