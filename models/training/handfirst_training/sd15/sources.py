"""Reads SD 1.5's parts from diffusers folders or safetensors files. Nothing is fetched: what is missing is an error."""

import json
import pickle
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import torch
from diffusers import AutoencoderKL, ControlNetModel, T2IAdapter, UNet2DConditionModel
from diffusers.loaders.single_file_utils import (
    convert_controlnet_checkpoint,
    convert_ldm_clip_checkpoint,
    convert_ldm_unet_checkpoint,
    convert_ldm_vae_checkpoint,
)
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel

from . import configs
from .errors import ExportError
from .mask_head import MaskHead, mask_head_from_state

State = dict[str, Tensor]
M = TypeVar("M", bound=nn.Module)

LDM_UNET = "model.diffusion_model."
LDM_VAE = "first_stage_model."
MASK_HEAD = "mask_head."
LDM_TEXT = "cond_stage_model.transformer."
PICKLED = (".ckpt", ".pth", ".pt", ".bin")


def unet_channels(path: Path) -> int:
    """Input channels of the denoiser at ``path``, read without its weights, so that a wrong one is refused at once."""
    if path.is_dir():
        return int(_config(_part(path, "unet"))["in_channels"])
    names = (f"{LDM_UNET}input_blocks.0.0.weight", "conv_in.weight")
    if path.suffix in PICKLED and path.is_file():
        state = _unpickled(path)
        for name in names:
            if name in state:
                return int(state[name].shape[1])
    else:
        with _opened(path) as file:
            for name in names:
                if name in file.keys():  # noqa: SIM118 (the file is no mapping)
                    return int(file.get_slice(name).get_shape()[1])
    raise ExportError(f"{path} holds no Stable Diffusion denoiser: name a checkpoint or a UNet's weights.")


def load_unet(path: Path) -> UNet2DConditionModel:
    """The denoiser in a pipeline's folder, in a folder of its own, or in a safetensors file (LDM's or diffusers' names)."""
    if path.is_dir():
        return _from_folder(UNet2DConditionModel, _part(path, "unet"))
    state = read_state(path, LDM_UNET)
    width = max((value.shape[1] for key, value in state.items() if key.endswith("attn2.to_k.weight")), default=0)
    family = configs.UNET_2 if width == configs.UNET_2["cross_attention_dim"] else configs.UNET
    config = {**family, "in_channels": unet_channels(path)}
    if any(key.startswith(LDM_UNET) for key in state):
        state = convert_ldm_unet_checkpoint(state, config)
    return _fill(UNet2DConditionModel.from_config, config, state, path)


def load_vae(path: Path) -> AutoencoderKL:
    """The autoencoder of a pipeline's folder, of a folder of its own, or of a safetensors file."""
    if path.is_dir():
        return _from_folder(AutoencoderKL, _part(path, "vae"))
    state = read_state(path, LDM_VAE)
    if any(key.startswith(LDM_VAE) for key in state):
        state = convert_ldm_vae_checkpoint(state, configs.VAE)
    return _fill(AutoencoderKL.from_config, configs.VAE, state, path)


def load_text_encoder(path: Path) -> CLIPTextModel:
    """The CLIP text encoder of a pipeline's folder, of a folder of its own, or of a checkpoint."""
    if path.is_dir():
        return _from_folder(CLIPTextModel, _part(path, "text_encoder"))
    state = read_state(path, LDM_TEXT)
    if any(key.startswith(LDM_TEXT) for key in state):
        state = convert_ldm_clip_checkpoint(state)
    return _fill(_text_model, configs.TEXT_ENCODER, state, path)


def load_controlnet(path: Path) -> ControlNetModel:
    """The ControlNet in a folder of diffusers or in a safetensors file (the original's or diffusers' names)."""
    if path.is_dir():
        return _from_folder(ControlNetModel, _part(path, "controlnet"))
    state = convert_controlnet_checkpoint(read_state(path), configs.CONTROLNET)
    state = {key: value for key, value in state.items() if value is not None}
    return _fill(ControlNetModel.from_config, configs.CONTROLNET, state, path)


def load_adapter(path: Path) -> T2IAdapter:
    """The T2I-Adapter in a folder of diffusers or in a file (the original's names, with or without ``adapter.``, or diffusers')."""
    if path.is_dir():
        return _from_folder(T2IAdapter, path)
    state = {key.removeprefix("adapter."): value for key, value in read_state(path).items()}
    renamed: State = {}
    for key, value in state.items():
        match = re.match(r"body\.(\d+)\.(block[12]|in_conv)\.(.+)", key)
        if match:
            # Eight blocks, two a level; the first of a level may change the number of channels.
            level, place = divmod(int(match[1]), 2)
            part = "in_conv" if match[2] == "in_conv" else f"resnets.{place}.{match[2]}"
            key = f"body.{level}.{part}.{match[3]}"
        renamed[f"adapter.{key}"] = value
    return _fill(T2IAdapter.from_config, configs.ADAPTER, renamed, path)


