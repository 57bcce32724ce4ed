"""Read a suite; whatever is wrong is said with the line it stands in."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import yaml
from pydantic import BaseModel, ValidationError

from unitrack.engine.inputs import check_fits
from unitrack.engine.settings import resolve_settings
from unitrack.errors import UniTrackError
from unitrack.registry.manager import registry
from unitrack.registry.records import BackboneRecord, DatasetRecord, HeadRecord, MetricRecord
from unitrack.suite.model import BackboneRow, Entry, SuiteFile
from unitrack.suite.table import varied

__all__ = ["BUILT_IN", "Suite", "read"]

BUILT_IN = ("clips", "smoke", *(f"table{number}" for number in range(1, 10)))
"""Suites that come with the package, by name."""

Place = tuple[str | int, ...]
"""Keys and indices down to a value, as pydantic's ``loc``."""


@dataclass(frozen=True, slots=True)
class Suite:
    """A checked suite.

    Attributes:
        name: Of a built-in one, or the stem of the file.
        folder: Where relative paths are looked for when nobody says where the data are.
        content: What is asked for.
    """

    name: str
    folder: Path
    content: SuiteFile


def read(named: str) -> Suite:
    """A built-in suite by its name, or a file; all of its names and settings are checked.

    Raises:
        UniTrackError: If there is no such suite, or something in it is not as it must be; the
            line is said.
    """
    path = Path(named)
    if named in BUILT_IN:
        text = (files("unitrack.suite") / "builtin" / f"{named}.yaml").read_text("utf-8")
        folder = Path.cwd()
    elif path.is_file():
        try:
            text, folder = path.read_text(encoding="utf-8"), path.resolve().parent
        except (OSError, UnicodeDecodeError) as error:
            raise UniTrackError(path, f"cannot be read ({error})", "Check the file.") from error
    else:
        near = difflib.get_close_matches(named, BUILT_IN, 3, 0.5) or BUILT_IN
        raise UniTrackError(
            named, "is no file and no suite of ours", f"Nearest: {', '.join(near)}."
        )
    parsed = _Parsed.of(named, text)
    content = parsed.content()
    _check(parsed, content)
    return Suite(path.stem, folder, content)


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A YAML file with the places of its values."""

    name: str
    root: yaml.Node

    @classmethod
    def of(cls, name: str, text: str) -> _Parsed:
        try:
            root = yaml.compose(text, yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            where = f"{name}:{mark.line + 1}" if mark else name
            raise UniTrackError(
                where, f"is no YAML ({error.problem})", "Mend this line or the one above it."
            ) from error
        except yaml.YAMLError as error:
            reason = " ".join(str(error).split())
            raise UniTrackError(name, f"is no YAML ({reason})", "Mend the file.") from error
        if not isinstance(root, yaml.MappingNode):
            raise UniTrackError(
                name, "is no mapping", "Write backbones: and entries:, as docs/suites.md shows."
            )
        return cls(name, root)

    def content(self) -> SuiteFile:
        """The file as values."""
        loader = yaml.SafeLoader("")
        try:
            plain = loader.construct_document(self.root)
            return SuiteFile.model_validate(plain)
        except ValidationError as error:
            # A misspelt key is the cause, the one that is missing for it a consequence.
            faults = sorted(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
            first = faults[0]
            place = first["loc"]
            what = first["msg"].removeprefix("Value error, ").lower()
            raise UniTrackError(
                self.where(place),
                f"{_dotted(place)}: {what}",
                f"{_nearest_key(place)}See docs/suites.md for what a suite holds.",
            ) from error
        except (yaml.YAMLError, TypeError) as error:
            reason = " ".join(str(error).split())
            raise UniTrackError(self.name, f"is no YAML ({reason})", "Mend the file.") from error
        finally:
            loader.dispose()

    def where(self, place: Place) -> str:
        """``FILE:LINE`` of a place, or of the nearest one around it that exists."""
        node, line = self.root, self.root.start_mark.line
        for key in place:
            found = _inside(node, key)
            if found is None:
                break
            node, line = found
        return f"{self.name}:{line + 1}"

    @contextmanager
    def at(self, *place: str | int) -> Iterator[None]:
        """Say of a fault inside the block in which line it lies."""
        try:
            yield
        except UniTrackError as error:
            raise UniTrackError(
                self.where(place), f"{error.where}: {error.what}", error.mend
            ) from error


def _inside(node: yaml.Node, key: str | int) -> tuple[yaml.Node, int] | None:
    """A value of a mapping or sequence, and the line it begins in (of a mapping, its key's)."""
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        item = node.value[key]
        return item, item.start_mark.line
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return value, name.start_mark.line
    return None


def _dotted(place: Place) -> str:
    return ".".join(str(part) for part in place) or "the file"


def _nearest_key(place: Place) -> str:
    models: dict[str, type[BaseModel]] = {"backbones": BackboneRow, "entries": Entry}
    top = str(place[0]) if len(place) > 1 else ""
    model = models.get(top, SuiteFile)
    last = str(place[-1]) if place else ""
    near = difflib.get_close_matches(last, model.model_fields, 1, 0.6)
    return f"Nearest: {near[0]}. " if near and near[0] != last else ""


def _check(parsed: _Parsed, content: SuiteFile) -> None:
    """Every name and every setting, before anything runs."""
    for number, row in enumerate(content.backbones):
        _check_row(parsed, row, ("backbones", number))
    for number, entry in enumerate(content.entries):
        _check_entry(parsed, entry, ("entries", number))
    _check_titles(parsed, "backbones", [row.title for row in content.backbones])
    _check_titles(parsed, "entries", [entry.title for entry in content.entries])


def _check_titles(parsed: _Parsed, key: str, titles: Sequence[str]) -> None:
    """No two rows and no two columns that a table could not tell apart."""
    for number, title in enumerate(titles):
        if title in titles[:number]:
            raise UniTrackError(
                parsed.where((key, number)),
                f"another of the {key} is called {title}",
                "Give each a label of its own.",
            )


def _check_row(parsed: _Parsed, row: BackboneRow, place: Place) -> None:
    with parsed.at(*place, "backbone"):
        record = registry().get("backbones", row.backbone)
        assert isinstance(record, BackboneRecord)
    for index, layer in enumerate(row.layers):
        with parsed.at(*place, "layers", index):
            if layer not in record.taps:
                raise UniTrackError(
                    layer, f"{record.name} has no such layer", f"Layers: {', '.join(record.taps)}."
                )
    with parsed.at(*place, "settings"):
        resolve_settings(record, None, {}, row.settings)


def _check_entry(parsed: _Parsed, entry: Entry, place: Place) -> None:
    with parsed.at(*place, "head"):
        head = registry().get("heads", entry.head)
        assert isinstance(head, HeadRecord)
    with parsed.at(*place, "data"):
        data = registry().get("datasets", entry.data)
        assert isinstance(data, DatasetRecord)
        check_fits(entry.head, entry.data)
        metric = registry().get("metrics", data.metric)
        assert isinstance(metric, MetricRecord)
    with parsed.at(*place, "protocol"):
        resolve_settings(head, entry.protocol, {}, {})
    with parsed.at(*place, "vary" if entry.vary else "settings"):
        for changed in varied(entry):
            values: Mapping[str, object] = {**entry.settings, **changed}
            resolve_settings(head, entry.protocol, {}, values)
    with parsed.at(*place, "data_settings"):
        resolve_settings(data, None, {}, entry.data_settings)
