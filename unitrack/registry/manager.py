"""Load plugins one by one, keep a broken one apart, and resolve names to records."""

from __future__ import annotations

import difflib
import importlib
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any, cast

import pluggy

from unitrack.errors import UniTrackError
from unitrack.registry import hookspecs, records
from unitrack.registry.records import Record

__all__ = ["KINDS", "Offer", "PluginInfo", "Registry", "registry", "singular"]

KINDS: dict[str, type[Record]] = {
    "backbones": records.BackboneRecord,
    "heads": records.HeadRecord,
    "datasets": records.DatasetRecord,
    "metrics": records.MetricRecord,
    "similarities": records.SimilarityRecord,
    "executors": records.ExecutorRecord,
}
GROUP = "unitrack"
CORE = "unitrack-core"
_CORE_MODULE = "unitrack.builtin"

# First-party wheels and what they offer, so that an unknown name can be answered with the line
# that installs it.
_KNOWN_WHEELS: dict[str, dict[str, tuple[str, ...]]] = {
    "unitrack-mot": {
        "heads": ("mot",),
        "datasets": ("mot15", "mot16", "mot17", "mot20", "synthetic_mot", "kitti_2d_box"),
        "metrics": ("mot", "kitti_2d_box"),
    },
    "unitrack-timm": {"backbones": ("efficientnet_lite0",)},
}


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """One plugin found: its entry point, wheel, and what became of it.

    ``status`` is ``loaded``, ``broken`` or ``disabled``; ``error`` is one line when broken.
    """

    name: str
    wheel: str
    version: str
    status: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A record together with the wheel that offers it."""

    record: Record
    wheel: str

    @property
    def qualified(self) -> str:
        """``wheel:name``, which always resolves."""
        return f"{self.wheel}:{self.record.name}"


def singular(kind: str) -> str:
    """``backbones`` to ``backbone``."""
    return kind[:-3] + "y" if kind.endswith("ies") else kind.removesuffix("s")


class Registry:
    """Everything that the loaded plugins offer."""

    def __init__(self, plugins: tuple[PluginInfo, ...], offers: dict[str, list[Offer]]) -> None:
        self.plugins = plugins
        self._offers = offers

    def offers(self, kind: str) -> list[Offer]:
        """All records of a kind (singular or plural), by name and then by wheel."""
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
        kind = self.kind(kind)
        offers = self._offers[kind]
        found = [offer for offer in offers if name in (offer.record.name, offer.qualified)]
        if len(found) == 1:
            return found[0].record
        if found:
            raise UniTrackError(
                name,
                f"{len(found)} wheels offer a {singular(kind)} of this name",
                f"Say which: {' or '.join(offer.qualified for offer in found)}.",
            )
        raise UniTrackError(name, f"no {singular(kind)} is called so", self._hint(kind, name))

    def _hint(self, kind: str, name: str) -> str:
        for wheel, offered in _KNOWN_WHEELS.items():
            if name.rpartition(":")[2] in offered.get(kind, ()):
                return self._install_hint(wheel)
        near = difflib.get_close_matches(name, [o.record.name for o in self._offers[kind]], 3, 0.4)
        known = [
            f"{other} (pip install {wheel})"
            for wheel, offered in _KNOWN_WHEELS.items()
            for other in difflib.get_close_matches(name, offered.get(kind, ()), 1, 0.7)
            if other not in near
        ]
        nearest = f"Nearest: {', '.join([*near, *known][:3])}. " if near or known else ""
        return f"{nearest}See all of them with: unitrack list {kind}"

    def _install_hint(self, wheel: str) -> str:
        for plugin in self.plugins:
            if plugin.wheel == wheel and plugin.status == "broken":
                return f"{wheel} offers it but is broken ({plugin.error}): see unitrack plugins"
            if plugin.wheel == wheel and plugin.status == "disabled":
                return f"{wheel} offers it but UNITRACK_PLUGINS leaves it out: unset that variable."
        return f"Install it with: pip install {wheel}"


@lru_cache(maxsize=1)
def registry() -> Registry:
    """Load every plugin once per process.

    Raises:
        UniTrackError: With ``UNITRACK_STRICT=1``, if any plugin is broken.
    """
    offers: dict[str, list[Offer]] = {kind: [] for kind in KINDS}
    plugins = [_add(offers, "core", CORE, _core_version(), _core_module)]
    for entry in _entries():
        wheel = entry.dist.name if entry.dist else entry.name
        version = entry.dist.version if entry.dist else "?"
        if _selected(entry.name, wheel):
            plugins.append(_add(offers, entry.name, wheel, version, entry.load))
        else:
            plugins.append(PluginInfo(entry.name, wheel, version, "disabled"))
    for offered in offers.values():
        offered.sort(key=lambda offer: (offer.record.name, offer.wheel))
    return Registry(tuple(plugins), offers)


def _core_module() -> ModuleType:
    return importlib.import_module(_CORE_MODULE)


def _core_version() -> str:
    from unitrack import __version__

    return __version__


def _entries() -> list[EntryPoint]:
    """Entry points, each wheel once, in a stable order."""
    found = {(e.dist.name if e.dist else "", e.name): e for e in entry_points(group=GROUP)}
    return [found[key] for key in sorted(found)]


def _selected(name: str, wheel: str) -> bool:
    """Whether ``UNITRACK_PLUGINS`` (``a,b`` or ``-a``) lets this plugin load."""
    words = [w.strip() for w in os.environ.get("UNITRACK_PLUGINS", "").split(",") if w.strip()]
    wanted = [word for word in words if not word.startswith("-")]
    if any(word[1:] in (name, wheel) for word in words if word.startswith("-")):
        return False
    return not wanted or name in wanted or wheel in wanted


def _add(
    offers: dict[str, list[Offer]], name: str, wheel: str, version: str, load: Any
) -> PluginInfo:
    """Load one plugin and collect its records; a fault stays inside this plugin.

    ``load`` gives whatever the entry point names (hence Any); it is checked here.
    """
    try:
        collected = list(_collect(cast("object", load()), wheel))
    except Exception as error:  # noqa: BLE001 - a stranger's module may raise anything
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        _report(wheel, version, reason)
        return PluginInfo(name, wheel, version, "broken", reason)
    for kind, record in collected:
        offers[kind].append(Offer(record, wheel))
    return PluginInfo(name, wheel, version, "loaded")


def _report(wheel: str, version: str, reason: str) -> None:
    if os.environ.get("UNITRACK_STRICT", "") not in ("", "0"):
        raise UniTrackError(
            f"{wheel} {version}",
            f"broken plugin ({reason})",
            "Mend or uninstall it, or unset UNITRACK_STRICT to go on without it.",
        )
    print(  # noqa: T201 - the one warning a user must see before anything else
        f"unitrack: skipping the broken plugin {wheel} {version} ({reason})", file=sys.stderr
    )


def _collect(plugin: object, wheel: str) -> Iterator[tuple[str, Record]]:
    """The records of one plugin, each checked; a pluggy manager of its own isolates it."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(plugin, wheel)
    unknown = [
        name
        for name in dir(plugin)
        if name.startswith("unitrack_")
        and hasattr(getattr(plugin, name), "unitrack_impl")
        and not hasattr(hookspecs, name)
    ]
    if unknown:
        raise TypeError(f"hook {unknown[0]} is unknown to this unitrack-core; upgrade it")
    for kind, expected in KINDS.items():
        for yielded in getattr(manager.hook, f"unitrack_{kind}")():
            seen: set[str] = set()
            for record in cast("Iterable[object]", yielded):
                if not isinstance(record, expected):
                    raise TypeError(
                        f"unitrack_{kind} yields {type(record).__name__}, not {expected.__name__}"
                    )
                if record.name in seen:
                    raise ValueError(f"unitrack_{kind} yields {record.name!r} twice")
                seen.add(record.name)
                yield kind, record
