"""The systems that a bundle can hold, as stages: the graphs of a denoiser, and what the manifest says about them.

Facts on each are in docs/sd15.md. A new system is a function here and, where it is shown the pose in a way of its own, a
condition kind of the engine.
"""

from dataclasses import dataclass
from typing import Any

import torch
from diffusers import ControlNetModel, T2IAdapter, UNet2DConditionModel
from torch import Tensor

from .graphs import (
    INPAINT_EXTRA_CHANNELS,
    AdapterBodyGraph,
    AdapterGraph,
    BodyGraph,
    ConcatBodyGraph,
    InpaintBodyGraph,
    PlainBodyGraph,
    PoseAdapterGraph,
    RefineGraph,
)
from .manifest import BundleInfo, GraphNames
from .mask_head import LATENT_DOUBLINGS
from .stable_pose import StablePoseAdapter
from .to_onnx import GraphSpec, Traced

LATENT_CHANNELS = 4
HINT_CHANNELS = 3
#: Of a picture of 64 cells: the blur of Stable-Pose's masks, and the sides of its kernels, layer by layer.
POSE_SIGMA, POSE_KERNELS, POSE_CELLS = 3.0, (23, 13), 64


@dataclass(frozen=True)
class Context:
    """What a stage's graphs are made for: side of the picture, scale of latents, an example of the encoded prompt."""

    size: int
    scaling: float
    text: Tensor
    info: BundleInfo
    names: GraphNames

    @property
    def side(self) -> int:
        return self.size >> LATENT_DOUBLINGS


@dataclass(frozen=True)
class StageGraphs:
    """A stage's denoiser: the graphs to write, and its entry in the manifest."""

    traced: list[Traced]
    denoiser: dict[str, Any]


def two_stage(unet: UNet2DConditionModel, controlnet: ControlNetModel, at: Context) -> StageGraphs:
    """The paper's body stage: ControlNet (OpenPose), with the hands' mask in the hint or in an inpainting denoiser."""
    inpaint = is_inpainting(unet)
    # The paper does not say how the mask enters: an inpainting base has channels for it, else it is drawn into the hint.
    in_hint = not inpaint if at.info.open.hint_mask is None else at.info.open.hint_mask
    hint = _conditions("hint", at.size, {"kind": "openpose", **at.info.hint, "mask": in_hint})
    extra = [_conditions("inpaint", at.side, {"kind": "hand-mask"}, {"kind": "canvas-latent"})] if inpaint else []
    traced = trace_body(unet, controlnet, at.size, at.text, at.names)
    return StageGraphs([traced], _denoiser(at.names.body, [hint, *extra]))


def controlnet_alone(unet: UNet2DConditionModel, controlnet: ControlNetModel, at: Context) -> StageGraphs:
    """ControlNet by itself: the skeleton, and no mask."""
    hint = _conditions("hint", at.size, {"kind": "openpose", **at.info.hint, "mask": False})
    return StageGraphs([trace_body(unet, controlnet, at.size, at.text, at.names)], _denoiser(at.names.body, [hint]))


def text_only(unet: UNet2DConditionModel, at: Context) -> StageGraphs:
    """The denoiser and the prompt."""
    spec = GraphSpec(at.names.body, ("latent", "timestep", "text"), ("noise",))
    traced = Traced(PlainBodyGraph(unet), (_latent(at.side), torch.ones(1), at.text), spec)
    return StageGraphs([traced], _denoiser(at.names.body, []))


def t2i_adapter(unet: UNet2DConditionModel, adapter: T2IAdapter, at: Context) -> StageGraphs:
    """T2I-Adapter: the skeleton's features do not depend on the timestep, so a graph of their own makes them once a frame."""
    hint = torch.zeros(1, HINT_CHANNELS, at.size, at.size)
    with torch.no_grad():
        features = tuple(adapter(hint))
    keys = tuple(f"features{level}" for level in range(len(features)))
    encoder = Traced(AdapterGraph(adapter), (hint,), GraphSpec(at.names.adapter, ("hint",), keys))
    spec = GraphSpec(at.names.body, ("latent", "timestep", "text", *keys), ("noise",))
    body = Traced(AdapterBodyGraph(unet), (_latent(at.side), torch.ones(1), at.text, *features), spec)
    drawn = {"kind": "openpose", "hands": False, "face": False, "mask": False}
    return StageGraphs(
        [encoder, body],
        {
            **_denoiser(at.names.body, [{"name": key, "from": "encoded", "key": key} for key in keys]),
            "encoders": [_encoder(at.names.adapter, "hint", at.size, drawn, {key: key for key in keys})],
        },
    )


