from __future__ import annotations

import numpy as np
import pytest

from unitrack.data.synth.figure import draw_figure
from unitrack.data.synth.render import RenderedFrame, place_joints, render
from unitrack.data.synth.scene import CrowdPlan, Scene, crowd

PLAN = CrowdPlan(
    frames=6,
    width=120,
    height=96,
    people=7,
    body=0.4,
    pace=0.1,
    restlessness=0.1,
    occluders=3,
    pan=12.0,
    shake=1.0,
    light=0.5,
    colour_spread=0.1,
    grain=3.0,
)


def _scene(seed: int = 0) -> Scene:
    return crowd(np.random.default_rng(seed), PLAN)


@pytest.fixture(scope="module")
def frames() -> list[RenderedFrame]:
    return list(render(_scene()))


def test_frames_have_the_size_that_was_asked_for(frames: list[RenderedFrame]) -> None:
    assert len(frames) == _scene().length == 6
    for frame in frames:
        assert frame.image.shape == (96, 120, 3)
        assert frame.image.dtype == np.uint8
        assert frame.owner.shape == (96, 120)


def test_the_same_seed_gives_the_same_frames(frames: list[RenderedFrame]) -> None:
    for first, again in zip(frames, render(_scene()), strict=True):
        assert first.image.tobytes() == again.image.tobytes()
        assert first.people == again.people
    assert next(render(_scene(1))).image.tobytes() != frames[0].image.tobytes()


def test_visibility_is_the_share_of_the_figure_that_is_seen(frames: list[RenderedFrame]) -> None:
    scene = _scene()
    for index, frame in enumerate(frames):
        for person in frame.people:
            n = person.number
            walks, corner = scene.walks, scene.camera[index]
            alone = draw_figure(
                scene.figures[n],
                (walks.x[index, n] - corner[0], walks.y[index, n] - corner[1]),
                scene.heights[index, n],
                walks.phase[index, n],
                walks.heading[index, n],
                np.ones(3, np.float32),
            )
            seen = np.count_nonzero(frame.owner == n)
            assert person.visibility == seen / np.count_nonzero(alone.alpha > 0.5)
            assert person.xyxy == alone.box()


def test_joints_lie_in_the_box_and_are_shown_where_the_person_is(
    frames: list[RenderedFrame],
) -> None:
    shown = []
    for index, frame in enumerate(frames):
        for person in frame.people:
            assert person.joints == place_joints(_scene(), index, person.number)
            x0, y0, x1, y1 = person.xyxy
            for x, y in person.joints.values():
                assert x0 - 1 < x < x1 + 1
                assert y0 - 1 < y < y1 + 1
                shown.append(frame.shows(person.number, (x, y)))
                inside = 0 <= x < 120 and 0 <= y < 96
                assert shown[-1] == (inside and frame.owner[int(y), int(x)] == person.number)
    assert 0 < sum(shown) < len(shown)


def test_what_is_seen_of_a_person_lies_in_its_box(frames: list[RenderedFrame]) -> None:
    for frame in frames:
        for person in frame.people:
            rows, columns = np.nonzero(frame.owner == person.number)
            x0, y0, x1, y1 = person.xyxy
            assert ((rows >= y0) & (rows < y1) & (columns >= x0) & (columns < x1)).all()


def test_people_are_hidden_by_others_by_things_and_by_the_border() -> None:
    people = [p for frame in render(_scene(2)) for p in frame.people]
    assert any(p.visibility == 1 for p in people)
    assert any(p.visibility < 0.5 for p in people)
    assert any(p.xyxy[0] < 0 or p.xyxy[2] > 120 for p in people)


def test_people_who_are_nearer_hide_those_behind() -> None:
    scene = _scene()
    depth = [*scene.walks.y[0], *(foot for foot, _ in scene.standing)]
    frame = next(render(scene))
    for person in frame.people:
        n = person.number
        walks, corner = scene.walks, scene.camera[0]
        place = (walks.x[0, n] - corner[0], walks.y[0, n] - corner[1])
        alone = draw_figure(
            scene.figures[n], place, scene.heights[0, n], walks.phase[0, n], walks.heading[0, n],
            np.ones(3, np.float32),
        )  # fmt: skip
        rows, columns = np.nonzero(alone.alpha > 0.5)
        rows, columns = rows + alone.top, columns + alone.left
        inside = (rows >= 0) & (rows < 96) & (columns >= 0) & (columns < 120)
        owners = set(frame.owner[rows[inside], columns[inside]].tolist())
        assert -1 not in owners
        assert all(depth[owner] >= depth[n] for owner in owners)


def test_a_plan_without_people_or_movement_is_drawn_too() -> None:
    from dataclasses import replace

    plan = replace(PLAN, people=0, occluders=0, pan=0.0, shake=0.0, grain=0.0, light=0.0)
    drawn = list(render(crowd(np.random.default_rng(0), plan)))
    assert all(frame.people == () for frame in drawn)
    assert drawn[0].image.tobytes() == drawn[-1].image.tobytes()
