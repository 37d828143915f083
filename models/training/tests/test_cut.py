"""A reference cut into its parts, on hand-worked cases."""

from __future__ import annotations

import numpy as np
from carry_scene import SIZE, scene, signer

from handfirst_training.conditions.carry import carry, prepare, with_hips
from handfirst_training.conditions.cut import arm_cut, part_covers
from handfirst_training.conditions.limbs import STATIONS, limbs
from handfirst_training.conditions.pieces import drop_islands, drop_slivers, going_on


def test_a_trunk_that_the_reference_cuts_off_goes_on_to_the_lower_edge() -> None:
    picture, person, plate = scene()
    cut = slice(0, 100)
    reference = prepare(picture[cut], person[cut], plate, signer())
    raised = signer()
    raised[:, 1] -= 20
    out, cover = carry(reference, raised, np.full(133, np.nan))
    assert out.shape == plate.shape
    np.testing.assert_allclose(out[70, 63], (63.5, 90.5, 0), atol=0.05)
    np.testing.assert_allclose(out[[90, 110, 127], 63, 1], 99.5, atol=0.05)
    assert cover[127, 63] == 1


def test_a_trunk_goes_on_smoother_from_row_to_row() -> None:
    part = np.zeros((4, 64, 4), np.float32)
    part[:, 20:44] = 1
    part[:, 20:44, :3] *= np.where(np.arange(24) % 2, 200, 100)[:, None]
    longer = going_on(part)
    assert longer.shape == (4 + 64 // 8, 64, 4)
    # Five neighbours of 100 and 200 in turn.
    np.testing.assert_allclose(longer[4, 30:32, 0], (140, 160))
    assert np.ptp(longer[-1, 30:34, 0]) < 0.5
    np.testing.assert_array_equal(longer[:, :, 3], np.broadcast_to(part[0, :, 3], (12, 64)))
    part[-1] = 0
    assert going_on(part) is part


def test_a_trunk_ends_below_the_chin_and_the_neck_goes_on_behind_it() -> None:
    """Chin at row 42, shoulders at row 50, 40 pixels apart: the trunk's neck begins 0.05 of that below the chin."""
    _, person, _ = scene()
    points = with_hips(signer())
    trunk, neck, _ = part_covers(points, *limbs(person, points), person)
    assert trunk[42, 64] < 0.1 and trunk[47, 64] > 0.99
    assert (neck[38:47, 64] > 0.99).all() and neck[20, 64] == 0
    # Beside the neck the shoulders rise as before.
    assert trunk[45, 76] > 0.99


def test_a_line_beside_the_neck_is_not_the_heads() -> None:
    head = np.zeros((60, 60))
    head[5:30, 20:40] = 1.0
    head[30:50, 20:22] = 1.0
    kept = head.copy()
    drop_slivers(kept, np.ones_like(head), 2)
    assert not kept[35:50].any()
    np.testing.assert_array_equal(kept[:30], head[:30])


def test_what_does_not_hang_together_with_the_head_is_not_the_heads() -> None:
    head = np.zeros((8, 8))
    head[1:4, 1:4] = 0.8
    head[6, 6] = 1.0
    head[5, 1] = 0.05
    head[1:4, 6] = 1.0
    person = np.ones((8, 8))
    person[1:4, 6] = 0.0
    drop_islands(head, person)
    assert head[6, 6] == 0.0 and head[5, 1] == 0.05 and head[2, 6] == 1.0
    np.testing.assert_array_equal(head[1:4, 1:4], 0.8)


def test_hair_beside_the_neck_is_carried_and_leaves_no_seam_on_the_shoulders() -> None:
    picture, person, plate = scene()
    reference = prepare(picture, person, plate, signer())
    _, cover = carry(reference, signer(), np.full(133, np.nan))
    # From the lobe of an ear down to the shoulder: the chin lies at 42, the shoulder at 50.
    assert cover[26:58, 80].min() > 0.999
    assert reference.head[41, 80, 3] > 0.9


def test_the_wall_is_taken_off_the_persons_edge() -> None:
    _, _, plate = scene()
    person = np.where(np.mgrid[:SIZE, :SIZE][1] < 64, 0.5, 1.0)
    own = np.array([200.0, 100, 40])
    mixed = person[..., None] * own + (1 - person[..., None]) * plate
    reference = prepare(mixed, person, plate, signer())
    np.testing.assert_allclose(reference.person[90, 50], (100, 50, 20, 0.5), atol=1e-4)
    np.testing.assert_allclose(reference.person[90, 100], (200, 100, 40, 1), atol=1e-4)


def test_a_wide_sleeve_beside_the_trunk_is_not_the_trunks() -> None:
    picture, person, plate = scene()
    trunk = prepare(picture, person, plate, signer()).trunk[..., 3]
    # The left arm's bone passes (95, 86). Between it and the trunk's outline, near the bone; and the flank, near the outline.
    assert trunk[86, 88] < 0.1
    assert trunk[86, 79] > 0.9


def test_what_the_trunk_keeps_of_a_sleeve_ends_round_the_shoulder_and_at_the_armpit() -> None:
    points, (a, b) = signer(), np.array([(84.0, 50.0), (94.0, 80.0)])
    ends, outlines = np.zeros((4, 2, 2)), np.zeros((4, STATIONS, 2))
    ends[0], outlines[0] = (a, b), 8.0
    along = (b - a) / np.hypot(*(b - a))
    inward = np.array([-along[1], along[0]])

    def cut(far: float, aside: float) -> float:
        x, y = a + far * along + aside * inward
        return float(arm_cut(points, ends, outlines, 40.0, 10.0, x, y))

    # 0.7 of the 31.6 pixels of the bone are 22.1, from the shoulder; on the trunk's side 0.6 of the distance from the bone less.
    assert [cut(20.0, 0.0), cut(24.0, 0.0)] == [0.0, 1.0]
    assert [cut(20.0, -5.0), cut(20.0, 5.0)] == [0.0, 1.0]
    assert cut(22.0, -5.0) > 0.5
    assert cut(15.0, 5.0) == 0.0


def test_a_limb_ends_where_the_person_ends_beside_it() -> None:
    person = np.zeros((SIZE, SIZE))
    person[:, 40:60] = 1
    keypoints = signer()
    keypoints[[5, 6, 7, 9], :2] = (48, 20), (8, 20), (48, 60), (48, 127)
    ends, outlines = limbs(person, keypoints)
    # The person ends 8 pixels to one side of the bone and 12 to the other, but no side is more than 1.2 times as wide as the other.
    assert np.abs(np.sort(outlines[0, 4:-4]) - (8, 1.2 * 8)).max() < 0.6
    # The wrist is too near to the picture's edge to be seen in its whole width.
    assert ends[1, 1, 1] < 127
