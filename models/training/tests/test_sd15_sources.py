"""Weights as users have them: single files under the names of the original checkpoints, LoRA in three dialects, CLIP's merges, errors."""

import json
from pathlib import Path

import pytest

pytest.importorskip("diffusers", reason="install requirements-sd15.txt to test the SD 1.5 export")
pytest.importorskip("peft", reason="install requirements-sd15.txt to test the SD 1.5 export")

import torch
from safetensors.torch import load_file, save_file

from handfirst_training.sd15 import configs, export, sources
from handfirst_training.sd15.errors import ExportError
from handfirst_training.sd15.lora import merge_lora
from handfirst_training.sd15.mask_head import FeatureTap, MaskHead
from handfirst_training.sd15.tiny import BLOCKS, TinyModels, save_sources, tiny_models
from handfirst_training.sd15.tokenizer import END, START, byte_symbols, clip_tokenizer, vocabulary_of, write_tokenizer


@pytest.fixture(scope="module")
def models() -> TinyModels:
    return tiny_models()


@pytest.fixture()
def folders(models: TinyModels, tmp_path: Path) -> Path:
    save_sources(models, tmp_path)
    return tmp_path


def test_unet_under_the_original_names(models: TinyModels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names worked out by hand from the original code: input_blocks.1 is the first resnet and attention, and so on."""
    monkeypatch.setattr(configs, "UNET", {**configs.UNET, **BLOCKS})
    theirs = models.unet.state_dict()
    samples = {
        "input_blocks.0.0.weight": "conv_in.weight",
        "time_embed.2.bias": "time_embedding.linear_2.bias",
        "input_blocks.1.0.in_layers.2.weight": "down_blocks.0.resnets.0.conv1.weight",
        "input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight": "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight",
        "middle_block.1.proj_in.weight": "mid_block.attentions.0.proj_in.weight",
        "output_blocks.7.0.skip_connection.weight": "up_blocks.3.resnets.1.conv_shortcut.weight",
    }
    names = original_names(theirs)
    for original, ours in samples.items():
        assert names[ours] == original
    file = tmp_path / "checkpoint.safetensors"
    save_file({f"model.diffusion_model.{names[key]}": value for key, value in theirs.items()}, file)
    loaded = sources.load_unet(file).state_dict()
    assert set(loaded) == set(theirs)
    assert all(torch.equal(loaded[key], theirs[key]) for key in theirs)


def original_names(state: dict[str, torch.Tensor]) -> dict[str, str]:
    """diffusers' name -> the original's, for a UNet of four levels with one block each."""
    resnet = {
        "norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1",
        "norm2": "out_layers.0", "conv2": "out_layers.3", "conv_shortcut": "skip_connection",
    }  # fmt: skip
    outer = {
        "conv_in": "input_blocks.0.0", "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2",
        "conv_norm_out": "out.0", "conv_out": "out.2", "mid_block.resnets.0": "middle_block.0",
        "mid_block.attentions.0": "middle_block.1", "mid_block.resnets.1": "middle_block.2",
    }  # fmt: skip
    for level in range(4):
        outer[f"down_blocks.{level}.resnets.0"] = f"input_blocks.{1 + 2 * level}.0"
        outer[f"down_blocks.{level}.attentions.0"] = f"input_blocks.{1 + 2 * level}.1"
        outer[f"down_blocks.{level}.downsamplers.0.conv"] = f"input_blocks.{2 + 2 * level}.0.op"
        for block in range(2):
            outer[f"up_blocks.{level}.resnets.{block}"] = f"output_blocks.{2 * level + block}.0"
            outer[f"up_blocks.{level}.attentions.{block}"] = f"output_blocks.{2 * level + block}.1"
        place = 1 if level == 0 else 2
        outer[f"up_blocks.{level}.upsamplers.0.conv"] = f"output_blocks.{2 * level + 1}.{place}.conv"
    names = {}
    for key in state:
        prefix = max((name for name in outer if key.startswith(f"{name}.")), key=len)
        rest = key.removeprefix(f"{prefix}.")
        head, _, tail = rest.partition(".")
        names[key] = f"{outer[prefix]}.{resnet[head]}.{tail}" if ".resnets." in f"{prefix}." else f"{outer[prefix]}.{rest}"
    return names


def test_text_encoder_of_a_checkpoint(models: TinyModels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = models.text_encoder.config.to_dict()
    monkeypatch.setattr(configs, "TEXT_ENCODER", {key: config[key] for key in configs.TEXT_ENCODER})
    theirs = {key.removeprefix("text_model."): value for key, value in models.text_encoder.state_dict().items()}
    file = tmp_path / "checkpoint.safetensors"
    save_file({f"cond_stage_model.transformer.text_model.{key}": value for key, value in theirs.items()}, file)
    loaded = sources.load_text_encoder(file)
    tokens = torch.tensor([[1, 2, 3]])
    with torch.no_grad():
        assert torch.equal(loaded(tokens).last_hidden_state, models.text_encoder(tokens).last_hidden_state)


def test_folders_come_back_as_they_were(models: TinyModels, folders: Path) -> None:
    pairs = (
        (sources.load_unet(folders / "base"), models.unet),
        (sources.load_vae(folders / "base"), models.vae),
        (sources.load_text_encoder(folders / "base"), models.text_encoder),
        (sources.load_controlnet(folders / "controlnet"), models.controlnet),
        (sources.load_unet(folders / "hand"), models.hand_unet),
        (sources.load_mask_head(folders / "hand"), models.mask_head),
    )
    for loaded, saved in pairs:
        theirs = saved.state_dict()
        assert all(torch.equal(value, theirs[key]) for key, value in loaded.state_dict().items())


@pytest.mark.parametrize("dialect", ["peft", "diffusers", "kohya"])
def test_lora_merges_as_peft_merges(folders: Path, dialect: str) -> None:
    controlnet = sources.load_controlnet(folders / "controlnet")
    path = folders / "lora" if dialect == "peft" else rewritten(folders, dialect)
    assert merge_lora(path, {"controlnet": controlnet, "unet": torch.nn.Module()}) == {"controlnet": 32}
    # A fresh one: PEFT's merge changes the model that it is asked for.
    expected = tiny_models().lora.merge_and_unload().state_dict()
    for key, value in controlnet.state_dict().items():
        assert torch.allclose(value, expected[key], atol=1e-6), key


def rewritten(folders: Path, dialect: str) -> Path:
    """The LoRA's file under the names of another program; alpha 4 goes with the layers."""
    state = {}
    for key, value in load_file(folders / "lora" / "adapter_model.safetensors").items():
        layer, _, kind = key.removeprefix("base_model.model.").removesuffix(".weight").rpartition(".")
        direction = "down" if kind == "lora_A" else "up"
        if dialect == "diffusers":
            state[f"controlnet.{layer}.lora.{direction}.weight"] = value
            state[f"controlnet.{layer}.alpha"] = torch.tensor(4.0)
        else:
            flat = layer.replace(".", "_")
            state[f"lora_controlnet_{flat}.lora_{direction}.weight"] = value
            state[f"lora_controlnet_{flat}.alpha"] = torch.tensor(4.0)
    path = folders / f"{dialect}.safetensors"
    save_file(state, path)
    return path


def test_lora_scale_and_other_parts(folders: Path) -> None:
    plain = sources.load_controlnet(folders / "controlnet").state_dict()
    full, half = (sources.load_controlnet(folders / "controlnet") for _ in range(2))
    merge_lora(folders / "lora", {"controlnet": full})
    merge_lora(folders / "lora", {"controlnet": half}, scale=0.5)
    key = "mid_block.attentions.0.transformer_blocks.0.attn1.to_q.weight"
    middle = (plain[key] + full.state_dict()[key]) / 2
    assert not torch.allclose(plain[key], full.state_dict()[key], atol=1e-3)
    assert torch.allclose(half.state_dict()[key], middle, atol=1e-6)
    assert merge_lora(folders / "lora", {"text_encoder": torch.nn.Module()}) == {}


def test_lora_of_another_model_is_an_error(models: TinyModels, folders: Path) -> None:
    with pytest.raises(ExportError, match=r"which unet do not have|does not fit"):
        merge_lora(folders / "lora", {"unet": models.vae})


def test_mask_head_reaches_the_picture(models: TinyModels) -> None:
    """Four doublings from in front of the last upsampler, or three from the last block; others are refused."""
    latent, t, text = torch.zeros(1, 15, 16, 16), torch.tensor([1.0]), torch.zeros(1, 4, 24)
    for doublings, channels in ((4, [16, 2, 2, 2, 1]), (3, [8, 2, 2, 1])):
        unet = tiny_models().hand_unet
        tap = FeatureTap(unet, doublings)
        with torch.no_grad():
            unet(latent, t, text)
            assert MaskHead(channels)(tap.take()).shape == (1, 1, 128, 128)
    with pytest.raises(ExportError, match="doubles its map 5 times"):
        FeatureTap(models.hand_unet, 5)


def test_tokenizer_of_clips_merges(tmp_path: Path) -> None:
    """CLIP's rules by hand: lower case, byte pairs in order of rank, word ends, start and end; bytes come first in its vocabulary."""
    merges = tmp_path / "bpe.txt"
    merges.write_text('"bpe_simple_vocab - version: 0.2\nh a\nn d</w>\nha nd</w>\n')
    assert write_tokenizer(merges, tmp_path, 77) == 516
    vocabulary = vocabulary_of([("h", "a"), ("n", "d</w>"), ("ha", "nd</w>")])
    assert (vocabulary["!"], vocabulary["a"], vocabulary["!</w>"]) == (0, 64, 256)
    assert (vocabulary["hand</w>"], vocabulary[START], vocabulary[END]) == (514, 515, 516)
    assert len(byte_symbols()) == len(set(byte_symbols())) == 256
    tokenizer = clip_tokenizer(vocabulary, [("h", "a"), ("n", "d</w>"), ("ha", "nd</w>")], 77)
    assert tokenizer("Hand  an").input_ids == [515, 514, vocabulary["a"], vocabulary["n</w>"], 516]
    written = json.loads((tmp_path / "tokenizer.json").read_text())
    assert written["model"]["vocab"]["hand</w>"] == 514


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (["--base", "nowhere"], "--base: nowhere does not exist: check the path."),
        (["--lora", "nowhere"], "--lora: nowhere does not exist: check the path."),
        (["--size", "100"], "--size 100 is no multiple of 64"),
        (["--hand", "BASE"], "takes 4 channels and not 15"),
        (["--base", "HAND"], "takes 15 channels and not 4 or 9"),
        (["--mask-head", "CONTROLNET"], "holds 0 files with a mask head's weights"),
        (["--tokenizer", "HAND"], "holds no tokenizer"),
        (["--output", "HAND"], "exists: name another folder"),
    ],
)
def test_errors_are_one_sentence_and_leave_nothing(
    folders: Path, tmp_path: Path, change: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = {f"--{name}": str(folders / name) for name in ("base", "controlnet", "hand")}
    options["--output"] = str(tmp_path / "out")
    options[change[0]] = options.get(f"--{change[1].lower()}", change[1])
    assert export.main([text for pair in options.items() for text in pair]) == 1
    message = capsys.readouterr().err
    assert sentence in message
    assert message.count("\n") == 1
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "out.partial").exists()
