"""Names of timm as Python attributes, for the strings by which records name their factories."""

from __future__ import annotations

__all__ = ["to_attribute", "to_model"]


def to_attribute(model: str) -> str:
    """``resnet50.a1_in1k`` to ``resnet50__a1_in1k``; no name of timm has two underscores."""
    return model.replace(".", "__")


def to_model(attribute: str) -> str:
    """The inverse of `to_attribute`."""
    return attribute.replace("__", ".")
