"""``unitrack backbone``: measure a backbone before it is used."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from unitrack.cli.tables import table
from unitrack.errors import UniTrackError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["backbone"]

_FILE = click.Path(path_type=Path)
_SMALLEST, _LARGEST = 64, 384  # pixels of a side


@click.group()
def backbone() -> None:
    """Measure what a backbone is worth."""


@backbone.command(
    epilog="Examples:\n\n\b\n"
    "  unitrack backbone check efficientnet_lite0\n"
    "  unitrack backbone check imagenet_r18 --weights random --out features.png",
)
@click.argument("name")
@click.option("--layer", help="Take features at this tap.  [default: the backbone's]")
@click.option("--weights", help="Load FILE, or random[:SEED].  [default: the backbone's own]")
@click.option(
    "--remap",
    metavar="auto|BACKBONE",
    help="Read FILE like a published one: auto tries all.  [default: the backbone's own]",
)
@click.option("--image", type=_FILE, help="Measure on this picture.  [default: a rendered one]")
@click.option("--device", default="auto", show_default=True, help="Run on auto, cpu, cuda:N, mps.")
@click.option("--out", type=_FILE, help="Write the picture beside its features to this PNG.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.pass_context
def check(
    context: click.Context,
    name: str,
    layer: str | None,
    weights: str | None,
    remap: str | None,
    image: Path | None,
    device: str,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    """Measure backbone NAME on one picture, beside the same network untrained.

    Stride, place of the cells, determinism, speed, memory, and how many cells find their place in
    the picture turned, enlarged, dimmed and noisy. Pictures are scaled down to 384 pixels. With
    --out, features become colours: where the weights are real, things stand out. Exits with 1 when
    a promise of the record is broken.
    """
    from unitrack.api import backbone as build
    from unitrack.appearance.examine import examine, side_by_side
    from unitrack.files import file_atomic

    picture = _picture(image)
    real = build(name, layer=layer, weights=weights, remap=remap, device=device)
    untrained = build(name, layer=layer, weights="random", device=device)
    found = examine(real, untrained, picture)
    if out is not None:
        from PIL import Image

        with file_atomic(out) as file:
            Image.fromarray(side_by_side(real, untrained, picture)).save(file, format="PNG")
    if as_json:
        click.echo(json.dumps({"backbone": name, **dataclasses.asdict(found)}, indent=2))
    else:
        click.echo(table(("", "", ""), found.rows()))
    if found.faults:
        context.exit(1)


def _picture(path: Path | None) -> NDArray[np.uint8]:
    """RGB ``(H, W, 3)``: a file's, or the first frame of a rendered crowd."""
    if path is not None:
        from unitrack.data.frames import decode

        return _scaled(decode(path), path)
    import numpy as np

    from unitrack.data.synth.render import render
    from unitrack.data.synth.scene import CrowdPlan, crowd

    plan = CrowdPlan(
        frames=1, width=320, height=240, people=12, body=0.35, pace=0.1, restlessness=0.0,
        occluders=2, pan=0.0, shake=0.0, light=0.2, colour_spread=0.6, grain=2.0,
    )  # fmt: skip
    return next(iter(render(crowd(np.random.default_rng(0), plan)))).image


def _scaled(picture: NDArray[np.uint8], path: Path) -> NDArray[np.uint8]:
    """No larger than is needed to see what a backbone is worth."""
    import numpy as np
    from PIL import Image

    height, width = picture.shape[:2]
    factor = min(1.0, _LARGEST / max(height, width))
    size = (round(width * factor), round(height * factor))
    if min(size) < _SMALLEST:
        raise UniTrackError(
            path, f"is too small or narrow ({width}x{height})", "Give a larger picture."
        )
    return np.array(Image.fromarray(picture).resize(size))
