from __future__ import annotations

import numpy as np
import pytest

from unitrack.data.synth.motion import Ground, Walks, camera_path, wander

GROUND = Ground(width=600, far=200, near=400, horizon=100, slope=0.4)


def _walk(seed: int = 0, frames: int = 200, restlessness: float = 0.05) -> Walks:
    rng = np.random.default_rng(seed)
    return wander(rng, frames, 12, GROUND, pace=0.1, restlessness=restlessness)


def test_bodies_grow_towards_the_viewer() -> None:
    np.testing.assert_allclose(GROUND.height(np.array([100.0, 200.0, 400.0])), [0, 40, 120])


def test_nobody_leaves_the_ground() -> None:
    walks = _walk()
    assert walks.x.shape == (200, 12)
    assert walks.x.min() >= 0
    assert walks.x.max() <= 600
    assert walks.y.min() >= 200
    assert walks.y.max() <= 400
    assert np.abs(walks.heading).max() <= 1


def test_nobody_is_faster_than_the_fastest_pace() -> None:
    walks = _walk()
    way = np.hypot(np.diff(walks.x, axis=0), np.diff(walks.y, axis=0) / 0.3)
    assert (way <= 1.61 * 0.1 * GROUND.height(walks.y[:-1]) * 1.1).all()
    assert way.mean() > 0.03 * GROUND.height(walks.y).mean()


def test_paths_cross() -> None:
    order = np.sign(_walk().x[:, :, None] - _walk().x[:, None, :])
    assert (np.diff(order, axis=0) != 0).sum() > 100


def test_restless_people_turn_more_often() -> None:
    calm, restless = (np.diff(np.sign(_walk(1, 400, r).heading), axis=0) for r in (0.0, 0.3))
    assert np.count_nonzero(restless) > 2 * np.count_nonzero(calm)


def test_the_same_seed_gives_the_same_walk() -> None:
    assert _walk(4).x.tobytes() == _walk(4).x.tobytes()
    assert _walk(4).x.tobytes() != _walk(5).x.tobytes()


@pytest.mark.parametrize(("pan", "shake"), [(0.0, 0.0), (40.0, 0.0), (40.0, 3.0)])
def test_the_camera_stays_within_its_margin(pan: float, shake: float) -> None:
    margin = int(pan + 3 * shake)
    path = camera_path(np.random.default_rng(0), 90, pan=pan, shake=shake, margin=margin)
    assert path.min() >= 0
    assert path.max() <= 2 * margin
    assert np.ptp(path[:, 0]) == pytest.approx(2 * pan, abs=8 * shake + 2)
