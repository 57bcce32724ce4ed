"""The conformance kit: what every plugin promises, one small check a promise.

It needs no test runner; with pytest::

    @pytest.mark.parametrize(("record", "check"), cases("my-plugin"), ids=label)
    def test_conforms(record, check):
        check(record)
"""

from unitrack.testing.cases import Check, cases, label
from unitrack.testing.scenes import Scene
from unitrack.testing.subject import Subject

__all__ = ["Check", "Scene", "Subject", "cases", "label"]
