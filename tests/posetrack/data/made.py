"""Tiny clips on disk, in JHMDB layout."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.io import savemat

SIZE = (24, 32)


def joints(frames: int) -> NDArray[np.float64]:
    """``pos_img`` of a clip, 1-based, ``(2, 15, T)``: joint j of frame t at (2 j + t, 3 j)."""
    j, t = np.meshgrid(np.arange(15.0), np.arange(frames), indexing="ij")
    return np.stack([2 * j + t, 3 * j])


def clip(
    root: Path,
    name: str = "Somebody_walk_f_cm_np1_ri_med_0",
    action: str = "walk",
    *,
    images: int = 3,
    frames: int | None = 3,
    pos_img: object = None,
) -> Path:
    """A clip of ``images`` pictures and ``frames`` annotated ones; None for no annotation."""
    folder = root / "Rename_Images" / action / name
    for number in range(1, images + 1):
        folder.mkdir(parents=True, exist_ok=True)
        pixels = np.full((*SIZE, 3), 10 * number, np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:05d}.png")
    if frames is not None:
        file = root / "joint_positions" / action / name / "joint_positions.mat"
        file.parent.mkdir(parents=True)
        savemat(file, {"pos_img": joints(frames) if pos_img is None else pos_img})
    return root


def split(root: Path, lines: str, name: str = "walk_test_split1.txt") -> None:
    folder = root / ("sub_splits" if "split_" in name else "splits")
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(lines)
