"""Load plugins one by one and check what each yields; a broken one stays alone."""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, version

import pluggy

from unitrack.errors import UniTrackError
from unitrack.registry import hookspecs
from unitrack.registry.records import KINDS, BackboneFamilyRecord, BackboneRecord, Record

__all__ = ["CORE", "GROUP", "Offer", "PluginInfo", "collect", "wheel_name"]

GROUP = "unitrack"
CORE = "unitrack-core"
_CORE_MODULE = "unitrack.builtin"

_NAME = re.compile(r"[a-z0-9][a-z0-9_]*(/[A-Za-z0-9_.\-]+)?")
_TARGET = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


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
    """A record together with the wheel and the plugin (entry point) that offers it."""

    record: Record
    wheel: str
    plugin: str

    @property
    def qualified(self) -> str:
        """``wheel:name``, which always resolves."""
        return f"{self.wheel}:{self.record.name}"


def wheel_name(name: str) -> str:
    """A distribution's name as the package index spells it: ``My_Plugin`` to ``my-plugin``."""
    return re.sub(r"[-_.]+", "-", name).lower()


def collect() -> tuple[tuple[PluginInfo, ...], dict[str, list[Offer]]]:
    """Load every plugin that ``UNITRACK_PLUGINS`` lets through, the core's own records first.

    Returns:
        What became of each plugin, and per kind the records by name and then by wheel.

    Raises:
        UniTrackError: If ``UNITRACK_PLUGINS`` names a plugin that is not installed, or with
            ``UNITRACK_STRICT=1`` if any plugin is broken.
    """
    offers: dict[str, list[Offer]] = {kind: [] for kind in KINDS}
    core = PluginInfo("core", CORE, _core_version(), "loaded")
    plugins = [_add(offers, core, lambda: importlib.import_module(_CORE_MODULE))]
    entries = _entries()
    _check_selection([core, *(info for info, _ in entries)])
    for info, entry in entries:
        chosen = _selected(info)
        plugins.append(
            _add(offers, info, entry.load)
            if chosen
            else PluginInfo(info.name, info.wheel, info.version, "disabled")
        )
    for offered in offers.values():
        offered.sort(key=lambda offer: (offer.record.name, offer.wheel))
    return tuple(plugins), offers


def _core_version() -> str:
    try:
        return version(CORE)
    except PackageNotFoundError:  # run from the sources, not installed
        return "?"


def _entries() -> list[tuple[PluginInfo, EntryPoint]]:
    """Entry points in a stable order, each once; the first on the path wins, as in an import.

    An interrupted uninstall leaves a second metadata folder, or one without a name.
    """
    found: dict[tuple[str, str], tuple[PluginInfo, EntryPoint]] = {}
    for entry in entry_points(group=GROUP):
        name = _distribution(entry)
        wheel = wheel_name(name or entry.name)
        installed = entry.dist.version if entry.dist and name else "?"
        info = PluginInfo(entry.name, wheel, installed, "loaded")
        found.setdefault((wheel, entry.name), (info, entry))
    return [found[key] for key in sorted(found)]


def _distribution(entry: EntryPoint) -> str | None:
    """Name of the distribution, or None where the metadata file is gone."""
    try:
        return entry.dist.name if entry.dist else None
    except FileNotFoundError:  # the backport importlib_metadata, once anybody has imported it
        return None


def _words() -> tuple[set[str], set[str]]:
    """The plugins that ``UNITRACK_PLUGINS`` asks for, and those it leaves out."""
    words = [word.strip() for word in os.environ.get("UNITRACK_PLUGINS", "").split(",")]
    return (
        {word for word in words if word and not word.startswith("-")},
        {word[1:] for word in words if word.startswith("-")},
    )


def _check_selection(plugins: list[PluginInfo]) -> None:
    wanted, _ = _words()
    absent = wanted - {name for info in plugins for name in (info.name, info.wheel)}
    if absent:
        raise UniTrackError(
            f"UNITRACK_PLUGINS={os.environ['UNITRACK_PLUGINS']}",
            f"no installed plugin is called {min(absent)!r}",
            f"Installed: {', '.join(info.name for info in plugins)}.",
        )


