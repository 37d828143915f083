"""Every exported graph of the SD 1.5 family against PyTorch: the tiny models, through the users' export."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import pytest

pytest.importorskip("diffusers", reason="install requirements-sd15.txt to test the SD 1.5 export")
pytest.importorskip("peft", reason="install requirements-sd15.txt to test the SD 1.5 export")

import onnxruntime as ort
import torch

from handfirst_training.sd15 import bundle
from handfirst_training.sd15.manifest import GraphNames
from handfirst_training.sd15.tiny import MAX_TOKENS, PICTURE, TEXT_WIDTH, TinyModels, export_tiny, tiny_models, tiny_tokenizer
from handfirst_training.sd15.to_onnx import round_to_float16

TOLERANCE = 1e-3
GRAPHS = ("text", "encoder", "decoder", "body", "hand")


@dataclass(frozen=True)
class Exported:
    folder: Path
    models: TinyModels
    #: A graph's PyTorch module, example and names, by ``GRAPHS``.
    traced: dict[str, bundle.Traced]


@pytest.fixture(scope="module", params=["plain", "inpaint"])
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    models = tiny_models(seed=3, inpaint=request.param == "inpaint")
    folder = tmp_path_factory.mktemp("sd15") / "bundle"
    export_tiny(folder, models)
    # PEFT's own merge, not the export's.
    controlnet = models.lora.merge_and_unload()
    round_to_float16(controlnet)
    names, text = GraphNames(), torch.zeros(1, MAX_TOKENS, TEXT_WIDTH)
    traced = {
        "text": bundle.trace_text(models.text_encoder, MAX_TOKENS, names),
        "encoder": bundle.trace_encoder(models.vae, PICTURE, names.encoder),
        "decoder": bundle.trace_decoder(models.vae, PICTURE // 8, names.decoder),
        "body": bundle.trace_body(models.unet, controlnet, PICTURE, text, names),
        "hand": bundle.trace_hand(models.hand_unet, models.mask_head, PICTURE, text, names),
    }
    return Exported(folder, models, traced)


def inputs_of(traced: bundle.Traced, seed: int) -> list[torch.Tensor]:
    """Random inputs; timesteps and tokens in their ranges."""
    generator = torch.Generator().manual_seed(seed)
    values = []
    for name, example in zip(traced.spec.inputs, traced.example, strict=True):
        if name == "timestep":
            values.append(torch.tensor([float(torch.randint(1, 1000, (), generator=generator))]))
        elif name == "tokens":
            values.append(torch.randint(0, len(tiny_tokenizer()), example.shape, generator=generator))
        elif name in ("hint", "condition"):
            values.append(torch.rand(example.shape, generator=generator))
        else:
            values.append(torch.randn(example.shape, generator=generator))
    return values


def torch_run(traced: bundle.Traced, inputs: list[torch.Tensor]) -> list[np.ndarray]:
    with torch.no_grad():
        result = traced.module(*inputs)
    return [tensor.numpy() for tensor in (result if isinstance(result, tuple) else (result,))]


@pytest.mark.parametrize("graph", GRAPHS)
def test_graph_equals_pytorch(exported: Exported, graph: str) -> None:
    traced = exported.traced[graph]
    session = ort.InferenceSession(exported.folder / traced.spec.file, providers=["CPUExecutionProvider"])
    for seed in (0, 1):
        inputs = inputs_of(traced, seed)
        feeds = {name: value.numpy() for name, value in zip(traced.spec.inputs, inputs, strict=True)}
        for ours, theirs in zip(session.run(list(traced.spec.outputs), feeds), torch_run(traced, inputs), strict=True):
            assert ours.shape == theirs.shape
            assert np.abs(ours - theirs).max() < TOLERANCE


@pytest.mark.parametrize("graph", GRAPHS)
def test_every_input_shows_in_every_output(exported: Exported, graph: str) -> None:
    """So that a graph that ignores an input cannot pass for right: an input's change outweighs the tolerance tenfold."""
    traced = exported.traced[graph]
    inputs, others = inputs_of(traced, 0), inputs_of(traced, 1)
    usual = torch_run(traced, inputs)
    for index in range(len(inputs)):
        changed = torch_run(traced, [others[i] if i == index else value for i, value in enumerate(inputs)])
        for a, b in zip(usual, changed, strict=True):
            assert np.abs(a - b).max() > 10 * TOLERANCE, traced.spec.inputs[index]


def test_manifest_names_what_the_graphs_have(exported: Exported) -> None:
    manifest = json.loads((exported.folder / "manifest.json").read_text())
    inpaint = exported.models.unet.config["in_channels"] == 9
    for stage, extra in (("body", ["inpaint"] if inpaint else []), ("hand", [])):
        denoiser = manifest[stage]["denoiser"]
        session = ort.InferenceSession(exported.folder / denoiser["graph"], providers=["CPUExecutionProvider"])
        shapes = {value.name: value.shape for value in session.get_inputs()}
        assert {entry["name"] for entry in denoiser["inputs"]} == set(shapes)
        assert set(denoiser["outputs"].values()) == {value.name for value in session.get_outputs()}
        assert set(extra) <= set(shapes)
        assert all(isinstance(side, int) for shape in shapes.values() for side in shape), "shapes are static"
    hint = next(entry for entry in manifest["body"]["denoiser"]["inputs"] if entry["name"] == "hint")
    assert hint["channels"][0]["mask"] is not inpaint


def test_every_matrix_is_stored_as_float16(exported: Exported) -> None:
    halves = {"encoder": ("vae.encoder", "vae.quant"), "decoder": ("vae.decoder", "vae.post_quant")}
    for name, traced in exported.traced.items():
        graph = onnx.load(exported.folder / traced.spec.file).graph
        stored = [tensor for tensor in graph.initializer if len(tensor.dims) > 1]
        half = sum(np.prod(tensor.dims) for tensor in stored if tensor.data_type == onnx.TensorProto.FLOAT16)
        # Encoder and decoder are halves of one module.
        used = [weight for key, weight in traced.module.named_parameters() if key.startswith(halves.get(name, ""))]
        weights = sum(weight.numel() for weight in used if weight.ndim > 1)
        assert half >= weights
        assert {tensor.data_type for tensor in stored} <= {onnx.TensorProto.FLOAT16, onnx.TensorProto.FLOAT, onnx.TensorProto.INT64}
