"""Miniature benchmarks on disk, each in its own layout."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

SIZE = (48, 64)

Box = Sequence[float]


def box(index: int) -> tuple[int, int, int, int]:
    """Left, top, width, height of an object that moves to the right."""
    return 5 + 2 * index, 10, 12, 16


def lines(path: Path, rows: Iterable[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{row}\n" for row in rows), newline="")
    return path


def boxes(path: Path, rows: Iterable[Box], separator: str = ",") -> Path:
    return lines(path, (separator.join(map(str, row)) for row in rows))


def images(folder: Path, names: Iterable[str], size: tuple[int, int] = SIZE) -> None:
    """Pictures of one colour each, seldom the same."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names):
        pixels = np.full((*size, 3), (7 * number) % 256, np.uint8)
        Image.fromarray(pixels).save(folder / name)


def many(folder: Path, first: int, last: int, name: str = "{:04d}.png") -> None:
    """A readable first picture and names for the rest, for what looks at names alone."""
    images(folder, [name.format(first)])
    for number in range(first + 1, last + 1):
        (folder / name.format(number)).touch()


def otb(root: Path, name: str = "Clip", count: int = 5, *, truth: str | None = None) -> Path:
    """One video of OTB with ``count`` images."""
    folder = root / name
    images(folder / "img", (f"{number:04d}.png" for number in range(1, count + 1)))
    if truth is None:
        boxes(folder / "groundtruth_rect.txt", map(box, range(count)))
    else:
        (folder / "groundtruth_rect.txt").write_text(truth, newline="")
    return folder


def tc128(root: Path, count: int = 4) -> Path:
    """Folder and files are spelled differently; the first image that is run is the second."""
    folder = root / "Yo_yos_ce3"
    images(folder / "img", (f"{number:04d}.jpg" for number in range(1, count + 3)))
    boxes(folder / "Yo-yos_ce3_gt.txt", map(box, range(count)))
    lines(folder / "Yo-yos_ce3_frames.txt", [f"2,{count + 1}"])
    return folder


def tlp(root: Path, name: str = "Bike", count: int = 4, lost: Sequence[int] = (2,)) -> Path:
    folder = root / name
    images(folder / "img", (f"{number:05d}.jpg" for number in range(1, count + 1)))
    rows = [(k + 1, *box(k), int(k in lost)) for k in range(count)]
    boxes(folder / "groundtruth_rect.txt", rows)
    return folder


def lasot(root: Path, name: str = "airplane-1", count: int = 4, gone: Sequence[int] = ()) -> Path:
    folder = root / name.rpartition("-")[0] / name
    images(folder / "img", (f"{number:08d}.jpg" for number in range(1, count + 1)))
    boxes(folder / "groundtruth.txt", map(box, range(count)))
    flags = ",".join(str(int(k in gone)) for k in range(count))
    (folder / "out_of_view.txt").write_text(flags)
    (folder / "full_occlusion.txt").write_text(",".join("0" * count))
    return folder


def trackingnet(root: Path, part: str = "TEST", name: str = "a-B_0", count: int = 12) -> Path:
    """Names of images are not padded, so that ``10.jpg`` comes before ``2.jpg`` by name."""
    images(root / part / "frames" / name, (f"{number}.jpg" for number in range(count)))
    told = 1 if part == "TEST" else count
    return boxes(root / part / "anno" / f"{name}.txt", map(box, range(told)))


def oxuva(root: Path, split: str = "dev", first: int = 30, last: int = 99) -> Path:
    """One object; labels at 30, 60 (absent) and 90; the size is 64 x 48."""
    many(root / "images" / split / "vid0001", 0, last + 5, "{:06d}.jpeg")
    for number in range(first, last + 1):
        if not (root / "images" / split / "vid0001" / f"{number:06d}.jpeg").stat().st_size:
            images(root / "images" / split / "vid0001", [f"{number:06d}.jpeg"])
    corners = "0.25,0.5,0.25,0.75"  # xmin, xmax, ymin, ymax
    lines(root / "tasks" / f"{split}.csv", [f"vid0001,obj0000,{first},{last},{corners}"])
    if split == "dev":
        start = "vid0001,obj0000,5,potted plant,false,false"
        lines(
            root / "annotations" / "dev.csv",
            [
                f"{start},30,present,{corners}",
                f"{start},60,absent,-1.0,-1.0,-1.0,-1.0",
                f"{start},90,present,0.5,0.75,0.25,0.75",
            ],
        )
    return root


def vot(root: Path, name: str = "bag", count: int = 6, *, colour: bool = True) -> Path:
    """Squares that stand on a corner; they move to the right."""
    folder = root / name
    inside = folder / "color" if colour else folder
    images(inside, (f"{number:08d}.jpg" for number in range(1, count + 1)))
    boxes(folder / "groundtruth.txt", (diamond(k) for k in range(count)))
    lines(root / "list.txt", [name])
    return folder


def diamond(index: int) -> tuple[int, ...]:
    x = 20 + 2 * index
    return x, 10, x + 8, 18, x, 26, x - 8, 18
