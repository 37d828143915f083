"""What diffusers needs for a bundle's networks, tried on small ones."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("diffusers", reason="install requirements-sd15.txt to test the SD 1.5 export")
pytest.importorskip("peft", reason="install requirements-sd15.txt to test the SD 1.5 export")

from handfirst_training.sd15 import time_diffusers
from handfirst_training.sd15.errors import ExportError
from handfirst_training.sd15.options import NEEDS


def rows(*options: str) -> list[dict]:
    return time_diffusers.run(time_diffusers.parser().parse_args(["--tiny", "--threads", "1", *options]))


@pytest.mark.parametrize("system", list(NEEDS))
def test_a_pass_of_each_denoiser(system: str) -> None:
    [row] = rows("--system", system)
    assert row["system"] == system and row["device"] == "cpu"
    assert row["seconds"] > 0 and row["processorSeconds"] > 0 and row["peakMegabytes"] > 50


@pytest.mark.parametrize("system", ["text-only", "controlnet"])
def test_whole_pictures_by_the_number_of_steps(system: str) -> None:
    one, many = rows("--system", system, "--steps", "1,12")
    assert [one["steps"], many["steps"]] == [1, 12]
    assert one["seconds"] > 0 and many["seconds"] > 0


def test_what_cannot_be_measured_is_said_in_a_sentence() -> None:
    with pytest.raises(ExportError, match="has no pipeline of stable-pose"):
        rows("--system", "stable-pose", "--steps", "2")


def test_the_command_prints_a_line_of_json() -> None:
    command = [sys.executable, "-m", "handfirst_training.sd15.time_diffusers", "--tiny"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    assert json.loads(said.stdout)["system"] == "text-only"
