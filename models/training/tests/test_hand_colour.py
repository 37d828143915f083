"""Correcting how the hand stage reads skins (`training.hand_colour`), on networks whose answers are known."""

from __future__ import annotations

import pytest
import torch

from handfirst_training.networks.denoisers import SKIN, HandDenoiser
from handfirst_training.training.between import between
from handfirst_training.training.between import main as between_main
from handfirst_training.training.hand_colour import FIRST, arm_colours, corrected, correction, linear_fit, mean_colours


def skins(count: int) -> torch.Tensor:
    """Three levels, each a tenth brighter than the one before."""
    dark = torch.rand(count, 3, generator=torch.Generator().manual_seed(1)) - 0.8
    return torch.cat([dark, dark + 0.1, dark + 0.2], dim=1)


def test_mean_colour_counts_the_hand_alone() -> None:
    picture = torch.tensor([[[[0.2, 0.4, -1.0]], [[0.0, 0.5, -1.0]], [[1.0, 0.0, -1.0]]]])
    mask = torch.tensor([[[[0.9, 0.6, 0.4]]]])
    torch.testing.assert_close(mean_colours(picture, mask), torch.tensor([[0.3, 0.25, 0.5]]))


def test_a_network_that_draws_too_red_is_corrected() -> None:
    # Hands follow the mean of the three levels: red by .8, the others by .5, and all are off by constants.
    gain, off = torch.tensor([0.8, 0.5, 0.5]), torch.tensor([0.3, 0.1, -0.1])

    def draw(skin: torch.Tensor) -> torch.Tensor:
        return skin.reshape(-1, 3, 3).mean(dim=1) * gain + off

    given = skins(200)
    weights, constants = linear_fit(given[:, 3:6], draw(given) - arm_colours(given))
    matrix, shift = correction(weights, constants, torch.diag(gain))
    after = draw(given @ matrix.T + shift) - arm_colours(given)
    assert float((draw(given) - arm_colours(given)).abs().mean()) > 0.2
    # The ridge leaves a little.
    assert float(after.abs().mean()) < 0.01


def test_the_first_layer_takes_the_correction_up() -> None:
    model = HandDenoiser(4, 16)
    matrix, shift = torch.randn(SKIN, SKIN), torch.randn(SKIN)
    skin, level = skins(5), torch.rand(5)
    before = model.code(level, skin @ matrix.T + shift)
    model.load_state_dict(corrected(model.state_dict(), matrix, shift))
    torch.testing.assert_close(model.code(level, skin), before, rtol=1e-4, atol=1e-5)
    assert f"{FIRST}.weight" in model.state_dict()


def test_half_way_between_two_hand_stages() -> None:
    first = {"weight": torch.tensor([0.0, 2.0]), "count": torch.tensor(3)}
    second = {"weight": torch.tensor([1.0, 4.0]), "count": torch.tensor(5)}
    mean = between(first, second, 0.25)
    assert mean["weight"].tolist() == [0.25, 2.5]
    assert int(mean["count"]) == 5
    with pytest.raises(SystemExit, match="different networks"):
        between(first, {"weight": second["weight"]}, 0.5)


def test_between_writes_what_both_runs_hold_and_spares_them(tmp_path, monkeypatch) -> None:
    first, second, out = (tmp_path / name for name in ("first", "second", "out"))
    for run, value in ((first, 1.0), (second, 3.0)):
        run.mkdir()
        for name in ("hand.pt", "decoder.pt"):
            torch.save({"average": {"weight": torch.tensor([value])}, "samples": 7}, run / name)
    torch.save({}, first / "encoder.pt")
    torch.save({"average": {}}, second / "body.pt")

    def call(to) -> None:
        monkeypatch.setattr("sys.argv", ["between", "--first", str(first), "--second", str(second), "--out", str(to)])
        between_main()

    with pytest.raises(SystemExit, match="third folder"):
        call(first)
    call(out)
    written = torch.load(out / "hand.pt", weights_only=True)
    assert written["average"]["weight"].tolist() == [2.0] and written["samples"] == 7
    assert sorted(path.name for path in out.iterdir()) == ["decoder.pt", "encoder.pt", "hand.pt"]
