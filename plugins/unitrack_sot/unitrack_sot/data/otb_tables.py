"""The 100 sequences of OTB-2015: which frames are run, and which belong to which subset.

Source:
    Wu, Lim and Yang, "Object Tracking Benchmark", PAMI 2015, and the configuration of the
    benchmark's own toolkit. Names are those of pysot and of the paper's code (``Jogging-1``).
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["RANGES", "SPLITS", "TWO_TARGETS"]

_FRAMES = (
    "Basketball:1-725 Biker:1-142 Bird1:1-408 Bird2:1-99 BlurBody:1-334 BlurCar1:247-988 "
    "BlurCar2:1-585 BlurCar3:3-359 BlurCar4:18-397 BlurFace:1-493 BlurOwl:1-631 Board:1-698 "
    "Bolt:1-350 Bolt2:1-293 Box:1-1161 Boy:1-602 Car1:1-1020 Car2:1-913 Car24:1-3059 "
    "Car4:1-659 CarDark:1-393 CarScale:1-252 ClifBar:1-472 Coke:1-291 Couple:1-140 "
    "Coupon:1-327 Crossing:1-120 Crowds:1-347 Dancer:1-225 Dancer2:1-150 David:300-770 "
    "David2:1-537 David3:1-252 Deer:1-71 Diving:1-215 Dog:1-127 Dog1:1-1350 Doll:1-3872 "
    "DragonBaby:1-113 Dudek:1-1145 FaceOcc1:1-892 FaceOcc2:1-812 Fish:1-476 FleetFace:1-707 "
    "Football:1-362 Football1:1-74 Freeman1:1-326 Freeman3:1-460 Freeman4:1-283 Girl:1-500 "
    "Girl2:1-1500 Gym:1-767 Human2:1-1128 Human3:1-1698 Human4:1-667 Human5:1-713 Human6:1-792 "
    "Human7:1-250 Human8:1-128 Human9:1-305 Ironman:1-166 Jogging-1:1-307 Jogging-2:1-307 "
    "Jump:1-122 Jumping:1-313 KiteSurf:1-84 Lemming:1-1336 Liquor:1-1741 Man:1-134 "
    "Matrix:1-100 Mhyang:1-1490 MotorRolling:1-164 MountainBike:1-228 Panda:1-1000 "
    "RedTeam:1-1918 Rubik:1-1997 Shaking:1-365 Singer1:1-351 Singer2:1-366 Skater:1-160 "
    "Skater2:1-435 Skating1:1-400 Skating2-1:1-473 Skating2-2:1-473 Skiing:1-81 Soccer:1-392 "
    "Subway:1-175 Surfer:1-376 Suv:1-945 Sylvester:1-1345 Tiger1:1-354 Tiger2:1-365 Toy:1-271 "
    "Trans:1-124 Trellis:1-569 Twinnings:1-472 Vase:1-271 Walking:1-412 Walking2:1-500 "
    "Woman:1-597"
)
_OTB50 = (
    "Basketball Biker Bird1 BlurBody BlurCar2 BlurFace BlurOwl Bolt Box Car1 Car4 CarDark "
    "CarScale ClifBar Couple Crowds David Deer Diving DragonBaby Dudek Football Freeman4 Girl "
    "Human3 Human4 Human6 Human9 Ironman Jump Jumping Liquor Matrix MotorRolling Panda RedTeam "
    "Shaking Singer2 Skating1 Skating2-1 Skating2-2 Skiing Soccer Surfer Sylvester Tiger2 "
    "Trellis Walking Walking2 Woman"
)
_OTB2013 = (
    "Basketball Bolt Boy Car4 CarDark CarScale Coke Couple Crossing David David2 David3 Deer "
    "Dog1 Doll Dudek FaceOcc1 FaceOcc2 Fish FleetFace Football Football1 Freeman1 Freeman3 "
    "Freeman4 Girl Ironman Jogging-1 Jogging-2 Jumping Lemming Liquor Matrix Mhyang "
    "MotorRolling MountainBike Shaking Singer1 Singer2 Skating1 Skiing Soccer Subway Suv "
    "Sylvester Tiger1 Tiger2 Trellis Walking Walking2 Woman"
)

TWO_TARGETS = frozenset({"Jogging", "Skating2"})
"""Videos in which two objects are followed, each a sequence of its own."""


def _range(entry: str) -> tuple[str, tuple[int, int]]:
    name, _, numbers = entry.partition(":")
    first, _, last = numbers.partition("-")
    return name, (int(first), int(last))


RANGES: Mapping[str, tuple[int, int]] = dict(map(_range, _FRAMES.split()))
"""Name of a sequence to the numbers of its first and last image; each of these has a box."""

SPLITS: Mapping[str, tuple[str, ...]] = {
    "otb100": tuple(RANGES),
    "otb50": tuple(_OTB50.split()),
    "otb2013": tuple(_OTB2013.split()),
}
"""Split to its sequences, in the benchmark's order."""