def _selected(info: PluginInfo) -> bool:
    """Whether ``UNITRACK_PLUGINS`` (``a,b`` or ``-a``) lets this plugin load."""
    wanted, unwanted = _words()
    names = {info.name, info.wheel}
    return not names & unwanted and (not wanted or bool(names & wanted))


def _add(
    offers: dict[str, list[Offer]], info: PluginInfo, load: Callable[[], object]
) -> PluginInfo:
    """Load one plugin and take all of its records, or none when anything about it is wrong."""
    try:
        records = list(_records(load(), info.wheel))
        _check_names(records, offers, info.wheel)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's module may raise anything
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        _report(info, reason)
        return PluginInfo(info.name, info.wheel, info.version, "broken", reason)
    for kind, record in records:
        offers[kind].append(Offer(record, info.wheel, info.name))
    return info


def _report(info: PluginInfo, reason: str) -> None:
    if os.environ.get("UNITRACK_STRICT", "") not in ("", "0"):
        raise UniTrackError(
            f"{info.wheel} {info.version}",
            f"broken plugin ({reason})",
            "Mend or uninstall it, or unset UNITRACK_STRICT to go on without it.",
        )
    if _is_worker():
        return  # the parent has said it already
    print(  # noqa: T201 - the one warning a user must see before anything else
        f"unitrack: skipping the broken plugin {info.wheel} {info.version} ({reason})",
        file=sys.stderr,
    )


def _is_worker() -> bool:
    """Whether this process was started by multiprocessing, asked without importing it."""
    processes = sys.modules.get("multiprocessing.process")
    return processes is not None and processes.parent_process() is not None


def _records(plugin: object, wheel: str) -> Iterator[tuple[str, Record]]:
    """The records of one plugin, each checked; a pluggy manager of its own isolates it."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(plugin, wheel)
    _check_hooks(manager, plugin)
    for kind, expected in KINDS.items():
        for yielded in getattr(manager.hook, f"unitrack_{kind}")():
            yield from ((kind, record) for record in _checked(kind, expected, yielded))


def _check_hooks(manager: pluggy.PluginManager, plugin: object) -> None:
    callers = manager.get_hookcallers(plugin) or []
    if not callers:
        raise TypeError("it has no hook; mark its functions with @unitrack.registry.hookimpl")
    for caller in callers:
        if not caller.has_spec() and not all(i.optionalhook for i in caller.get_hookimpls()):
            known = ", ".join(f"unitrack_{kind}" for kind in KINDS)
            raise TypeError(
                f"hook {caller.name} is unknown to this unitrack-core (known: {known}); "
                "mend the spelling or upgrade unitrack-core"
            )


def _checked(kind: str, expected: type[Record], yielded: object) -> Iterator[Record]:
    if not isinstance(yielded, Iterable):
        raise TypeError(f"unitrack_{kind} returns {type(yielded).__name__}; yield records instead")
    for record in yielded:
        if not isinstance(record, expected):
            raise TypeError(
                f"unitrack_{kind} yields {type(record).__name__}, not {expected.__name__}"
            )
        _check_record(record)
        yield record


def _check_record(record: Record) -> None:
    """What listing and resolving rely on; the conformance kit checks the rest."""
    if not _matches(_NAME, record.name):
        raise ValueError(f"record name {record.name!r} is not lower snake case")
    targets = [record.factory] if not record.settings else [record.factory, record.settings]
    if isinstance(record, BackboneFamilyRecord):
        targets.append(record.members)
    for target in targets:
        if not _matches(_TARGET, target):
            raise ValueError(f'{record.name}: {target!r} is not "package.module:attribute"')
    if isinstance(record, BackboneRecord) and record.default_tap not in record.taps:
        raise ValueError(f"{record.name}: default_tap {record.default_tap!r} is none of its taps")


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _check_names(
    records: list[tuple[str, Record]], offers: dict[str, list[Offer]], wheel: str
) -> None:
    """One wheel may use a name once per kind, or ``wheel:name`` would not tell them apart."""
    seen = {
        (kind, offer.record.name)
        for kind, offered in offers.items()
        for offer in offered
        if offer.wheel == wheel
    }
    for kind, record in records:
        if (kind, record.name) in seen:
            raise ValueError(f"the wheel offers {record.name!r} twice in unitrack_{kind}")
        seen.add((kind, record.name))
