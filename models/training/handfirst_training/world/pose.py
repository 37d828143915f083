"""What the renderer needs of the moving signer, in one place.

`sample_pose` draws independent pictures, `sample_sequence` smooth signing, `spell` fingerspelling, `neutral_pose`
arms that hang, `reference_pose` the pose of reference pictures. All take the rest
body of one identity and are functions of the random generator.
"""

from __future__ import annotations

from .motion import neutral_pose, reference_pose, sample_pose
from .sequences import sample_sequence, spell
from .skeleton import Pose, Posed, Rest, forward

__all__ = [
    "Pose",
    "Posed",
    "Rest",
    "forward",
    "neutral_pose",
    "reference_pose",
    "sample_pose",
    "sample_sequence",
    "spell",
]
