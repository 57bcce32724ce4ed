"""The years of MOTChallenge: folders, splits, whether there are classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = [
    "MOT15",
    "MOT16",
    "MOT17",
    "MOT20",
    "MOTS20",
    "SYNTHETIC",
    "SYNTHETIC_MOTS",
    "Benchmark",
]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One year of MOTChallenge.

    Attributes:
        name: The data set's name.
        folders: Names that its top folder has had.
        splits: Split to sequences, in the benchmark's order; a name stands for all folders that
            begin with it (the three detectors of 2017).
        classes: Whether the annotation has a class column.
    """

    name: str
    folders: tuple[str, ...]
    splits: Mapping[str, tuple[str, ...]]
    classes: bool


def _year(year: str, train: str, test: str) -> Benchmark:
    splits = {"train": train, "test": test}
    names = {
        split: tuple(f"MOT{year}-{number}" for number in numbers.split())
        for split, numbers in splits.items()
    }
    return Benchmark(f"mot{year}", (f"MOT{year}",), names, classes=True)


MOT15 = Benchmark(
    "mot15",
    ("MOT15", "2DMOT2015"),
    {
        "train": (
            "TUD-Stadtmitte", "TUD-Campus", "PETS09-S2L1", "ETH-Bahnhof", "ETH-Sunnyday",
            "ETH-Pedcross2", "ADL-Rundle-6", "ADL-Rundle-8", "KITTI-13", "KITTI-17", "Venice-2",
        ),
        "test": (
            "TUD-Crossing", "PETS09-S2L2", "ETH-Jelmoli", "ETH-Linthescher", "ETH-Crossing",
            "AVG-TownCentre", "ADL-Rundle-1", "ADL-Rundle-3", "KITTI-16", "KITTI-19", "Venice-1",
        ),
    },
    classes=False,
)  # fmt: skip
MOT16 = _year("16", "02 04 05 09 10 11 13", "01 03 06 07 08 12 14")
MOT17 = _year("17", "02 04 05 09 10 11 13", "01 03 06 07 08 12 14")
MOT20 = _year("20", "01 02 03 05", "04 06 07 08")
MOTS20 = Benchmark(
    "mots",
    ("MOTS20", "MOTS"),
    {
        "train": ("MOTS20-02", "MOTS20-05", "MOTS20-09", "MOTS20-11"),
        "test": ("MOTS20-01", "MOTS20-06", "MOTS20-07", "MOTS20-12"),
    },
    classes=False,
)
SYNTHETIC = Benchmark("synthetic_mot", (), {}, classes=True)
SYNTHETIC_MOTS = Benchmark("synthetic_mots", (), {}, classes=False)
