"""Structured text as trees with line numbers: JSON, YAML, TOML, INI, .env, properties, XML and tables.

A file that does not parse as what its name promises is no error here: the text rules have read it anyway, and
templates of such files (Helm, Jinja) are common.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any


class Scalar(str):
    """A leaf whose parser tells its line, counted from 1. Leaves of other parsers are plain strings."""

    line: int

    def __new__(cls, text: str, line: int) -> "Scalar":
        made = super().__new__(cls, text)
        made.line = line
        return made


@dataclass(slots=True)
class Mapping:
    """Keys in order, doubled keys kept."""

    items: "list[tuple[str, Node]]" = field(default_factory=list)


# Booleans and null come through as they are and are never secrets.
Node = str | Mapping | list["Node"] | bool | None

_JSON_LINES = (".jsonl", ".ndjson")
_JSON = (".json", ".ipynb", ".tfstate", ".webmanifest", ".geojson", ".har")
_YAML = (".yaml", ".yml")
_TOML = (".toml",)
_LINES = (
    ".ini",
    ".cfg",
    ".conf",
    ".properties",
    ".env",
    ".cnf",
    ".tfvars",
    ".credentials",
    ".desktop",
    ".service",
    ".config",
)
_LINE_NAMES = ("credentials", "config", ".s3cfg", ".boto", ".flaskenv")
_NOT_XML = (".html", ".htm", ".md", ".vue", ".svelte", ".php", ".erb", ".j2", ".tpl", ".txt", ".rst")


def read_structure(path: str, text: str) -> list[Node]:
    """The documents in `text`, by the formats that name and first characters suggest; empty when none parses."""
    for reader in _readers(path, text):
        try:
            return list(reader(text))
        except _unparsable():
            continue
    return []


def _readers(path: str, text: str) -> Iterator[Callable[[str], Iterator[Node]]]:
    name = PurePosixPath(path).name.lower()
    suffix = PurePosixPath(name).suffix
    head = text.lstrip("\ufeff \t\r\n")[:5]
    if suffix in _JSON_LINES:
        yield _json_lines
    if suffix in _JSON or head[:1] in ("{", "["):
        yield _json
    if head[:1] == "<" and (head == "<?xml" or suffix not in _NOT_XML):
        from packaging_readiness.secrets.xmltree import read_xml

        yield read_xml
    if suffix in _YAML or head[:3] == "---" or name == ".condarc":
        from packaging_readiness.secrets.yamltree import read_yaml

        yield read_yaml
    if suffix in _TOML or name in ("pipfile", "poetry.lock", "uv.lock"):
        yield _toml
    if suffix in (".csv", ".tsv", ".md", ".markdown", ".sql"):
        from packaging_readiness.secrets import tables

        yield {".sql": tables.read_inserts, ".csv": tables.read_csv, ".tsv": tables.read_csv}.get(
            suffix, tables.read_markdown
        )
    if suffix in _LINES or name in _LINE_NAMES or name.startswith(".env") or name.endswith("rc"):
        yield read_lines


def _unparsable() -> tuple[type[BaseException], ...]:
    import xml.parsers.expat

    import yaml

    # RecursionError: nesting deeper than the parser takes. OverflowError: numbers out of range.
    return (ValueError, RecursionError, OverflowError, yaml.YAMLError, xml.parsers.expat.ExpatError)


def _json(text: str) -> Iterator[Node]:
    yield json.loads(
        text.lstrip("\ufeff"), object_pairs_hook=Mapping, parse_int=str, parse_float=str, parse_constant=str
    )


def _json_lines(text: str) -> Iterator[Node]:
    for line in text.splitlines():
        if line.strip():
            yield from _json(line)


def _toml(text: str) -> Iterator[Node]:
    import tomllib

    def tree(value: Any) -> Node:
        if isinstance(value, dict):
            return Mapping([(key, tree(item)) for key, item in value.items()])
        return [tree(item) for item in value] if isinstance(value, list) else str(value)

    yield tree(tomllib.loads(text))


def read_lines(text: str) -> Iterator[Node]:
    """`key = value` and `key: value` lines, one mapping per section; `export` and continuation lines understood."""
    root = found = Mapping()
    lines = text.split("\n")
    index = 0
    while index < len(lines):
        number, line = index + 1, lines[index].rstrip("\r")
        index += 1
        while line.endswith("\\") and index < len(lines):
            line = line[:-1] + lines[index].strip()
            index += 1
        line = line.strip()
        if line[:1] == "[":
            found = Mapping()
            root.items.append((line.strip("[] \t"), found))
            continue
        if not line or line[0] in "#;!":
            continue
        positions = [at for at in (line.find("="), line.find(":")) if at > 0]
        if not positions:
            continue
        at = min(positions)
        words = line[:at].split()
        if len(words) <= 2:
            found.items.append((words[-1].strip("\"'"), Scalar(_unquote(line[at + 1 :].strip(" \t=")), number)))
    yield root


def _unquote(value: str) -> str:
    if value[:1] in ("'", '"') and (end := value.find(value[0], 1)) >= 1:
        return value[1:end]
    for mark in (" #", "\t#", " ;"):
        value = value.partition(mark)[0]
    return value.strip()
