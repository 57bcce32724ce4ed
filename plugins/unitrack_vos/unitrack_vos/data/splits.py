"""The splits of DAVIS, in the benchmark's order.

Source:
    ``ImageSets/`` of the archives, and the benchmark's own site for test-dev.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["DAVIS2016", "DAVIS2017"]

_TRAIN = """
    bear* bmx-bumps* boat* boxing-fisheye breakdance-flare* bus* car-turn* cat-girl classic-car
    color-run crossing dance-jump* dancing disc-jockey dog-agility* dog-gooses dogs-scale
    drift-turn* drone elephant* flamingo* hike* hockey* horsejump-low* kid-football kite-walk*
    koala lady-running lindy-hop longboard lucia* mallard-fly* mallard-water* miami-surf
    motocross-bumps* motorbike* night-race paragliding* planes-water rallye rhino* rollerblade*
    schoolgirls scooter-board scooter-gray* sheep skate-park snowboard soccerball* stroller* stunt
    surf* swing* tennis* tractor-sand train* tuk-tuk upside-down varanus-cage walking
"""
_VAL = """
    bike-packing blackswan* bmx-trees* breakdance* camel* car-roundabout* car-shadow* cows*
    dance-twirl* dog* dogs-jump drift-chicane* drift-straight* goat* gold-fish horsejump-high*
    india judo kite-surf* lab-coat libby* loading mbike-trick motocross-jump* paragliding-launch*
    parkour* pigs scooter-black* shooting soapbox*
"""
_TEST_DEV = """
    aerobatics car-race carousel cats-car chamaleon deer giant-slalom girl-dog golf guitar-violin
    gym helicopter horsejump-stick hoverboard lock man-bike monkeys-trees mtb-race orchid
    people-sunset planes-crossing rollercoaster salsa seasnake skate-jump slackline subway tandem
    tennis-vest tractor
"""

DAVIS2017: Mapping[str, tuple[str, ...]] = {
    split: tuple(names.replace("*", "").split())
    for split, names in (("train", _TRAIN), ("val", _VAL), ("test-dev", _TEST_DEV))
}
"""Split to sequences."""

DAVIS2016: Mapping[str, tuple[str, ...]] = {
    split: tuple(name[:-1] for name in names.split() if name.endswith("*"))
    for split, names in (("train", _TRAIN), ("val", _VAL))
}
"""Split to sequences: those with a star, whose objects count as one."""
