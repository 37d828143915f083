"""Stable-Pose's adapter against plain PyTorch and under the published names; networks of full size with random weights."""

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("diffusers", reason="install requirements-sd15.txt to test the SD 1.5 export")
pytest.importorskip("peft", reason="install requirements-sd15.txt to test the SD 1.5 export")

import torch
from test_sd15_sources import original_names
from torch import Tensor

from handfirst_training.sd15 import configs, export, stable_pose_weights
from handfirst_training.sd15.errors import ExportError
from handfirst_training.sd15.random_weights import RandomWeights
from handfirst_training.sd15.reference_stable_pose import pose_features, residuals
from handfirst_training.sd15.stable_pose import PoseShape, StablePoseAdapter
from handfirst_training.sd15.stable_pose_weights import load_stable_pose, save_stable_pose
from handfirst_training.sd15.tiny import BLOCKS, TEXT_WIDTH, random_model
from handfirst_training.sd15.tiny_systems import POSE, random_controlnet

#: Wider tokens than the tiny bundle's, so that no layer has the sizes of one of another part, as in the published widths.
SHAPE = replace(POSE, tokens=24)
#: Names in a file made here, of layers whose published names are not known; in another order than ours.
OTHERS = {
    "encoder.convs.": "pose.net.",
    "block.cond_conv.": "input_blocks.1.0.fit.",
    "block.transformer.": "input_blocks.1.0.vit.",
}
BLOCK = {"block.conv1.": "in_layers.2.", "block.time_emb_proj.": "emb_layers.1.", "block.conv2.": "out_layers.3."}


@pytest.fixture()
def adapter() -> StablePoseAdapter:
    generator = torch.Generator().manual_seed(5)
    return random_model(StablePoseAdapter(random_controlnet(generator), SHAPE), generator)


def inputs(seed: int = 0) -> tuple[Tensor, ...]:
    generator = torch.Generator().manual_seed(seed)
    latent, picture = torch.randn(2, 4, 16, 16, generator=generator), torch.rand(2, 3, 128, 128, generator=generator)
    text, masks = torch.randn(2, 7, TEXT_WIDTH, generator=generator), (torch.rand(2, 2, 16, 16, generator=generator) > 0.8).float()
    return latent, torch.tensor([501.0]), text, picture, masks


def largest(a: tuple[list[Tensor], Tensor], b: tuple[list[Tensor], Tensor]) -> float:
    return max(float((x - y).abs().max()) for x, y in zip([*a[0], a[1]], [*b[0], b[1]], strict=True))


@torch.no_grad()
def test_the_adapter_equals_plain_pytorch_and_every_layer_counts(adapter: StablePoseAdapter) -> None:
    latent, t, text, picture, masks = inputs()
    weights = {key: value.clone() for key, value in adapter.own_state().items()}
    features = pose_features(weights, picture)
    expected = residuals(weights, adapter.copy, latent, t[0], text, features, masks, SHAPE.heads)
    assert largest(adapter(latent, t, text, picture, masks), expected) < 1e-4
    for layer in ("block", "encoder"):
        for name, parameter in getattr(adapter, layer).named_parameters():
            # A key's bias would shift all scores alike, but there is none: each weight shows.
            before = parameter.clone()
            parameter.mul_(-1)
            assert largest(adapter(latent, t, text, picture, masks), expected) > 1e-3, name
            parameter.copy_(before)


@torch.no_grad()
def test_a_frame_depends_on_what_else_is_in_the_batch(adapter: StablePoseAdapter) -> None:
    latent, t, text, picture, masks = inputs()
    both = adapter(latent, t, text, picture, masks)
    alone = [adapter(latent[k : k + 1], t, text[k : k + 1], picture[k : k + 1], masks[k : k + 1]) for k in (0, 1)]
    assert max(largest(one, ([r[k : k + 1] for r in both[0]], both[1][k : k + 1])) for k, one in enumerate(alone)) > 1e-4
    whole = torch.ones_like(masks)
    assert largest(adapter(latent, t, text, picture, whole), both) > 1e-3


def test_a_folder_comes_back_as_it_was(adapter: StablePoseAdapter, tmp_path: Path) -> None:
    save_stable_pose(adapter, tmp_path)
    loaded = load_stable_pose(tmp_path).state_dict()
    assert all(torch.equal(value, loaded[key]) for key, value in adapter.state_dict().items())
    with pytest.raises(ExportError, match=r"stable_pose\.safetensors"):
        load_stable_pose(tmp_path.parent)


