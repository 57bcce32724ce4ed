"""Resolve names to records, and answer a wrong name with the right one."""

from __future__ import annotations

from functools import lru_cache

from unitrack.errors import UniTrackError
from unitrack.registry.collect import CORE, Offer, PluginInfo, collect, wheel_name
from unitrack.registry.records import KINDS, BackboneRecord, Record

__all__ = ["KINDS", "Offer", "PluginInfo", "Registry", "registry", "singular"]

# First-party wheels and what they offer, so that an unknown name can be answered with the line
# that installs it.
_KNOWN_WHEELS: dict[str, dict[str, tuple[str, ...]]] = {
    "unitrack-mot": {
        "heads": ("mot",),
        "datasets": ("mot15", "mot16", "mot17", "mot20", "synthetic_mot", "kitti_2d_box"),
        "metrics": ("mot", "mot20", "kitti_2d_box"),
    },
    "unitrack-timm": {"backbones": ("efficientnet_lite0",)},
}
_NEAREST = 3


def singular(kind: str) -> str:
    """``backbones`` to ``backbone``."""
    return kind[:-3] + "y" if kind.endswith("ies") else kind.removesuffix("s")


class Registry:
    """Everything that the loaded plugins offer."""

    def __init__(self, plugins: tuple[PluginInfo, ...], offers: dict[str, list[Offer]]) -> None:
        self.plugins = plugins
        self._offers = offers

    def offers(self, kind: str) -> list[Offer]:
        """All records of a kind (singular or plural), by name and then by wheel.

        Raises:
            UniTrackError: If there is no such kind.
        """
        return list(self._offers[self.kind(kind)])

    @staticmethod
    def kind(kind: str) -> str:
        """The plural of a kind, given in singular or plural.

        Raises:
            UniTrackError: If there is no such kind.
        """
        for plural in KINDS:
            if kind in (plural, singular(plural)):
                return plural
        raise UniTrackError(kind, "is no kind of plugin record", f"Kinds: {', '.join(KINDS)}.")

    def get(self, kind: str, name: str) -> Record:
        """The record called ``name`` (bare, or ``wheel:name``).

        Raises:
            UniTrackError: If no record, or more than one, has that name.
        """
        return self.offer(kind, name).record

    def offer(self, kind: str, name: str) -> Offer:
        """The record called ``name`` together with the wheel that offers it.

        Raises:
            UniTrackError: If no record, or more than one, has that name.
        """
        kind = self.kind(kind)
        wheel, _, bare = name.rpartition(":")
        found = [
            offer
            for offer in self._offers[kind]
            if offer.record.name == bare and (not wheel or offer.wheel == wheel_name(wheel))
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise UniTrackError(
                name,
                f"{len(found)} wheels offer a {singular(kind)} of this name",
                f"Say which: {' or '.join(offer.qualified for offer in found)}.",
            )
        raise UniTrackError(name, f"no {singular(kind)} is called so", self._hint(kind, bare))

    def spelling(self, offer: Offer) -> str:
        """What to type for an offer: its bare name, or ``wheel:name`` where two wheels use it."""
        kind = next(kind for kind, offered in self._offers.items() if offer in offered)
        same = [other for other in self._offers[kind] if other.record.name == offer.record.name]
        return offer.record.name if len(same) == 1 else offer.qualified

    def default_backbone(self) -> Offer:
        """The backbone that is used when none is named; first-party wheels come first.

        Raises:
            UniTrackError: If no installed wheel, or more than one, offers a default.
        """
        marked = [
            offer
            for offer in self._offers["backbones"]
            if isinstance(offer.record, BackboneRecord) and offer.record.default
        ]
        own = [offer for offer in marked if offer.wheel in (CORE, *_KNOWN_WHEELS)]
        found = own or marked
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(offer.qualified for offer in found)
            raise UniTrackError("--backbone", f"several defaults ({names})", "Name one of them.")
        raise UniTrackError(
            "--backbone",
            "no installed wheel offers a default backbone",
            "Name one of: unitrack list backbones; or type: pip install unitrack-timm",
        )

    def _hint(self, kind: str, name: str) -> str:
        states = {plugin.wheel: plugin for plugin in self.plugins}
        for wheel, offered in _KNOWN_WHEELS.items():
            if name in offered.get(kind, ()):
                state = states.get(wheel)
                if state is None or state.status != "loaded":
                    return _install_hint(wheel, state)
        near = ", ".join(self._nearest(kind, name))
        return f"{f'Nearest: {near}. ' if near else ''}See all of them with: unitrack list {kind}"

    def _nearest(self, kind: str, name: str) -> list[str]:
        """The nearest names, each as one types it or with the line that installs it."""
        from difflib import get_close_matches

        labels: dict[str, list[str]] = {}
        for offer in self._offers[kind]:
            labels.setdefault(offer.record.name, []).append(self.spelling(offer))
        for wheel, offered in _KNOWN_WHEELS.items():
            for other in offered.get(kind, ()):
                labels.setdefault(other, [f"{other} (pip install {wheel})"])
        near = get_close_matches(name, labels, _NEAREST, 0.4)
        return [label for other in near for label in labels[other]][:_NEAREST]


def _install_hint(wheel: str, state: PluginInfo | None) -> str:
    if state is None:
        return f"Install it with: pip install {wheel}"
    if state.status == "disabled":
        return f"{wheel} offers it but UNITRACK_PLUGINS leaves it out: unset that variable."
    return f"{wheel} offers it but is broken ({state.error}); see: unitrack plugins"


@lru_cache(maxsize=1)
def registry() -> Registry:
    """Load every plugin once per process.

    Raises:
        UniTrackError: If ``UNITRACK_PLUGINS`` names a plugin that is not installed, or with
            ``UNITRACK_STRICT=1`` if any plugin is broken.
    """
    return Registry(*collect())
