from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unitrack.render.palette import davis, ink, style


@given(st.integers(1, 10**9))
def test_an_identity_always_looks_the_same(identity: int) -> None:
    assert style(identity) == style(identity)
    assert all(0 <= part <= 255 for part in style(identity).colour)


def test_the_first_72_identities_all_look_different() -> None:
    assert len({style(identity) for identity in range(1, 73)}) == 72
    assert style(73) == style(1)


def test_the_first_eight_identities_are_solid_and_differ_in_colour() -> None:
    looks = [style(identity) for identity in range(1, 9)]
    assert {look.dash for look in looks} == {(1, 0)}
    assert len({look.colour for look in looks}) == 8


def test_no_object_has_the_colour_of_the_background() -> None:
    assert davis(0) == (0, 0, 0)
    assert len({davis(number) for number in range(256)}) == 256
    assert [davis(number) for number in range(256, 511)] == [davis(n) for n in range(1, 256)]


# Linear-RGB matrices of Machado, Oliveira and Fernandes, IEEE TVCG 2009, severity 1.0.
_BLINDNESS = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
                   (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
                     (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
                   (0.004733, 0.691367, 0.303900)),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(_BLINDNESS))
def test_the_first_eight_colours_stay_apart_for_colour_blind_people(kind: str) -> None:
    linear = (np.array([style(identity).colour for identity in range(1, 9)]) / 255) ** 2.2
    seen = np.clip(linear @ np.array(_BLINDNESS[kind]).T, 0, 1) ** (1 / 2.2) * 255
    gaps = [np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)]
    assert min(gaps) > 25


@given(st.integers(1, 72))
def test_the_number_can_be_read_on_its_plate(identity: int) -> None:
    weights = np.array((0.299, 0.587, 0.114))
    plate, letters = (
        weights @ colour for colour in (style(identity).colour, (*ink(style(identity).colour),))
    )
    assert abs(plate - letters) > 90
