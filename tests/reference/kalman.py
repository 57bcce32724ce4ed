"""The Kalman filter of one tracklet, written out (algorithms 7.1, 7.2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["distance", "predict", "start", "update"]

Array = NDArray[np.float64]

F = np.eye(8)
for _k in range(4):
    F[_k, _k + 4] = 1.0
H = np.hstack([np.eye(4), np.zeros((4, 4))])


def start(z: Array, scale: float = 1.0) -> tuple[Array, Array]:
    h, v = z[3], z[3] / 16 * scale
    std = [h / 10, h / 10, 1e-2, h / 10, v, v, 1e-5, v]
    return np.concatenate([z, np.zeros(4)]), np.diag(np.square(std))


def predict(m: Array, p: Array, scale: float = 1.0) -> tuple[Array, Array]:
    h = m[3]
    std = [h / 20, h / 20, 1e-2, h / 20, h / 160, h / 160, 1e-5, h / 160]
    return F @ m, F @ p @ F.T + np.diag(np.square(scale * np.array(std)))


def _innovation(m: Array, p: Array) -> Array:
    h = m[3]
    spread: Array = H @ p @ H.T + np.diag(np.square([h / 20, h / 20, 1e-1, h / 20]))
    return spread


def update(m: Array, p: Array, z: Array) -> tuple[Array, Array]:
    s = _innovation(m, p)
    k = p @ H.T @ np.linalg.inv(s)
    return m + k @ (z - H @ m), p - k @ s @ k.T


def distance(m: Array, p: Array, z: Array, size: int) -> float:
    away = (z - H @ m)[:size]
    return float(away @ np.linalg.inv(_innovation(m, p)[:size, :size]) @ away)
