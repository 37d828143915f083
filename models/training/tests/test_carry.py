"""The carried picture on hand-worked cases."""

from __future__ import annotations

import numpy as np
from carry_scene import SIZE, scene, signer

from handfirst_training.conditions.carry import affine, carry, order, prepare, to_wrist, with_hips
from handfirst_training.conditions.lay import lay_bone
from handfirst_training.conditions.limbs import STATIONS, shoulder_span


def test_an_unmoved_signer_is_carried_to_where_it_was() -> None:
    picture, person, plate = scene()
    reference = prepare(picture, person, plate, signer())
    out, cover = carry(reference, signer(), np.full(133, np.nan))
    # Where more than 0.05 of 255 of the plate may shine through is not inside.
    inside = cover > 1 - 0.0002
    # Beyond elbows and wrists the last colours of a limb go on.
    y, x = np.mgrid[:SIZE, :SIZE] + 0.5
    for k in (7, 8, 9, 10):
        inside &= np.hypot(x - signer()[k, 0], y - signer()[k, 1]) > 0.2 * shoulder_span(signer())
    assert inside.mean() > 0.15
    assert np.abs(out[inside] - picture[inside]).max() < 0.05
    assert (out[cover == 0] == plate[cover == 0]).all()


def test_a_signer_moved_as_a_whole_is_carried_along() -> None:
    picture, person, plate = scene()
    reference = prepare(picture, person, plate, signer())
    moved = signer()
    moved[:, :2] += (9, -6)
    out, _ = carry(reference, moved, np.full(133, np.nan))
    # Trunk, at its middle: what lay at (64 - 9, 90 + 6).
    np.testing.assert_allclose(out[89, 63], (63.5 - 9, 89.5 + 6, 0), atol=0.05)
    # Tip of the nose.
    np.testing.assert_allclose(out[22, 72], (72.5 - 9, 22.5 + 6, 0), atol=0.05)


def test_a_raised_forearm_shows_the_forearm_turned_about_the_elbow() -> None:
    picture, person, plate = scene()
    reference = prepare(picture, person, plate, signer())
    raised = signer()
    raised[9, :2] = 94 + 28.284, 80  # the left wrist, out to the side, as far from the elbow as before
    out, _ = carry(reference, raised, np.full(133, np.nan))
    # Pixel (107.5, 78.5): 13.5 along the bone and 1.5 above it; as far along the forearm that hung, and 1.5 towards the outside.
    along = np.array([4, 28]) / np.hypot(4, 28)
    outside = np.array([along[1], -along[0]])
    expected = np.array([94, 80]) + along * 13.5 + outside * 1.5
    np.testing.assert_allclose(out[78, 107, :2], expected, atol=0.05)


def test_parts_lie_by_depth_and_else_with_the_arms_in_front() -> None:
    points, depth = signer(), np.full(133, np.nan)
    assert order(depth, points, 40)[:3] == [-2, -1, 4]
    depth[:17] = 0
    depth[0] = -30
    depth[[5, 7, 9]] = -10
    depth[[6, 8, 10]] = -50
    assert order(depth, points, 40) == [-2, -1, 0, 1, 4, 2, 3]
    # A wrist of unknown depth: its upper arm, however near, is laid before the forearm.
    depth[8], depth[10] = -500, np.nan
    assert order(depth, points, 40) == [-2, -1, 0, 1, 4, 2, 3]
    depth[[6, 8, 10]] = 60
    assert order(depth, points, 40)[:3] == [-2, 2, 3] or order(depth, points, 40)[:3] == [2, 3, -2]


def test_the_affine_map_is_exact_where_it_can_be_and_stays_near_the_identity_where_it_must() -> None:
    source = np.array([[0.0, 0], [10, 0], [0, 10], [10, 10]])
    goal = source @ np.array([[1.2, 0.1], [-0.3, 0.9]]).T + (5, 7)
    np.testing.assert_allclose(affine(source, goal, 0.0), [[1.2, 0.1, 5], [-0.3, 0.9, 7]], atol=1e-12)
    line = np.array([[0.0, 0], [10, 0]])
    np.testing.assert_allclose(affine(line, line + np.array([3, 4]), 1.0), [[1, 0, 3], [0, 1, 4]], atol=1e-12)


def test_nothing_is_carried_without_shoulders() -> None:
    picture, person, plate = scene()
    reference = prepare(picture, person, plate, signer())
    lost = signer()
    lost[6] = 0
    out, cover = carry(reference, lost, np.full(133, np.nan))
    assert (out == plate).all() and not cover.any()


def test_missing_hips_hang_below_the_shoulders() -> None:
    points = signer()
    points[[11, 12]] = 0
    hips = with_hips(points)
    assert hips[11, 0] > hips[12, 0]
    np.testing.assert_allclose(hips[[11, 12], 1], 50 + 1.45 * 40)