def published(adapter: StablePoseAdapter) -> dict[str, Tensor]:
    """As a checkpoint of all parts has them: ControlNet's names for the copy, names of nobody's for the rest."""
    state = adapter.own_state()
    copy = {key.removeprefix("copy."): value for key, value in state.items() if key.startswith("copy.")}
    names = original_names({key: value for key, value in copy.items() if not key.startswith("controlnet_")})
    theirs = {"model.diffusion_model.out.0.weight": torch.ones(3)}
    for ours, prefix in OTHERS.items():
        found = {key: value for key, value in state.items() if key.startswith(ours)}
        theirs |= {f"stable_pose_adapter.{prefix}{key.removeprefix(ours)}": value for key, value in found.items()}
    for key, value in state.items():
        for ours, name in BLOCK.items():
            if key.startswith(ours):
                theirs[f"stable_pose_adapter.input_blocks.1.0.{name}{key.removeprefix(ours)}"] = value
    for key, value in copy.items():
        name = names.get(key) or key.replace("controlnet_mid_block.", "middle_block_out.0.")
        if key.startswith("controlnet_down_blocks."):
            _, place, rest = key.split(".")
            name = f"zero_convs.{place}.0.{rest}"
        theirs[f"stable_pose_adapter.{name}"] = value
    return theirs


@pytest.fixture()
def tiny_family(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configs, "CONTROLNET", {**configs.CONTROLNET, **BLOCKS})
    monkeypatch.setattr(stable_pose_weights, "PoseShape", lambda: SHAPE)


@pytest.mark.usefixtures("tiny_family")
def test_a_checkpoint_of_other_names_is_read_by_sizes(adapter: StablePoseAdapter, tmp_path: Path) -> None:
    file = tmp_path / "final.pth"
    torch.save({"state_dict": published(adapter)}, file)
    loaded = load_stable_pose(file).state_dict()
    different = [key for key, value in adapter.state_dict().items() if not torch.equal(value, loaded[key])]
    assert different == []


@pytest.mark.usefixtures("tiny_family")
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"stable_pose_adapter.input_blocks.1.0.vit.to_tokens.1.weight": None}, "has no layer for block.transformer"),
        ({"stable_pose_adapter.more.weight": torch.ones(2, 3)}, "layers that Stable-Pose's list has not .first: more"),
        ({"stable_pose_adapter.zero_convs.3.0.weight": None}, "lacks 1 of"),
    ],
)
def test_another_checkpoint_is_refused(adapter: StablePoseAdapter, tmp_path: Path, change: dict[str, Tensor | None], sentence: str) -> None:
    state = published(adapter) | change
    torch.save({key: value for key, value in state.items() if value is not None}, tmp_path / "final.pth")
    with pytest.raises(ExportError, match=sentence):
        load_stable_pose(tmp_path / "final.pth")


def test_random_networks_have_the_published_sizes() -> None:
    with torch.device("meta"):
        weights = RandomWeights(0, "two-stage")
        count = {
            "unet": weights.unet(), "hand": weights.hand()[0], "controlnet": weights.controlnet(),
            "humansd": RandomWeights(0, "humansd").unet(),
        }  # fmt: skip
    numbers = {name: sum(value.numel() for value in model.parameters()) for name, model in count.items()}
    published_numbers = {"unet": 859_520_964, "hand": 859_552_644, "controlnet": 361_279_120}
    assert {name: numbers[name] for name in published_numbers} == published_numbers
    # Printed as 865.92 M.
    assert round(numbers["humansd"] / 1e6, 2) == 865.92


def test_random_takes_no_weights(tmp_path: Path) -> None:
    options = ["--random", "0", "--system", "controlnet", "--controlnet", str(tmp_path), "-o", str(tmp_path / "b")]
    with pytest.raises(ExportError, match="--controlnet names some"):
        export.run(export.parser().parse_args(options))
    with pytest.raises(ExportError, match="needs --base"):
        export.run(export.parser().parse_args(["--system", "text-only", "-o", str(tmp_path / "b")]))


def test_the_shape_of_the_pose_is_the_published_one() -> None:
    with torch.device("meta"):
        adapter = RandomWeights(0, "stable-pose").pose_adapter()
    sizes = {key: list(value.shape) for key, value in adapter.own_state().items()}
    assert sizes["block.transformer.conv_in.weight"][:2] == [128, 320]
    assert sizes["block.transformer.attentions.1.to_qkv.weight"] == [3 * 8 * 40, 512]
    assert sizes["block.transformer.conv_out.weight"][:2] == [320, 128]
    assert [sizes[f"encoder.convs.{index}.weight"][0] for index in range(6)] == [32, 64, 64, 128, 128, 192]
    assert PoseShape().features == (32, 64, 64, 128, 128, 192)
