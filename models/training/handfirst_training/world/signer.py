"""One signer, ready to be posed and drawn: body, clothes, hair and face made from a look."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from . import labels
from .body import SignerBody, body_model
from .draw.scene import Part, Scene, part_vertices
from .light import LUMINANCE, Lighting
from .look import Look
from .palette import EYE_MAPS, PATTERNS, Colour
from .pieces import face as face_pieces
from .pieces import skin as skin_maps
from .pieces.folder import texture_file
from .pieces.garments import CUTS, Garment, dress, garment_of, hidden_by
from .pieces.hair import OVER_EARS, Hair, grow, roots
from .pieces.mesh import load
from .skeleton import Pose
from .vertices import normals, skin

Floats = NDArray[np.float32]

RESTING = {"mouthSmileLeft": 0.26, "mouthSmileRight": 0.26, "mouthDimpleLeft": 0.08, "mouthDimpleRight": 0.08}
"""What every face has at rest: the corners of the mouth slightly up. Other actions are added to it."""
ROOTED = 0.5
"""Shade of roots from which scalp counts as hair."""
BROW_SHADE, LASH_COLOUR = 0.62, (0.05, 0.04, 0.035)
FACE_REGION = (slice(40, 150), slice(170, 260))
"""Rows and columns of the skin textures that show cheeks: the tone that a skin is brought to is measured there."""


def linear(colour: Colour | NDArray) -> NDArray[np.float32]:
    """sRGB to linear light, as `lin` of common.glsl has it."""
    return np.asarray(colour, np.float32) ** np.float32(2.2)


@dataclass
class Signer:
    """look, body, clothes (top, bottom) and hair; roots: [19158] shade of hair on the scalp."""

    look: Look
    body: SignerBody
    clothes: list[Garment]
    hair: Hair | None
    roots: Floats
    lighting: Lighting

    def __post_init__(self) -> None:
        names = tuple(garment.mesh.name for garment in self.clothes)
        under_hair = skin_maps.ears() & (self.look.hair.piece in OVER_EARS)
        self.corners = skin_maps.visible_corners(hidden_by(names) | under_hair)

    def scene(self, pose: Pose) -> tuple[Floats, Scene]:
        """Posed vertices of the body [V, 3] and what is to be drawn."""
        model, moves = body_model(), self.body.moves(pose)
        unposed = self.body.unposed(pose.face)
        base = skin(unposed, model.base_bones, model.base_weights, moves)
        parts = [self._skin(base), *(self._cloth(garment, moves) for garment in self.clothes), *self._face(unposed, moves)]
        if self.hair is not None:
            parts.append(self._hair(self.hair, moves))
        return base[model.kept], Scene(parts, self.lighting, self.look.backdrop, self.exposure)

    @property
    def exposure(self) -> float:
        """A camera meters the skin: dark skin is exposed longer, light skin shorter, by part of the way to one brightness."""
        bright = float(linear(self.look.face.skin) @ LUMINANCE)
        return self.look.light.exposure * float(np.clip((0.30 / bright) ** 0.30, 0.84, 1.5))

    def _skin(self, base: Floats) -> Part:
        faces, source, uv = self.corners
        look = self.look.face
        aux = np.stack([skin_maps.blood(), skin_maps.beard(), skin_maps.palms() - self.roots, skin_maps.knuckles()], axis=1)
        hands = skin_maps.hands()
        label = np.full(len(base), labels.SKIN, np.float32)
        label[hands[:, 0]], label[hands[:, 1]], label[self.roots > ROOTED] = labels.LEFT_HAND, labels.RIGHT_HAND, labels.HAIR
        vertices = part_vertices(base[source], normals(base, skin_maps.bare_faces())[source], uv, aux[source], label[source])
        map_file = texture_file("skin", look.skin_map)
        wanted = linear(look.skin)
        hair = np.minimum(linear(self.look.hair.colour) * 0.8, wanted * 0.45)
        uniforms = {
            "tint": np.clip(wanted / cheek_tone(look.skin_map), 0.2, 4), "tone_of_skin": wanted, "root_colour": hair,
            "shine": look.shine * (0.45 + 0.55 * min(1.0, float(np.mean(look.skin)) / 0.62)), "stubble": look.stubble,
            "deep_skin": 1.0 if "darkskinned" in look.skin_map else 0.0,
        }  # fmt: skip
        return Part("skin", "skin", faces, vertices, {"tex": map_file, "pores": "pores", "marks": "marks"}, uniforms)

    def _cloth(self, garment: Garment, moves: Floats) -> Part:
        look, mesh = self.look.clothes, garment.mesh
        top = mesh.name.startswith("top")
        places = garment.posed(moves)
        facing = normals(places, mesh.triangles)
        shift = np.full(len(mesh.source), look.shift, np.float32)
        aux = np.column_stack([garment.cloth, garment.creases(places), shift])
        vertices = part_vertices(places[mesh.source], facing[mesh.source], mesh.uv, aux, labels.TOP if top else labels.BOTTOM)
        name = garment_of(mesh.name)
        textures = {"rec": texture_file("garment", f"{name}_recolour.png"), "orig": texture_file("garment", f"{name}_diffuse.jpg")}
        relief = texture_file("garment", f"{name}_normal.jpg")
        textures |= {"nmap": relief if relief.exists() else "level", "weave": "weave"}
        uniforms = {
            "main_c": look.cloth, "trim_c": look.trim, "second_c": look.second, "low_c": look.trousers, "use_orig": 0.0,
            "weave_n": look.weave, "weave_s": 3.0, "crease": look.crease * (1.0 if top else 0.4), "step_m": look.step,
            "pattern": PATTERNS.index(look.pattern) if top else 0, "relief": CUTS[look.cut].relief if top else 1.0,
        }  # fmt: skip
        return Part("top" if top else "bottom", "cloth", mesh.corners, vertices, textures, uniforms)

    def _face(self, unposed: Floats, moves: Floats) -> list[Part]:
        look = self.look.face
        places = face_pieces.posed_face(self.body, unposed, moves, look.brows, look.lashes)
        brow = tuple(float(c) * BROW_SHADE + 0.01 for c in self.look.hair.colour)
        eye = texture_file("eyes", f"{EYE_MAPS[look.eye_name]}.jpg")
        kinds = {
            face_pieces.TEETH: ("mouth", texture_file("face", "teeth.jpg"), {"dark": 1.1, "wet": 0.5, "tint": (1.0, 0.91, 0.78)}),
            face_pieces.TONGUE: ("mouth", texture_file("face", "tongue.jpg"), {"dark": 0.8, "wet": 0.4, "tint": (1.0, 0.72, 0.68)}),
            face_pieces.EYEBALLS: ("eye", eye, {"kind": 0.0, "white": 0.76}),
            face_pieces.CORNEAS: ("cornea", eye, {"kind": 1.0, "white": 1.0}),
            look.brows: ("card", texture_file("face", f"{look.brows}.png"), {"colour": brow, "gain": 1.15}),
            look.lashes: ("card", texture_file("face", f"{look.lashes}.png"), {"colour": LASH_COLOUR, "gain": 1.0}),
        }  # fmt: skip
        parts = []
        for name, (material, texture, uniforms) in kinds.items():
            mesh = load(name)
            facing = normals(places[name], mesh.triangles)
            vertices = part_vertices(places[name][mesh.source], facing[mesh.source], mesh.uv, None, labels.FACE)
            slot = "brows" if name == look.brows else "lashes" if name == look.lashes else name
            parts.append(Part(slot, material, mesh.corners, vertices, {"tex": texture}, uniforms, casts=False))
        return parts

    def _hair(self, hair: Hair, moves: Floats) -> Part:
        look, mesh = self.look.hair, hair.mesh
        places, middle = hair.posed(moves)
        facing = normals(places, mesh.triangles)
        vertices = part_vertices(places[mesh.source], facing[mesh.source], mesh.uv, hair.ends, labels.HAIR)
        colour = np.array(look.colour)
        uniforms = {
            "colour": tuple(look.colour), "tip": tuple(np.clip(colour * 1.35 + 0.03, 0, 1)), "contrast": 1.15, "gloss": look.gloss,
            "skull": tuple(float(v) for v in middle),
        }  # fmt: skip
        return Part("hair", "hair", mesh.corners, vertices, {"tex": texture_file("hair", f"{look.piece}.png")}, uniforms)


_cheeks: dict[str, Floats] = {}


def cheek_tone(skin_map: str) -> Floats:
    """[3] linear colour of the cheeks in a skin texture."""
    if skin_map not in _cheeks:
        with Image.open(texture_file("skin", skin_map)) as picture:
            region = np.asarray(picture.convert("RGB"), np.float32)[FACE_REGION] / 255
        _cheeks[skin_map] = np.median(linear(region.reshape(-1, 3)), axis=0)
    return _cheeks[skin_map]


def make_signer(look: Look) -> Signer:
    """Build the body and dress it."""
    body = body_model().shape(look.figure.phenotype, look.figure.local)
    body.base = body.unposed(RESTING)
    cut = CUTS[look.clothes.cut]
    clothes = dress(body, cut, look.clothes.bottom)
    hair = grow(body, look.hair.piece) if look.hair.piece else None
    return Signer(look, body, clothes, hair, roots(body, hair, look.hair.shaved), Lighting(look.light))
