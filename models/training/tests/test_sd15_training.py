"""Training at Stable Diffusion's size, with tiny random networks: the loss falls, a stopped run goes on, the result can be exported."""

import argparse
import json
from pathlib import Path

import pytest

pytest.importorskip("diffusers", reason="install requirements-sd15.txt to test training at Stable Diffusion's size")
pytest.importorskip("peft", reason="install requirements-sd15.txt to test training at Stable Diffusion's size")

import numpy as np
import torch
from PIL import Image

from handfirst_training.sd15 import sources
from handfirst_training.sd15.lora import merge_lora
from handfirst_training.sd15.tiny import tiny_models
from handfirst_training.sd15_training import hand, lora
from handfirst_training.sd15_training.data.pictures import DataError
from handfirst_training.sd15_training.loop import fit
from handfirst_training.sd15_training.made import make_store
from handfirst_training.sd15_training.parts import load_frozen
from handfirst_training.sd15_training.samples import Samples

STEPS = 40


def options_of(module: object, out: Path, *more: str) -> argparse.Namespace:
    return module.parser().parse_args(["--tiny", "--out", str(out), "--steps", str(STEPS), *more])  # type: ignore[attr-defined]


def fifths(losses: list[float]) -> tuple[float, float]:
    part = max(1, len(losses) // 5)
    return float(np.mean(losses[:part])), float(np.mean(losses[-part:]))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[float]]:
    out = tmp_path_factory.mktemp("hand") / "run"
    return out, hand.run(options_of(hand, out))


def test_the_loss_of_the_hand_generator_falls(trained: tuple[Path, list[float]]) -> None:
    first, last = fifths(trained[1])
    assert last < 0.85 * first


def test_it_logs_and_writes_samples(trained: tuple[Path, list[float]]) -> None:
    rows = [json.loads(line) for line in (trained[0] / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == list(range(1, STEPS + 1))
    for row in rows:
        # Equation 5.
        assert row["loss"] == pytest.approx(row["noise"] + 0.05 * row["mask"], rel=1e-5)
    assert Image.open(trained[0] / "samples" / f"{STEPS:07d}.png").size == (4 * 64, 3 * 64)


def test_what_it_writes_can_be_exported(trained: tuple[Path, list[float]]) -> None:
    assert sources.unet_channels(trained[0]) == 15
    unet, head = sources.load_unet(trained[0]), sources.load_mask_head(trained[0])
    assert unet.conv_in.weight.shape[1] == 15 and head.doublings == 4


def test_a_stopped_run_goes_on_as_if_it_had_not(trained: tuple[Path, list[float]], tmp_path: Path) -> None:
    out = tmp_path / "run"
    hand.run(options_of(hand, out, "--steps", "15"))
    more = hand.run(options_of(hand, out))
    assert len(more) == STEPS - 15
    assert more == pytest.approx(trained[1][15:], rel=1e-3)


def test_a_run_that_was_killed_takes_the_lost_steps_again(tmp_path: Path) -> None:
    """Its log goes beyond the checkpoint, and the folders of two checkpoints may have been changing places."""
    out = tmp_path / "run"
    hand.run(options_of(hand, out, "--steps", "3"))
    log = (out / "log.jsonl").read_text()
    (out / "log.jsonl").write_text(log + log.splitlines()[-1] + "\n")
    (out / "state").rename(out / "state.before")
    more = hand.run(options_of(hand, out, "--steps", "5"))
    rows = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == [1, 2, 3, 4, 5]
    assert [row["loss"] for row in rows[3:]] == more


def test_a_step_may_take_its_samples_in_parts(tmp_path: Path) -> None:
    losses = hand.run(options_of(hand, tmp_path / "run", "--steps", "3", "--accumulate", "2"))
    rows = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == [1, 2, 3]
    assert [row["loss"] for row in rows] == losses
    # Clipped by its norm and moved once a step: as many moves as the optimizer says it has made.
    state = torch.load(tmp_path / "run" / "state" / "optimizer.bin", weights_only=True)["state"]
    assert {int(one["step"]) for one in state.values()} == {3}


def test_fewer_samples_than_a_step_takes_are_refused(tmp_path: Path) -> None:
    make_store(tmp_path / "store", 2, 64, 0)
    options = options_of(hand, tmp_path / "run")
    with pytest.raises(DataError, match="2 samples of all epochs are fewer"):
        fit(hand.build(load_frozen(options), options), Samples([tmp_path / "store"], 1, 0, hint=False), options)


def test_ablations_change_what_they_say(tmp_path: Path) -> None:
    hand.run(options_of(hand, tmp_path / "plain", "--steps", "2", "--no-mask-head"))
    assert not (tmp_path / "plain" / "mask_head.safetensors").exists()
    assert "mask" not in json.loads((tmp_path / "plain" / "log.jsonl").read_text().splitlines()[0])
    hand.run(options_of(hand, tmp_path / "three", "--steps", "2", "--mask-doublings", "3", "--mask-lambda", "0.01"))
    assert sources.load_mask_head(tmp_path / "three").doublings == 3


def test_the_new_channels_are_random_and_the_old_ones_kept() -> None:
    before = tiny_models().unet.conv_in.weight.clone()
    after = hand.widened(tiny_models().unet, 11).conv_in.weight
    assert torch.equal(after[:, :4], before) and float(after[:, 4:].std()) > 0


def test_the_lora_learns_and_its_file_merges(tmp_path: Path) -> None:
    first, last = fifths(lora.run(options_of(lora, tmp_path / "run")))
    assert last < 0.93 * first
    controlnet = tiny_models().controlnet
    before = {key: value.clone() for key, value in controlnet.state_dict().items()}
    changed = merge_lora(tmp_path / "run", {"controlnet": controlnet})
    assert changed == {"controlnet": 32}
    touched = {key for key, value in controlnet.state_dict().items() if not torch.equal(value, before[key])}
    assert touched and all(any(f".{name}." in key for name in ("to_q", "to_k", "to_v", "to_out")) for key in touched)


def test_weights_and_data_are_asked_for_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="--tiny"):
        hand.run(hand.parser().parse_args(["--out", str(tmp_path)]))