def load_mask_head(path: Path) -> MaskHead:
    """The mask head's safetensors file, or the only one in a folder."""
    if path.is_dir():
        files = sorted((path / "mask_head").glob("*.safetensors")) or sorted(path.glob("mask_head*.safetensors"))
        if len(files) != 1:
            raise ExportError(f"{path} holds {len(files)} files with a mask head's weights: name the file with --mask-head.")
        path = files[0]
    return mask_head_from_state(read_state(path, MASK_HEAD))


def load_schedule(path: Path) -> dict[str, Any]:
    """The noise schedule of a pipeline's folder; SD 1.5's own for a single file."""
    file = path / "scheduler" / "scheduler_config.json"
    if not file.is_file():
        return dict(configs.SCHEDULE)
    return {**configs.SCHEDULE, **_json(file)}


def _part(path: Path, name: str) -> Path:
    return path / name if (path / name).is_dir() else path


def _config(folder: Path) -> dict[str, Any]:
    file = folder / "config.json"
    if not file.is_file():
        raise ExportError(f"{folder} has no config.json: name a folder written by diffusers, or a safetensors file.")
    return _json(file)


def _json(file: Path) -> dict[str, Any]:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ExportError(f"{file} is no JSON ({error}): the folder is damaged, copy it again.") from error


def _from_folder(kind: type[M], folder: Path) -> M:
    """A model of a diffusers or transformers folder, in float32."""
    _config(folder)
    try:
        # Both libraries have this method; neither declares it in a common type.
        load = kind.from_pretrained  # type: ignore[attr-defined]
        model: M = load(folder, local_files_only=True, torch_dtype=torch.float32, use_safetensors=True)
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise ExportError(f"{folder} cannot be read as {kind.__name__}: {_first_line(error)}") from error
    return model.eval()


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    if not path.is_file():
        raise ExportError(f"{path} does not exist: check the path.")
    try:
        with safe_open(path, framework="pt") as file:
            yield file
    except SafetensorError as error:
        raise ExportError(f"{path} is no safetensors file ({_first_line(error)}): convert other formats to safetensors first.") from error


def read_state(path: Path, prefix: str = "") -> State:
    """The tensors of a file; only those under ``prefix`` where the file has any, so that a checkpoint of all
    parts is never in memory as a whole."""
    if path.suffix in PICKLED:
        state = _unpickled(path)
        return {key: value for key, value in state.items() if key.startswith(prefix)} or state
    with _opened(path) as file:
        names = list(file.keys())
        chosen = [name for name in names if name.startswith(prefix)] or names
        return {name: file.get_tensor(name) for name in chosen}


def _unpickled(path: Path) -> State:
    """The tensors of a checkpoint of PyTorch, mapped and not copied; anything else in it is refused by the loader."""
    try:
        loaded = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except (OSError, RuntimeError, ValueError, pickle.UnpicklingError) as error:
        raise ExportError(f"{path} cannot be read as weights alone ({_first_line(error)}): convert it to safetensors first.") from error
    state = loaded.get("state_dict", loaded)
    return {key: value for key, value in state.items() if isinstance(value, Tensor)}


def _text_model(config: Mapping[str, Any]) -> CLIPTextModel:
    return CLIPTextModel(CLIPTextConfig(**config))


def _fill(build: Callable[[dict[str, Any]], M], config: Mapping[str, Any], state: State, path: Path) -> M:
    """Builds a model without memory for its weights, then gives it ``state`` in float32."""
    with torch.device("meta"):
        model = build(dict(config))
    state = _renamed(state, set(model.state_dict()))
    state = {key: value.float() for key, value in state.items()}
    expected = set(model.state_dict())
    missing = sorted(expected - set(state))
    if missing:
        raise ExportError(
            f"{path} lacks {len(missing)} of {len(expected)} weights of {type(model).__name__} (first: {missing[0]}): "
            "it is not a part of the SD 1.5 family, or the wrong file."
        )
    try:
        model.load_state_dict({key: state[key] for key in expected}, assign=True)
    except RuntimeError as error:
        raise ExportError(f"{path} has weights of other sizes than SD 1.5's {type(model).__name__}: {_first_line(error, 1)}") from error
    _materialise_buffers(model)
    return model.eval()


def _renamed(state: State, expected: set[str]) -> State:
    """Bridges names that differ by the wrapper around the text model, which libraries add and drop between versions."""
    wrapper = "text_model."
    if not any(key.startswith(wrapper) for key in expected):
        return {key.removeprefix(wrapper): value for key, value in state.items()}
    return {key if key in expected else f"{wrapper}{key}": value for key, value in state.items()}


def _materialise_buffers(model: nn.Module) -> None:
    """Buffers that no checkpoint holds (CLIP's position ids) are still without memory after loading."""
    for module in model.modules():
        for name, buffer in module.named_buffers(recurse=False):
            if buffer.is_meta:
                if name != "position_ids":
                    raise RuntimeError(f"unknown buffer {name} in {type(module).__name__}")
                setattr(module, name, torch.arange(buffer.shape[-1]).expand(buffer.shape))


def _first_line(error: Exception, index: int = 0) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return lines[min(index, len(lines) - 1)]
