"""Adds a LoRA's low-rank changes to the weights they change: W + scale * alpha / rank * up @ down.

Three ways of naming are read: PEFT's (``...lora_A.weight``), diffusers' (``...lora.down.weight``, ``..._lora.down.weight``)
and kohya's (``lora_unet_down_blocks_0_...lora_down.weight``). The paper's LoRA (III-C) has rank 8 on to_q, to_k, to_v
and to_out.0 of the ControlNet's attention.
"""

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from .errors import ExportError

#: A file's prefixes -> the part they change.
PREFIXES = {
    "controlnet.": "controlnet",
    "unet.": "unet",
    "text_encoder.": "text_encoder",
    "lora_controlnet_": "controlnet",
    "lora_unet_": "unet",
    "lora_te_": "text_encoder",
}
#: Where a layer is looked for when the file names no part, as PEFT does not.
UNNAMED = ("controlnet", "unet")

DOWN = re.compile(r"^(?P<layer>.+?)[._](?:lora_A|lora_down|lora[._]down|lora_linear_layer[._]down)(?:\.default)?\.weight$")
UP = re.compile(r"^(?P<layer>.+?)[._](?:lora_B|lora_up|lora[._]up|lora_linear_layer[._]up)(?:\.default)?\.weight$")
ALPHA = re.compile(r"^(?P<layer>.+?)(?:\.lora)?\.alpha$")


def merge_lora(path: Path, parts: Mapping[str, nn.Module], scale: float = 1.0) -> dict[str, int]:
    """Merges the LoRA at ``path`` into ``parts`` (of ``controlnet``, ``unet``, ``text_encoder``); layers for other parts are left out.

    Returns how many layers changed in each part. Raises ``ExportError`` where a layer cannot be found or does not fit.
    """
    file, default_alpha = _locate(path)
    try:
        state = load_file(file)
    except (SafetensorError, OSError) as error:
        raise ExportError(f"{file} cannot be read as safetensors: name the LoRA's safetensors file.") from error
    layers = _layers(state)
    if not layers:
        raise ExportError(f"{file} holds no LoRA weights: its names end neither in lora_A/lora_B nor in lora_down/lora_up.")
    changed: dict[str, int] = defaultdict(int)
    for name, tensors in layers.items():
        candidates, layer_name = _address(name)
        present = {part: parts[part] for part in candidates if part in parts}
        if not present:
            continue
        part, layer = _find(layer_name, present, file)
        if "down" not in tensors or "up" not in tensors:
            raise ExportError(f"{file} holds only half of the LoRA for {name}: the file is damaged or no plain LoRA.")
        rank = tensors["down"].shape[0]
        alpha = tensors["alpha"].item() if "alpha" in tensors else default_alpha or rank
        _add(layer, tensors["down"].float(), tensors["up"].float(), scale * alpha / rank, f"{part}.{layer_name}", file)
        changed[part] += 1
    return dict(changed)


def _locate(path: Path) -> tuple[Path, float | None]:
    """The safetensors file and, for a folder of PEFT, the alpha of its ``adapter_config.json``."""
    if path.is_file():
        return path, None
    for candidate in ("adapter_model.safetensors", "pytorch_lora_weights.safetensors"):
        if (path / candidate).is_file():
            file = path / "adapter_config.json"
            config = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
            unusual = [name for name in ("use_rslora", "use_dora", "alpha_pattern") if config.get(name)]
            if unusual:
                raise ExportError(f"{path} is no plain LoRA ({', '.join(unusual)}): merge it with PEFT and export the result.")
            return path / candidate, config.get("lora_alpha")
    raise ExportError(f"{path} holds no LoRA: name a safetensors file or a folder with adapter_model.safetensors.")


def _layers(state: Mapping[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    layers: dict[str, dict[str, Tensor]] = defaultdict(dict)
    for key, tensor in state.items():
        for kind, pattern in (("down", DOWN), ("up", UP), ("alpha", ALPHA)):
            match = pattern.match(key)
            if match:
                layers[match["layer"].replace(".processor", "")][kind] = tensor
                break
    return layers


def _address(name: str) -> tuple[tuple[str, ...], str]:
    """The parts that a layer may be in, and its name there."""
    rest = name.removeprefix("base_model.model.")
    for prefix, part in PREFIXES.items():
        if rest.startswith(prefix):
            return (part,), rest.removeprefix(prefix)
    return UNNAMED, rest


def _find(name: str, parts: Mapping[str, nn.Module], file: Path) -> tuple[str, nn.Linear | nn.Conv2d]:
    wanted = {_flat(name), _flat(f"{name}.0")}
    for part, model in parts.items():
        for module_name, module in model.named_modules():
            if isinstance(module, (nn.Linear, nn.Conv2d)) and _flat(module_name) in wanted:
                return part, module
    raise ExportError(f"{file} changes {name}, which {' and '.join(parts)} do not have: it was made for another model.")


def _flat(name: str) -> str:
    """kohya writes underscores for dots; libraries differ about the text model's wrapper."""
    return name.replace(".", "_").removeprefix("text_model_")


def _add(layer: nn.Linear | nn.Conv2d, down: Tensor, up: Tensor, factor: float, name: str, file: Path) -> None:
    weight = layer.weight
    change = (up.flatten(1) @ down.flatten(1)).reshape(-1)
    if change.numel() != weight.numel() or up.shape[0] != weight.shape[0]:
        raise ExportError(f"{file} does not fit {name}, whose weight is {tuple(weight.shape)}: it was made for another model.")
    with torch.no_grad():
        weight += factor * change.reshape(weight.shape).to(weight.dtype)
