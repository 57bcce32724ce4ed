"""Where the clips of JHMDB are, and which belong to a split."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from unitrack.errors import UniTrackError

__all__ = ["SPLITS", "Clip", "Split", "find_clips"]

_LOG = logging.getLogger("unitrack")

_IMAGES, _JOINTS = "Rename_Images", "joint_positions"
_FLAGS = ("0", "1", "2")  # unused, train, test; as in HMDB, which these lists come from


@dataclass(frozen=True, slots=True)
class Split:
    """One split: which lists, and which of their flags.

    Attributes:
        folder: Of the lists.
        ending: What follows the action in the name of a list.
        flag: ``1`` to train, ``2`` to test.
    """

    folder: str
    ending: str
    flag: str


SPLITS: Mapping[str, Split] = {
    f"{prefix}{use}{number}": Split(folder, f"_test_split{joint}{number}.txt", flag)
    for prefix, folder, joint in (("", "splits", ""), ("sub_", "sub_splits", "_"))
    for use, flag in (("test", "2"), ("train", "1"))
    for number in (1, 2, 3)
}
"""``test1`` ... ``train3``, and with ``sub_`` before it those where the whole body is visible."""

_DEFAULT = "test1"


@dataclass(frozen=True, slots=True)
class Clip:
    """One clip.

    Attributes:
        name: Of the video, without its end.
        images: Folder of ``00001.png`` and so on; it may be absent.
        joints: ``joint_positions.mat``; it may be absent.
    """

    name: str
    images: Path
    joints: Path


def find_clips(root: Path, split: str | None) -> list[Clip]:
    """Clips of a split by action and name; without one those of ``test1``, or all without lists.

    Args:
        root: The folder that holds ``Rename_Images`` and ``joint_positions``, or its parent.
        split: One of `SPLITS`.

    Raises:
        UniTrackError: If there is no such split or no clip of it, or a list is malformed.
    """
    if split is not None and split not in SPLITS:
        raise UniTrackError(
            f"--split {split}", "jhmdb has no such split", f"Splits: {', '.join(SPLITS)}."
        )
    top = _top(root)
    chosen = SPLITS[split or _DEFAULT]
    lists = sorted(
        path for path in (top / chosen.folder).glob(f"*{chosen.ending}") if not _is_junk(path)
    )
    if not lists:
        if split is not None:
            where = top / chosen.folder / f"*{chosen.ending}"
            raise UniTrackError(
                where, "are missing", "Restore the lists, or leave --split out to take every clip."
            )
        return _every_clip(top)
    listed = [
        _clip(top, path.name.removesuffix(chosen.ending), name)
        for path in lists
        for name in sorted(_names(path, chosen.flag))
    ]
    return _present(listed, top, split or _DEFAULT)


def _top(root: Path) -> Path:
    inside = sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    for folder in (root, *inside):
        if (folder / _IMAGES).is_dir() or (folder / _JOINTS).is_dir():
            return folder
    raise UniTrackError(
        root,
        f"holds neither {_IMAGES} nor {_JOINTS}, nor does a folder in it",
        f"Give --root the folder that holds {_IMAGES}, {_JOINTS} and splits.",
    )


def _is_junk(path: Path) -> bool:
    # The archives were made on a Mac: ._NAME and .AppleDouble lie beside what is meant.
    return path.name.startswith(".")


def _clip(top: Path, action: str, name: str) -> Clip:
    return Clip(
        name, top / _IMAGES / action / name, top / _JOINTS / action / name / "joint_positions.mat"
    )


def _is_there(clip: Clip) -> bool:
    return clip.images.is_dir() or clip.joints.is_file()


def _every_clip(top: Path) -> list[Clip]:
    found = {
        (path.parent.name, path.name)
        for part in (_IMAGES, _JOINTS)
        for path in (top / part).glob("*/*")
        if path.is_dir() and not _is_junk(path) and not _is_junk(path.parent)
    }
    clips = [_clip(top, action, name) for action, name in sorted(found)]
    return _present(clips, top, "")


def _present(listed: list[Clip], top: Path, split: str) -> list[Clip]:
    present = [clip for clip in listed if _is_there(clip)]
    if not present:
        raise UniTrackError(
            top / _IMAGES,
            f"holds no clip{f' of the split {split}' if split else ''}",
            f"Restore the clips, or choose another split: {', '.join(SPLITS)}.",
        )
    if len(present) < len(listed):
        _LOG.warning(
            "%s: %d of %d clips of the split %s are absent",
            top, len(listed) - len(present), len(listed), split,
        )  # fmt: skip
    return present


def _names(path: Path, flag: str) -> set[str]:
    """Clips with a flag: lines of ``<clip>.avi <flag>``."""
    names = set()
    text = path.read_text(encoding="utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        words = line.split()
        if len(words) != 2 or words[1] not in _FLAGS:  # noqa: PLR2004 - clip and flag
            raise UniTrackError(
                f"{path}:{number}",
                f"{line.strip()!r} is not a clip and a flag",
                "Write <clip>.avi 1 to train or <clip>.avi 2 to test.",
            )
        if words[1] == flag:
            names.add(words[0].removesuffix(".avi"))
    return names
