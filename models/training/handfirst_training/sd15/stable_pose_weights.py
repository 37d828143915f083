"""Reads and writes Stable-Pose's adapter.

A folder holds the copy as diffusers writes a ControlNet, the widths, and all weights under this package's names. Of the published
checkpoint, which names its layers in its own way, the copy's names are those of every ControlNet; the other layers are found by their
sizes, those of one size in the order in which the file has them.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import torch
from diffusers import ControlNetModel
from diffusers.loaders.single_file_utils import convert_controlnet_checkpoint
from safetensors.torch import load_file, save_file
from torch import Tensor

from . import configs, sources
from .errors import ExportError
from .stable_pose import PoseShape, StablePoseAdapter

PREFIX = "stable_pose_adapter."
WEIGHTS, SHAPE = "stable_pose.safetensors", "stable_pose.json"
#: The residual block among the copy's layers, by its published names, and ours for what ControlNet has there too.
BLOCK = "input_blocks.1.0."
BLOCK_LAYERS = {"in_layers.2": "block.conv1", "emb_layers.1": "block.time_emb_proj", "out_layers.3": "block.conv2"}
COPY = ("time_embed.", "input_blocks.", "middle_block.", "middle_block_out.", "zero_convs.")

State = dict[str, Tensor]


def save_stable_pose(adapter: StablePoseAdapter, folder: Path) -> None:
    """Writes the adapter as a folder that ``load_stable_pose`` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    shape = {"copy": dict(adapter.copy.config), "pose": asdict(adapter.shape)}
    (folder / SHAPE).write_text(json.dumps(shape, indent=1, default=list) + "\n", encoding="utf-8")
    save_file(adapter.own_state(), folder / WEIGHTS)


def load_stable_pose(path: Path) -> StablePoseAdapter:
    """The adapter in a folder of ``save_stable_pose``, or in the published checkpoint. Raises ``ExportError``."""
    if path.is_dir():
        if not (path / WEIGHTS).is_file() or not (path / SHAPE).is_file():
            raise ExportError(f"{path} holds no {WEIGHTS} with {SHAPE}: name the folder, or Stable-Pose's own checkpoint.")
        shape = json.loads((path / SHAPE).read_text(encoding="utf-8"))
        pose = {key: tuple(value) if isinstance(value, list) else value for key, value in shape["pose"].items()}
        copy = {key: value for key, value in shape["copy"].items() if not key.startswith("_")}
        return fill(StablePoseAdapter(ControlNetModel.from_config(copy), PoseShape(**pose)), load_file(path / WEIGHTS), path)
    state = {key.removeprefix(PREFIX): value for key, value in sources.read_state(path, PREFIX).items()}
    with torch.device("meta"):
        adapter = StablePoseAdapter(ControlNetModel.from_config(configs.CONTROLNET), PoseShape())
    return fill(adapter, named(state, adapter, path), path)


def named(state: State, adapter: StablePoseAdapter, path: Path) -> State:
    """The published checkpoint's tensors under our names. Raises ``ExportError`` where a layer is not there or one is left over."""
    own = {f"{BLOCK}{theirs}.": f"{ours}." for theirs, ours in BLOCK_LAYERS.items()}
    copy = {key: value for key, value in state.items() if key.startswith(COPY) and not key.startswith(BLOCK)}
    converted = convert_controlnet_checkpoint(copy, adapter.copy.config)
    found = {f"copy.{key}": value for key, value in converted.items() if value is not None}
    rest: State = {}
    for key, value in state.items():
        if key in copy:
            continue
        prefix = next((theirs for theirs in own if key.startswith(theirs)), None)
        if prefix:
            found[own[prefix] + key.removeprefix(prefix)] = value
        else:
            rest[key] = value
    unnamed = {key: value for key, value in adapter.own_state().items() if key not in found and not key.startswith("copy.")}
    return found | by_size(rest, unnamed, path)


def by_size(theirs: State, ours: State, path: Path) -> State:
    """Gives each of our layers the first of theirs that has its sizes and is not taken yet."""
    waiting = defaultdict(list)
    for layer, tensors in layers(theirs):
        waiting[sizes(tensors)].append((layer, tensors))
    found: State = {}
    for layer, tensors in layers(ours):
        matches = waiting[sizes(tensors)]
        if not matches:
            raise ExportError(
                f"{path} has no layer for {layer} of the sizes {sizes(tensors)}: it is no checkpoint of Stable-Pose, or of another version."
            )
        found |= {f"{layer}.{name}": value for name, value in matches.pop(0)[1].items()}
    left = [layer for matches in waiting.values() for layer, _ in matches]
    if left:
        raise ExportError(f"{path} has layers that Stable-Pose's list has not (first: {left[0]}): it is another version of it.")
    return found


def layers(state: State) -> Iterator[tuple[str, State]]:
    """Layers in the state's order: name, and tensors by their last name."""
    grouped: dict[str, State] = defaultdict(dict)
    for key, value in state.items():
        layer, _, name = key.rpartition(".")
        grouped[layer][name] = value
    return iter(grouped.items())


def sizes(tensors: State) -> str:
    return ", ".join(f"{name} {list(value.shape)}" for name, value in sorted(tensors.items()))


def fill(adapter: StablePoseAdapter, state: State, path: Path) -> StablePoseAdapter:
    wanted = adapter.own_state()
    missing = sorted(set(wanted) - set(state))
    if missing:
        raise ExportError(f"{path} lacks {len(missing)} of {len(wanted)} weights of Stable-Pose (first: {missing[0]}).")
    inside = {key: key.replace("copy.down_blocks.0.resnets.0.", "block.") for key in adapter.state_dict()}
    try:
        adapter.load_state_dict({key: state[own].float() for key, own in inside.items()}, assign=True)
    except RuntimeError as error:
        raise ExportError(f"{path} has weights of other sizes than Stable-Pose's: {str(error).splitlines()[-1].strip()}") from error
    return adapter.eval()
