"""JHMDB's ``joint_positions.mat``: MATLAB v5, 1-based pixels, x and y of 15 joints per frame."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.io import savemat

from unitrack.errors import UniTrackError
from unitrack.skeleton import SKELETONS
from unitrack_posetrack.data.matlab import read_matlab

__all__ = ["joints_mat", "read_joints"]

_JOINTS = SKELETONS["jhmdb15"].joints
_MEND = "Restore it from the archive joint_positions."
_HEADER_BYTES = 116


def read_joints(file: Path) -> NDArray[np.float64]:
    """Joints of one clip, 0-based pixels, ``(T, 15, 2)``, x before y.

    Raises:
        UniTrackError: If the file is no MATLAB file or cut, if ``pos_img`` is absent or of another
            shape, or if a coordinate is no number; then the frame and the joint are named.
    """
    stored = np.asarray(read_matlab(file, "pos_img"))
    # MATLAB drops the last axis of a clip of one frame.
    stored = stored[..., None] if stored.ndim == 2 else stored  # noqa: PLR2004
    if stored.shape[:-1] != (2, len(_JOINTS)) or stored.size == 0 or stored.dtype.kind not in "fiu":
        shape = "x".join(str(side) for side in stored.shape)
        what = f"pos_img is {shape} of {stored.dtype}, not 2x{len(_JOINTS)}xT of numbers"
        raise UniTrackError(file, what, _MEND)
    places = np.ascontiguousarray(stored.transpose(2, 1, 0)).astype(np.float64) - 1
    broken = np.argwhere(~np.isfinite(places))
    if len(broken):
        frame, joint, axis = broken[0].tolist()
        raise UniTrackError(
            file,
            f"frame {frame + 1}: {'xy'[axis]} of {_JOINTS[joint]} is {places[frame, joint, axis]}",
            _MEND,
        )
    return places


def joints_mat(places: NDArray[np.float64]) -> bytes:
    """What `read_joints` reads: a file with joints ``(T, 15, 2)``, 0-based pixels.

    The same joints give the same bytes: the date that MATLAB files begin with is left out.
    """
    file = io.BytesIO()
    stored = places.transpose(2, 1, 0) + 1
    savemat(file, {"pos_img": stored, "scale": np.ones((1, len(places)))}, do_compression=True)
    header = b"MATLAB 5.0 MAT-file".ljust(_HEADER_BYTES)
    return header + file.getvalue()[_HEADER_BYTES:]
