"""Render people with exact masks to disk, in the layout of DAVIS (design: benchmarks.md 5)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unitrack.data.synth.on_disk import write_set
from unitrack.data.synth.render import RenderedFrame, render
from unitrack.data.synth.scene import crowd
from unitrack.data.synth.settings import crowd_plan
from unitrack_vos.data.labels import encode
from unitrack_vos.data.synthetic_settings import SyntheticVosSettings

__all__ = ["synthesise"]

_JPEG_QUALITY = 90
_FPS = 24.0  # nominal rate of DAVIS, which its layout does not state
_LEAST_SEEN = 0.5  # share of somebody's pixels, for a first mask that says what he looks like


def synthesise(out: Path, settings: SyntheticVosSettings) -> None:
    """Write ``out/{JPEGImages,Annotations}/480p/<SEQ>/%05d.{jpg,png}`` and ``out/ImageSets``.

    The same settings give the same bytes. The set is made beside ``out`` and moved there when it
    is whole; a set that is already there with the same settings is left as it is.

    Args:
        out: Folder to make. It may be absent, empty, or an earlier synthetic set.
        settings: What to render.

    Raises:
        UniTrackError: If ``out`` holds something else, or cannot be written.
    """

    def write(folder: Path) -> None:
        names = [f"synth-{number:02d}" for number in range(1, settings.sequences + 1)]
        for number, name in enumerate(names, start=1):
            _write_sequence(folder, name, settings, number)
        listing = folder / "ImageSets" / "2017" / "val.txt"
        listing.parent.mkdir(parents=True)
        listing.write_text("".join(f"{name}\n" for name in names), encoding="utf-8", newline="\n")

    write_set(out, settings.model_dump_json(indent=2), write)


def _write_sequence(folder: Path, name: str, settings: SyntheticVosSettings, number: int) -> None:
    """``480p`` is the folder's name in DAVIS, whatever the height."""
    images, annotations = (folder / kind / "480p" / name for kind in ("JPEGImages", "Annotations"))
    for place in (images, annotations):
        place.mkdir(parents=True)
    people = settings.objects + settings.bystanders
    plan = crowd_plan(settings, people=people, fps=_FPS)
    scene = crowd(np.random.default_rng((settings.seed, number)), plan)
    identities: NDArray[np.uint8] | None = None
    for index, frame in enumerate(render(scene)):
        if identities is None:
            identities = _identities(frame, settings)
        Image.fromarray(frame.image).save(images / f"{index:05d}.jpg", quality=_JPEG_QUALITY)
        # The backdrop, -1, finds the last entry.
        (annotations / f"{index:05d}.png").write_bytes(encode(identities[frame.owner]))


def _identities(first: RenderedFrame, settings: SyntheticVosSettings) -> NDArray[np.uint8]:
    """Number of each owner of pixels in the annotation, 0 for what is background.

    Returns:
        By owner: people, static things, and last the backdrop.
    """
    owners = settings.objects + settings.bystanders + settings.occluders + 1
    pixels = np.bincount(first.owner[first.owner >= 0], minlength=owners)
    seen = [p for p in first.people if pixels[p.number]]
    seen.sort(key=lambda p: (p.visibility < _LEAST_SEEN, -pixels[p.number], p.number))
    identities = np.zeros(owners, np.uint8)
    chosen = sorted(person.number for person in seen[: settings.objects])
    identities[chosen] = np.arange(1, len(chosen) + 1)
    return identities