def humansd(unet: UNet2DConditionModel, at: Context) -> StageGraphs:
    """HumanSD: the skeleton's picture is encoded as pictures are, and joined with the latent."""
    pose = _latent(at.side)
    spec = GraphSpec(at.names.body, ("latent", "timestep", "text", "pose"), ("noise",))
    traced = Traced(ConcatBodyGraph(unet, at.scaling), (_latent(at.side), torch.ones(1), at.text, pose), spec)
    drawn = {"kind": "coco-skeleton", "signed": True}
    return StageGraphs(
        [traced],
        {
            **_denoiser(at.names.body, [{"name": "pose", "from": "encoded", "key": "pose"}]),
            "encoders": [_encoder(at.names.encoder, "picture", at.size, drawn, {"pose": "latent"})],
        },
    )


def stable_pose(unet: UNet2DConditionModel, adapter: StablePoseAdapter, at: Context) -> StageGraphs:
    """Stable-Pose: the skeleton, and masks of its surroundings, whole in the pass without the prompt; both passes as one batch."""
    share = at.side / POSE_CELLS
    kernels = [2 * round((kernel * share - 1) / 2) + 1 for kernel in POSE_KERNELS]
    hint, masks = torch.zeros(2, HINT_CHANNELS, at.size, at.size), torch.ones(2, len(kernels), at.side, at.side)
    spec = GraphSpec(at.names.body, ("latent", "timestep", "hint", "masks", "text"), ("noise",))
    example = (_latent(at.side).repeat(2, 1, 1, 1), torch.ones(1), hint, masks, at.text.repeat(2, 1, 1))
    drawn = _conditions("hint", at.size, {"kind": "coco-skeleton", "signed": True})
    near = {"kind": "coco-masks", "kernels": kernels, "sigma": POSE_SIGMA * share, "scale": at.size // at.side}
    inputs = [drawn, {**_conditions("masks", at.side, near), "unprompted": "ones"}]
    traced = Traced(PoseAdapterGraph(unet, adapter), example, spec)
    return StageGraphs([traced], {**_denoiser(at.names.body, inputs), "passes": "together"})


def handrefiner(unet: UNet2DConditionModel, controlnet: ControlNetModel, at: Context) -> StageGraphs:
    """HandRefiner's third stage: depth of the hands for ControlNet, what stays for the inpainting denoiser."""
    latent, hint = _latent(at.side), torch.zeros(1, HINT_CHANNELS, at.size, at.size)
    extra = torch.zeros(1, INPAINT_EXTRA_CHANNELS, at.side, at.side)
    spec = GraphSpec(at.names.refine, ("latent", "timestep", "hint", "inpaint", "strength", "text"), ("noise",))
    traced = Traced(RefineGraph(unet, controlnet), (latent, torch.ones(1), hint, extra, torch.ones(1), at.text), spec)
    drawn = _conditions("hint", at.size, {"kind": "hand-depth"})
    inpaint = _conditions("inpaint", at.side, {"kind": "hand-mask", "nearest": True}, {"kind": "canvas-latent"})
    return StageGraphs([traced], _denoiser(at.names.refine, [drawn, inpaint, {"name": "strength", "from": "strength"}]))


def is_inpainting(unet: UNet2DConditionModel) -> bool:
    """Whether the denoiser takes mask and picture beside the latent."""
    return unet.config["in_channels"] == LATENT_CHANNELS + INPAINT_EXTRA_CHANNELS


def trace_body(unet: UNet2DConditionModel, controlnet: ControlNetModel, size: int, text: Tensor, names: GraphNames) -> Traced:
    """ControlNet and denoiser as one graph."""
    side, file = size >> LATENT_DOUBLINGS, names.body
    latent, timestep, hint = _latent(side), torch.ones(1), torch.zeros(1, HINT_CHANNELS, size, size)
    if not is_inpainting(unet):
        spec = GraphSpec(file, ("latent", "timestep", "hint", "text"), ("noise",))
        return Traced(BodyGraph(unet, controlnet), (latent, timestep, hint, text), spec)
    extra = torch.zeros(1, INPAINT_EXTRA_CHANNELS, side, side)
    spec = GraphSpec(file, ("latent", "timestep", "hint", "inpaint", "text"), ("noise",))
    return Traced(InpaintBodyGraph(unet, controlnet), (latent, timestep, hint, extra, text), spec)


def _latent(side: int) -> Tensor:
    return torch.zeros(1, LATENT_CHANNELS, side, side)


def _denoiser(graph: str, inputs: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "graph": graph,
        "inputs": [
            {"name": "latent", "from": "latent"},
            {"name": "timestep", "from": "timestep", "type": "float32"},
            *inputs,
            {"name": "text", "from": "prompt", "key": "text"},
        ],
        "outputs": {"prediction": "noise"},
    }


def _conditions(name: str, size: int, *channels: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "from": "conditions", "size": size, "channels": list(channels)}


def _encoder(graph: str, name: str, size: int, drawn: dict[str, Any], outputs: dict[str, str]) -> dict[str, Any]:
    return {"graph": graph, "inputs": [{"name": name, "size": size, "channels": [drawn]}], "outputs": outputs}