def test_a_forearm_ends_as_wide_as_its_hand_within_limits() -> None:
    points = signer()
    points[[91, 100], :] = (98, 108, 1), (98, 128, 1)  # wrist to middle knuckle: 20 pixels, so a wrist of 5.6 to each side
    assert abs(to_wrist(points, 0, 5.0) - 1.12) < 1e-9
    assert (to_wrist(points, 0, 4.0), to_wrist(points, 0, 8.0)) == (1.3, 0.9)
    assert to_wrist(points, 1, 4.0) == 1.0  # no hand


def test_lids_that_close_bring_the_skin_above_them_down() -> None:
    picture, person, plate = scene()
    open_eyes = signer()
    # The 68 points of a face that looks straight ahead; eyes 10 wide and 4 high.
    for corner, x in ((36, 50), (42, 68)):
        places = [(x, 26), (x + 3, 24), (x + 7, 24), (x + 10, 26), (x + 7, 28), (x + 3, 28)]
        open_eyes[23 + corner : 29 + corner, :2] = places
    open_eyes[71:91, :2] = [(56 + 0.8 * k, 36) for k in range(20)]
    picture[24:28, 53:57] = 200, 200, 0
    reference = prepare(picture, person, plate, open_eyes)
    shut = open_eyes.copy()
    shut[23 + 37 : 23 + 39, 1] = shut[23 + 40 : 23 + 42, 1] = 26

    def whites(frame: np.ndarray) -> int:
        out, _ = carry(reference, frame, np.full(133, np.nan))
        return int((out[20:32, 48:62, 0] > 150).sum())

    assert whites(open_eyes) >= 12
    assert whites(shut) <= 0.1 * whites(open_eyes)


def test_a_limb_darkens_what_it_comes_to_lie_on_and_nothing_where_it_was() -> None:
    picture, person, plate = scene()
    reference = prepare(np.full_like(picture, 100.0), person, plate, signer())
    still, _ = carry(reference, signer(), np.full(133, np.nan))
    assert np.abs(still[60:90, 60:70] - 100).max() < 0.5
    crossed = signer()
    crossed[9, :2] = 60, 80
    out, _ = carry(reference, crossed, np.full(133, np.nan))
    below = out[80:100, 66, 0]
    assert below.min() < 95
    assert below[-1] > 99


def places_of(x: np.ndarray, y: np.ndarray, turn: float) -> np.ndarray:
    """[n, 2] places of the reference that a level limb of 60 pixels from (60, 60), laid where it was but turned there, shows at x, y."""
    size = 160
    i, j = np.mgrid[:size, :size] + 0.5
    part = np.stack([j, i, np.zeros_like(i), np.ones_like(i)], axis=-1).astype(np.float32)
    out, cover = np.zeros((size, size, 3), np.float32), np.zeros((size, size), np.float32)
    bone = np.array([[60.0, 60.0], [120.0, 60.0]])
    lay_bone(out, cover, part, bone, bone, np.full((STATIONS, 2), 12.0), (1.0, 1.0), (1.0, 1.0), 0.0, turn)
    assert (cover[y, x] == 1).all()
    return out[y, x, :2]


def test_the_last_colours_of_a_limb_go_on_beyond_its_second_end() -> None:
    x, y = np.array([110, 123, 127]), np.array([60, 60, 62])
    # 110.5 is before the end at 120; 123.5 and 127.5 are beyond.
    assert np.abs(places_of(x, y, 0.0) - [(110.5, 60.5), (120, 60.5), (120, 62.5)]).max() < 0.01


def test_a_limb_that_has_turned_leaves_its_first_end_the_way_it_was() -> None:
    # A quarter turn: it leaves downwards, and is on its way from .75 of its length, 45 pixels, on. Half of the way there it is half turned.
    half = 22.5 * np.sqrt(0.5)
    x, y = np.array([60, 60 + int(half), 110]), np.array([64, 60 + int(half), 60])
    places = places_of(x, y, np.pi / 2)
    far = np.hypot(x + 0.5 - 60, y + 0.5 - 60)
    # All lie as far from the shoulder as they are shown, and close to the bone.
    assert np.abs(np.hypot(*(places - 60).T) - far).max() < 0.01
    share = np.clip(far / 45, 0, 1)
    angle = np.arctan2(y + 0.5 - 60, x + 0.5 - 60) - np.pi / 2 * (1 - share**2 * (3 - 2 * share))
    assert np.abs(places - np.stack([60 + far * np.cos(angle), 60 + far * np.sin(angle)], axis=1)).max() < 0.01
    assert np.abs(places[:2, 1] - 60).max() < 1
