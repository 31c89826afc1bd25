"""YAML as a tree, from parser events: no recursion, no object construction, aliases of scalars resolved."""

from collections.abc import Iterator
from typing import Any

import yaml

from packaging_readiness.secrets.structure import Mapping, Node, Scalar

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Builder:
    """One open collection; a mapping holds back its key until the value comes."""

    def __init__(self, node: Mapping | list[Node]) -> None:
        self.node = node
        self.key: Node | None = None

    def add(self, child: Node) -> None:
        if isinstance(self.node, list):
            self.node.append(child)
        elif self.key is None:
            self.key = child
        else:
            name = self.key if isinstance(self.key, str) else ""
            self.node.items.append((name, child))
            self.key = None


def read_yaml(text: str) -> Iterator[Node]:
    """Each document of a YAML stream. Raises yaml.YAMLError where the text is none."""
    anchors: dict[str, Scalar] = {}
    open_nodes: list[_Builder] = []
    for event in yaml.parse(text, Loader=_LOADER):
        child: Node | None = None
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.ScalarEvent):
            child = Scalar(event.value, line)
            if event.anchor:
                anchors[event.anchor] = child
        elif isinstance(event, yaml.AliasEvent):
            # An aliased collection is judged where it is defined; a scalar again, under its new key.
            child = anchors.get(event.anchor or "", Scalar("", line))
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            open_nodes.append(_Builder(Mapping() if isinstance(event, yaml.MappingStartEvent) else []))
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            child = open_nodes.pop().node
        if child is None:
            continue
        if open_nodes:
            open_nodes[-1].add(child)
        else:
            yield child
