"""Which device and number format a backbone runs on."""

from __future__ import annotations

import torch

from unitrack.errors import UniTrackError

__all__ = ["resolve_device", "resolve_precision"]

_PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
_FORMS = "Write --device auto, cpu, cuda, cuda:N or mps."


def resolve_device(name: str) -> torch.device:
    """``auto``, ``cpu``, ``cuda[:N]`` or ``mps`` to a device of this machine.

    ``auto`` takes CUDA, else Apple's GPU, else the CPU.

    Raises:
        UniTrackError: If there is no such device.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if _has_mps() else "cpu"
    kind, colon, number = name.partition(":")
    if kind not in ("cpu", "cuda", "mps") or (colon and (kind != "cuda" or not number.isdecimal())):
        raise UniTrackError(f"--device {name}", "is no kind of device", _FORMS)
    if kind == "cuda":
        return _cuda(name, int(number or 0))
    if kind == "mps" and not _has_mps():
        raise UniTrackError(
            f"--device {name}", "this torch sees no Apple GPU", "Use --device auto, or cpu."
        )
    return torch.device(kind)


def _cuda(name: str, number: int) -> torch.device:
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if not count:
        raise UniTrackError(
            f"--device {name}",
            f"torch {torch.__version__} sees no CUDA GPU",
            "Use --device cpu, or install a CUDA build of torch and a driver that fits it.",
        )
    if number >= count:
        raise UniTrackError(
            f"--device {name}",
            f"there are {count} CUDA GPUs",
            f"Use --device cuda:0{f' to cuda:{count - 1}' if count > 1 else ''}.",
        )
    return torch.device("cuda", number)


def _has_mps() -> bool:
    return torch.backends.mps.is_available()


def resolve_precision(name: str, device: torch.device) -> torch.dtype:
    """``fp32``, ``bf16`` or ``fp16`` to the number format of the network's inside.

    Raises:
        UniTrackError: If there is no such precision, or none on this device.
    """
    if name not in _PRECISIONS:
        raise UniTrackError(
            f"--precision {name}", "is no precision", f"Write one of: {', '.join(_PRECISIONS)}."
        )
    if name == "fp16" and device.type == "cpu":
        raise UniTrackError(
            "--precision fp16", "needs a GPU", "Use --precision bf16 or fp32 on the CPU."
        )
    return _PRECISIONS[name]
