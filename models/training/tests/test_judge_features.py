"""The networks behind FID, KID and CLIPSIM: what is exported is what PyTorch has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from handfirst_training.judge.export_features import export_inception, main
from handfirst_training.judge.inception import CLASSES, Inception, load_inception

# By pytorch-fid 0.3.0 on torchvision 0.29.2 (FIDInceptionA and C, its own resizing), with the weights and the picture below.
EARLY = {0: 0.040342, 95: 0.044197, 191: 0.116023}
LATE = {0: 0.015063, 400: 0.08812, 767: 1.11042}


def random_state() -> dict[str, torch.Tensor]:
    """Weights of every layer in the alphabet's order, from numpy's generator, that keep features alive."""
    wanted = {name: value for name, value in Inception().state_dict().items() if not name.endswith("num_batches_tracked")}
    state = {"fc.weight": torch.zeros(CLASSES, 2048)}
    for at, name in enumerate(sorted(wanted)):
        rng, shape = np.random.default_rng([7, at]), tuple(wanted[name].shape)
        if len(shape) == 4:
            values = rng.normal(0, (2 / np.prod(shape[1:])) ** 0.5, shape)
        elif name.endswith(("running_var", "bn.weight")):
            values = rng.uniform(0.8, 1.2, shape)
        else:
            values = rng.normal(0, 0.1, shape)
        state[name] = torch.tensor(values, dtype=torch.float32)
    return state


def picture() -> torch.Tensor:
    y, x = np.mgrid[:180, :140]
    levels = np.stack([0.5 + 0.5 * np.sin(x / (5 + c)) * np.cos(y / (9 - c)) for c in range(3)])
    return torch.tensor(levels[None].astype(np.float32))


def test_features_are_those_of_pytorch_fid() -> None:
    with torch.no_grad():
        early, late = load_inception(random_state())(picture())
    assert early.shape == (1, 192) and late.shape == (1, 768)
    for found, expected in ((early, EARLY), (late, LATE)):
        assert {at: pytest.approx(float(found[0, at]), abs=2e-5) for at in expected} == expected


def test_graphs_take_pictures_of_any_size(tmp_path: Path) -> None:
    torch.save(random_state(), tmp_path / "weights.pth")
    differences = export_inception(tmp_path / "weights.pth", tmp_path / "out")
    assert set(differences) == {"inception-192.onnx", "inception-768.onnx"} and max(differences.values()) < 1e-4
    network = load_inception(random_state())
    for at, name in enumerate(differences):
        session = onnxruntime.InferenceSession(str(tmp_path / "out" / name), providers=["CPUExecutionProvider"])
        for size in ((180, 140), (512, 512), (40, 90)):
            levels = torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(size[0]))
            found = session.run(["features"], {"picture": levels.numpy()})[0]
            with torch.no_grad():
                expected = network(levels)[at].numpy()
            assert np.abs(found - expected).max() < 1e-4 * np.abs(expected).max()
    assert not list((tmp_path / "out").glob("*.part"))
    assert (tmp_path / "out" / "inception-192.onnx").stat().st_size < 3e6, "what lies behind the early features is left out"


def test_other_weights_are_refused(tmp_path: Path) -> None:
    state = random_state()
    with pytest.raises(SystemExit, match="1000 classes, where FID's own network has 1008"):
        load_inception({**state, "fc.weight": torch.zeros(1000, 2048)})
    del state["Mixed_6e.branch_pool.conv.weight"]
    with pytest.raises(SystemExit, match=r"lack Mixed_6e\.branch_pool\.conv\.weight"):
        load_inception(state)
    (tmp_path / "no.pth").write_text("nothing")
    with pytest.raises(SystemExit, match=r"no\.pth is no PyTorch state dict"):
        main(["--inception", str(tmp_path / "no.pth"), "--out", str(tmp_path)])
    with pytest.raises(SystemExit):
        main(["--out", str(tmp_path)])


def test_clip_is_exported_with_its_tokenizer(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers", reason="install requirements-sd15.txt to test the export of CLIP")
    from handfirst_training.judge.export_features import export_clip
    from handfirst_training.sd15.tokenizer import clip_tokenizer, vocabulary_of

    merges = [("h", "a"), ("ha", "n"), ("han", "d</w>")]
    vocabulary = vocabulary_of(merges)
    torch.manual_seed(5)
    inner = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    text = {**inner, "vocab_size": len(vocabulary), "eos_token_id": len(vocabulary) - 1, "bos_token_id": len(vocabulary) - 2}
    clip = transformers.CLIPModel(
        transformers.CLIPConfig(text_config=text, vision_config={**inner, "image_size": 32, "patch_size": 8}, projection_dim=24)
    ).eval()
    clip.save_pretrained(tmp_path / "clip")
    tokenizer = clip_tokenizer(vocabulary, merges, 77)
    tokenizer.save_pretrained(tmp_path / "clip")
    assert max(export_clip(tmp_path / "clip", tmp_path / "out").values()) < 1e-4
    assert (tmp_path / "out" / "tokenizer.json").exists() and (tmp_path / "out" / "tokenizer_config.json").exists()
    tokens = tokenizer("a hand", padding="max_length", max_length=77, return_tensors="pt")
    levels = torch.rand(1, 3, 32, 32)
    mean = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(1, 3, 1, 1)
    deviation = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(1, 3, 1, 1)
    with torch.no_grad():
        out = clip(input_ids=tokens.input_ids, attention_mask=tokens.attention_mask, pixel_values=(levels - mean) / deviation)
    for name, given, expected in (
        ("clip-text.onnx", {"tokens": tokens.input_ids.numpy()}, out.text_embeds),
        ("clip-picture.onnx", {"picture": levels.numpy()}, out.image_embeds),
    ):
        found = onnxruntime.InferenceSession(str(tmp_path / "out" / name)).run(["features"], given)[0]
        assert np.abs(found - expected.numpy()).max() < 1e-5
