"""The file server of the tests of downloads."""

from tests.appearance.conftest import served

__all__ = ["served"]
