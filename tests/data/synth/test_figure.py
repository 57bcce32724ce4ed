from __future__ import annotations

import numpy as np
import pytest

from unitrack.data.synth.figure import Figure, draw_figure, dress, joints, limbs
from unitrack.skeleton import SKELETONS

LIGHT = np.ones(3, np.float32)


def _figure(seed: int = 0) -> Figure:
    rng = np.random.default_rng(seed)
    return dress(rng, rng.random((5, 3)).astype(np.float32), 0.05)


@pytest.mark.parametrize("heading", [-1.0, 0.0, 0.6, 1.0])
def test_limbs_hang_together_and_stay_within_reach(heading: float) -> None:
    for phase in np.linspace(0, 2 * np.pi, 9):
        for limb in limbs(_figure(), phase, heading):
            for x, y in (limb.start, limb.end):
                assert abs(x) + max(limb.radii) < 0.45
                assert y - max(limb.radii) > -1.06
                assert y + max(limb.radii) < 0.05


@pytest.mark.parametrize("height", [24.0, 90.0, 210.0])
def test_a_figure_stands_on_its_foot_and_has_its_height(height: float) -> None:
    figure = _figure()
    x0, y0, x1, y1 = draw_figure(figure, (50.0, 300.0), height, 0.3, 1.0, LIGHT).box()
    assert y1 == pytest.approx(300, abs=0.05 * height)
    assert y1 - y0 == pytest.approx(figure.tall * height, rel=0.08)
    assert x0 < 50 < x1
    assert 0.2 < (x1 - x0) / (y1 - y0) < 0.7


def test_the_outline_does_not_depend_on_where_the_canvas_ends() -> None:
    inside = draw_figure(_figure(), (100.5, 300.25), 80, 1.0, -0.5, LIGHT)
    outside = draw_figure(_figure(), (-899.5, -699.75), 80, 1.0, -0.5, LIGHT)
    np.testing.assert_allclose(inside.alpha, outside.alpha, atol=1e-3)
    assert (inside.left - outside.left, inside.top - outside.top) == (1000, 1000)


def test_walking_moves_the_legs() -> None:
    still, step = (draw_figure(_figure(), (50, 200), 100, p, 1.0, LIGHT).alpha for p in (0, 1.5))
    assert np.abs(still[60:] - step[60:]).sum() > 100
    np.testing.assert_allclose(still[:20], step[:20], atol=1e-6)


@pytest.mark.parametrize("heading", [-1.0, -0.3, 0.0, 0.6, 1.0])
def test_joints_lie_on_the_drawn_figure(heading: float) -> None:
    figure = _figure()
    for phase in np.linspace(0, 2 * np.pi, 9):
        drawn = draw_figure(figure, (100.0, 300.0), 200, phase, heading, LIGHT)
        for name, (x, y) in joints(figure, phase, heading).items():
            column = int(100 + 200 * figure.tall * x) - drawn.left
            row = int(300 + 200 * figure.tall * y) - drawn.top
            assert drawn.solid[row, column], name


def test_joints_are_those_of_every_skeleton_but_the_ears() -> None:
    found = joints(_figure(), 0.3, 1.0)
    for name in ("jhmdb15", "posetrack15", "bonn14"):
        assert set(SKELETONS[name].joints) <= set(found)
    assert len(set(found.values())) == len(found) == 17


def test_a_joint_keeps_its_side_when_the_person_turns_round() -> None:
    for heading in (-1.0, -0.1, 0.1, 1.0):
        found = joints(_figure(), 0.0, heading)
        for part in ("shoulder", "hip", "knee"):
            assert found[f"r_{part}"][0] < found[f"l_{part}"][0]


def test_limbs_are_rigid() -> None:
    lengths = []
    for phase in np.linspace(0, 2 * np.pi, 9):
        found = joints(_figure(), phase, 1.0)
        lengths.append(np.subtract(found["l_hip"], found["l_knee"]))
    np.testing.assert_allclose(np.hypot(*np.array(lengths).T), 0.24)


def test_light_scales_the_colours() -> None:
    bright = draw_figure(_figure(), (50, 200), 100, 0, 0, 0.5 * LIGHT)
    dark = draw_figure(_figure(), (50, 200), 100, 0, 0, 0.25 * LIGHT)
    np.testing.assert_allclose(dark.colour, bright.colour / 2, atol=1e-5)


def test_two_people_of_one_palette_wear_different_patterns() -> None:
    rng = np.random.default_rng(0)
    palette = rng.random((5, 3)).astype(np.float32)
    first, second = (dress(rng, palette, 0.0).upper.levels[0] for _ in range(2))
    assert np.abs(first - second).mean() > 0.05


def test_garments_of_one_palette_are_equally_bright() -> None:
    rng = np.random.default_rng(0)
    palette = np.linspace(0.16, 0.8, 5, dtype=np.float32)[:, None].repeat(3, axis=1)
    people = [dress(rng, palette, 0.0) for _ in range(20)]
    means = [part.levels[0].mean() for who in people for part in (who.upper, who.lower)]
    assert np.std(means) < 0.03
