"""The skeleton that motion and rendering share: a rest body, a pose, and forward kinematics.

Axes (those of `anny`): x = the signer's left, -y = the signer's front, z = up; metres. Rotations are
"local-ref": a bone's rotation is written in the axes of the rest pose, so that
``world(bone) = world(parent) @ local(bone)`` and the rest pose is the identity everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass
class Rest:
    """One signer's body at rest.

    names: the B bone names; parents: [B] index of the parent, -1 for the root, parents before children;
    heads, tails: [B, 3] ends of each bone, metres; the tail of a last finger bone is the finger tip.
    skin: [V, 3] rest places of skin points of at least head and trunk, which keeps hands out of the body; without it
    the body counts as an average one.
    """

    names: list[str]
    parents: NDArray[np.int64]
    heads: Array
    tails: Array
    skin: Array | None = None
    index: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.heads = np.asarray(self.heads, dtype=np.float64)
        self.tails = np.asarray(self.tails, dtype=np.float64)
        self.parents = np.asarray(self.parents, dtype=np.int64)
        self.index = {name: i for i, name in enumerate(self.names)}

    def head(self, name: str) -> Array:
        """[3] rest position of a bone's head, metres."""
        return self.heads[self.index[name]]

    def tail(self, name: str) -> Array:
        """[3] rest position of a bone's tail, metres."""
        return self.tails[self.index[name]]


@dataclass
class Pose:
    """A body pose and a face.

    bones: bone name -> [3, 3] local-ref rotation; a bone that is not named stays at rest.
    face: facial action (the 52 ARKit names) -> 0..1; an action that is not named is 0.
    """

    bones: dict[str, Array] = field(default_factory=dict)
    face: dict[str, float] = field(default_factory=dict)


@dataclass
class Posed:
    """Forward kinematics of a pose: rotations [B, 3, 3], heads and tails [B, 3] in metres."""

    rest: Rest
    rotations: Array
    heads: Array
    tails: Array

    def head(self, name: str) -> Array:
        """[3] posed position of a bone's head."""
        return self.heads[self.rest.index[name]]

    def tail(self, name: str) -> Array:
        """[3] posed position of a bone's tail."""
        return self.tails[self.rest.index[name]]

    def rotation(self, name: str) -> Array:
        """[3, 3] world rotation of a bone relative to the rest pose."""
        return self.rotations[self.rest.index[name]]

    def points(self, bone: str, rest_points: Array) -> Array:
        """Carry points [..., 3] given in the rest pose along with one bone."""
        i = self.rest.index[bone]
        return (rest_points - self.rest.heads[i]) @ self.rotations[i].T + self.heads[i]


def forward(rest: Rest, pose: Pose) -> Posed:
    """Pose a skeleton; the root's head stays where it is."""
    count = len(rest.names)
    rotations = np.empty((count, 3, 3))
    heads = np.empty((count, 3))
    eye = np.eye(3)
    for i, name in enumerate(rest.names):
        local = pose.bones.get(name, eye)
        parent = int(rest.parents[i])
        if parent < 0:
            rotations[i] = local
            heads[i] = rest.heads[i]
        else:
            rotations[i] = rotations[parent] @ local
            heads[i] = heads[parent] + rotations[parent] @ (rest.heads[i] - rest.heads[parent])
    tails = heads + np.einsum("bij,bj->bi", rotations, rest.tails - rest.heads)
    return Posed(rest, rotations, heads, tails)


def locate(rest: Rest, pose: Pose, name: str) -> tuple[Array, Array]:
    """World rotation [3, 3] and head [3] of one bone, without posing the others."""
    chain = [rest.index[name]]
    while rest.parents[chain[-1]] >= 0:
        chain.append(int(rest.parents[chain[-1]]))
    rotation = np.eye(3)
    head = rest.heads[chain[-1]]
    before = chain[-1]
    for i in reversed(chain):
        head = head + rotation @ (rest.heads[i] - rest.heads[before])
        local = pose.bones.get(rest.names[i])
        if local is not None:
            rotation = rotation @ local
        before = i
    return rotation, head
