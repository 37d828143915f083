"""Fitting hand shapes: the torch hand is the hand of the renderer, and known angles are found again."""

from __future__ import annotations

import numpy as np
import pytest
from motion_body import LETTERS, rest_body

torch = pytest.importorskip("torch")

from handfirst_training.world.fit_letters import Fit, best_turn, body_axes, fit  # noqa: E402
from handfirst_training.world.hand_model import HandModel, overlap, touches, turn_vector  # noqa: E402
from handfirst_training.world.hands import hand_of, hand_points, orientation  # noqa: E402
from handfirst_training.world.handshapes import FIST, FLAT, alphabet, random_shape  # noqa: E402
from handfirst_training.world.letter_priors import PRIORS, Prior  # noqa: E402
from handfirst_training.world.real_letters import real_letters  # noqa: E402
from handfirst_training.world.rotations import from_vector  # noqa: E402

HAND = hand_of(rest_body(), "R")
PALM = float(HAND.roots[2, 0])
torch.set_num_threads(1)


def test_the_torch_hand_is_the_renderers_hand() -> None:
    model = HandModel(HAND)
    shapes = np.array([random_shape(np.random.default_rng(i)) for i in range(8)])
    points = model(torch.tensor(shapes, dtype=torch.float32), model.roots, model.lengths).numpy()
    np.testing.assert_allclose(points, np.array([hand_points(HAND, s) for s in shapes]) / PALM, atol=2e-5)


def test_rotation_vectors_agree() -> None:
    vectors = np.random.default_rng(0).normal(size=(5, 3))
    turns = turn_vector(torch.tensor(vectors, dtype=torch.float32)).numpy()
    np.testing.assert_allclose(turns, np.array([from_vector(v) for v in vectors]), atol=1e-5)


def test_best_turn_finds_a_known_turn() -> None:
    shape = hand_points(HAND, FLAT)
    turn = orientation(HAND, np.array([0.2, -0.5, 1.0]), np.array([0.3, -1.0, 0.1])) @ HAND.axes
    np.testing.assert_allclose(best_turn(shape, shape @ turn.T + [1.0, 2.0, 3.0]), turn, atol=1e-6)


def test_picture_axes() -> None:
    """Right in the picture is the signer's left, down is down, far is backward."""
    np.testing.assert_allclose(body_axes(np.array([53.0, 106.0, 26.5])), [1.0, 0.5, -2.0])


def test_a_fit_moves_the_hand_onto_its_points() -> None:
    model = HandModel(HAND)
    truth = torch.tensor(np.array([alphabet()["V"].angles, alphabet()["C"].angles]), dtype=torch.float32)
    turns = torch.tensor(np.stack([HAND.axes, HAND.axes]), dtype=torch.float32)
    start = truth + torch.tensor([[8.0, -8.0] * 10 + [8.0]])
    with torch.no_grad():
        seen = model(truth, model.roots, model.lengths) @ turns.transpose(1, 2)
        before = (model(start, model.roots, model.lengths) @ turns.transpose(1, 2) - seen).norm(dim=-1).mean()
    found = fit(model, Fit(start, turns, model.roots, model.lengths, torch.zeros(2)), seen, None, steps=60)
    with torch.no_grad():
        points = model(found.angles, found.roots, found.lengths) @ found.turns.transpose(1, 2)
        miss = points * found.sizes.exp()[:, None, None] - seen
        after = (miss - miss.mean(dim=1, keepdim=True)).norm(dim=-1).mean()  # the fitted place is not kept
    assert float(after) < 0.5 * float(before)
    assert float((found.angles - truth)[:, 5:].abs().mean()) < 6.0


def test_overlap_and_touches_tell_good_hands_from_bad() -> None:
    model = HandModel(HAND)
    through = FIST.copy()
    through[:5] = 30.0, 5.0, 0.0, 40.0, 10.0  # the thumb lies in the palm, under and in the fingers
    with torch.no_grad():
        points = model(torch.tensor(np.array([FLAT, through]), dtype=torch.float32), model.roots, model.lengths)
    flat, bad = overlap(points).tolist()
    assert flat < 0.02 < bad
    hand = points[:1]
    apart = float((hand[0, 4] - hand[0, 8]).norm())
    assert float(touches(hand, [Prior([], [], near=((4, 8, apart - 0.1),))])) == pytest.approx(0.01, rel=1e-4)
    assert float(touches(hand, [Prior([], [], near=((4, 8, apart + 0.1),))])) == 0.0


def test_shipped_letters_touch_where_they_should() -> None:
    model = HandModel(HAND)
    names = [name for name in PRIORS if PRIORS[name].near]
    angles = torch.tensor(np.array([alphabet()[name].angles for name in names]), dtype=torch.float32)
    with torch.no_grad():
        points = model(angles, model.roots, model.lengths)
    gaps = {name: float(touches(points[i : i + 1], [PRIORS[name]])) for i, name in enumerate(names)}
    assert {name for name, gap in gaps.items() if gap > 0.03} == set()


@pytest.mark.skipif(not LETTERS.exists(), reason="The real letters are not here; they are optional test data.")
def test_real_letters_are_read_with_depth() -> None:
    letters = real_letters(LETTERS)
    assert sorted(letters) == list("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    frames = letters["B"]
    assert frames.shape == (24, 21, 3)
    np.testing.assert_allclose(frames[12, 0], [61.2, 270.1, 0.0], atol=0.06)  # read with pose-format
    np.testing.assert_allclose(frames[12, 8, :2], [91.5, 163.8], atol=0.06)
    assert 10.0 < np.abs(frames[12, :, 2]).max() < 60.0
