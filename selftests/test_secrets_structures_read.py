"""XML and YAML as trees: every name and value in its place, with its line."""

from collections.abc import Callable, Iterator
from typing import Any
from xml.parsers import expat

import pytest
import yaml

from packaging_readiness.secrets.structure import Mapping, Node, Scalar
from packaging_readiness.secrets.xmltree import read_xml
from packaging_readiness.secrets.yamltree import read_yaml


def plain(node: Node) -> Any:
    """Mappings as lists of pairs, values with their lines."""
    if isinstance(node, Mapping):
        return [(key, plain(child)) for key, child in node.items]
    if isinstance(node, list):
        return [plain(child) for child in node]
    return (str(node), node.line) if isinstance(node, Scalar) else node


def read(reader: Callable[[str], Iterator[Node]], text: str) -> list[Any]:
    """All documents in a text."""
    return [plain(root) for root in reader(text)]


XML = {
    "text": ("<a>x</a>", [("a", ("x", 1))]),
    "blanks-around": ("<a>\n x y \n</a>", [("a", ("x y", 1))]),
    "lines": ("<a>\n<b>x</b>\n\n<c>y</c></a>", [("a", [("b", ("x", 2)), ("c", ("y", 4))])]),
    "empty": ("<a><b/><c> </c></a>", []),
    "attributes": ('<a>\n<b x="1" y="2"/></a>', [("a", [("b", [("x", ("1", 2)), ("y", ("2", 2))])])]),
    "both": ('<a x="1">v</a>', [("a", [("x", ("1", 1))]), ("a", ("v", 1))]),
    "namespaces": ('<n:a m:x="1"><o:p:q>v</o:p:q></n:a>', [("a", [("x", ("1", 1)), ("q", ("v", 1))])]),
    "parts-of-text": ("<a>x<b/>y&amp;z</a>", [("a", ("xy&z", 1))]),
    "name-attribute": (
        '<a><b name="n">v</b></a>',
        [("a", [("b", [("name", ("n", 1))]), ("b", ("v", 1)), ("n", ("v", 1))])],
    ),
    "key-attribute": (
        '<a><b key="n">v</b></a>',
        [("a", [("b", [("key", ("n", 1))]), ("b", ("v", 1)), ("n", ("v", 1))])],
    ),
    "id-attribute": (
        '<a><b id="n">v</b></a>',
        [("a", [("b", [("id", ("n", 1))]), ("b", ("v", 1)), ("n", ("v", 1))])],
    ),
    "other-attribute": ('<a><b for="n">v</b></a>', [("a", [("b", [("for", ("n", 1))]), ("b", ("v", 1))])]),
    "name-without-text": ('<a><b name="n"/></a>', [("a", [("b", [("name", ("n", 1))])])]),
    "key-element": (
        "<a><key>k</key><s>v</s><t>w</t></a>",
        [("a", [("key", ("k", 1)), ("s", ("v", 1)), ("k", ("v", 1)), ("t", ("w", 1))])],
    ),
    "name-element": ("<a><name>k</name><s>v</s></a>", [("a", [("name", ("k", 1)), ("s", ("v", 1)), ("k", ("v", 1))])]),
    "other-element": ("<a><title>k</title><s>v</s></a>", [("a", [("title", ("k", 1)), ("s", ("v", 1))])]),
    "nothing-between": (
        "<a><key>k</key><b/><s>v</s></a>",
        [("a", [("key", ("k", 1)), ("s", ("v", 1)), ("k", ("v", 1))])],
    ),
    "keys-of-two-folders": (
        "<a><b><key>k</key></b><c><s>v</s></c></a>",
        [("a", [("b", [("key", ("k", 1))]), ("c", [("s", ("v", 1))])])],
    ),
    "two-keys": (
        "<a><key>k</key><key>l</key><s>v</s></a>",
        [("a", [("key", ("k", 1)), ("key", ("l", 1)), ("k", ("l", 1)), ("s", ("v", 1)), ("l", ("v", 1))])],
    ),
    "entity": ('<!DOCTYPE a [<!ENTITY e "much">]><a>x&e;y</a>', [("a", ("xy", 1))]),
}


@pytest.mark.parametrize("name", XML)
def test_elements_and_attributes_of_xml_keep_their_place_and_line(name: str) -> None:
    text, tree = XML[name]
    assert read(read_xml, text) == [tree]


@pytest.mark.parametrize("text", ["", "<a>", "<a></b>", "<a/><b/>", "<a>&e;", "a"])
def test_what_is_no_xml_document_has_no_tree(text: str) -> None:
    with pytest.raises(expat.ExpatError):
        read(read_xml, text)


YAML = {
    "scalar": ("v", [("v", 1)]),
    "mapping": ("a: 1\n\nb: x y\n", [[("a", ("1", 1)), ("b", ("x y", 3))]]),
    "nested": ("a:\n  b:\n    c: v\n  d: w\n", [[("a", [("b", [("c", ("v", 3))]), ("d", ("w", 4))])]]),
    "sequence": ("- a\n- [b, c]\n- d: e\n", [[("a", 1), [("b", 2), ("c", 2)], [("d", ("e", 3))]]]),
    "doubled-key": ("a: 1\na: 2\n", [[("a", ("1", 1)), ("a", ("2", 2))]]),
    "documents": ("a: 1\n---\n- b\n---\nc\n", [[("a", ("1", 1))], [("b", 3)], ("c", 5)]),
    "empty-values": ("a:\nb: ''\nc: {}\nd: []\n", [[("a", ("", 1)), ("b", ("", 2)), ("c", []), ("d", [])]]),
    "alias": ("a: &x v\nb: *x\nc: [*x]\n", [[("a", ("v", 1)), ("b", ("v", 1)), ("c", [("v", 1)])]]),
    "two-anchors": (
        "a: &x v\nb: &y w\nc: *x\nd: *y\n",
        [[("a", ("v", 1)), ("b", ("w", 2)), ("c", ("v", 1)), ("d", ("w", 2))]],
    ),
    "alias-of-a-collection": ("a: &x [v]\nb: *x\n", [[("a", [("v", 1)]), ("b", ("", 2))]]),
    "alias-of-a-key": ("&x a: v\nb: *x\n", [[("a", ("v", 1)), ("b", ("a", 1))]]),
    "alias-of-nothing": ("a: *x\n", [[("a", ("", 1))]]),
    "key-that-is-a-list": ("? [a, b]\n: v\nc: w\n", [[("", ("v", 2)), ("c", ("w", 3))]]),
    "key-that-is-a-mapping": ("? {a: b}\n: v\n", [[("", ("v", 2))]]),
    "block": ("a: |\n  x\n  y\nb: w\n", [[("a", ("x\ny\n", 1)), ("b", ("w", 4))]]),
    "no-document": ("# nothing\n", []),
}


@pytest.mark.parametrize("name", YAML)
def test_documents_of_yaml_keep_their_places_and_lines(name: str) -> None:
    text, trees = YAML[name]
    assert read(read_yaml, text) == trees


@pytest.mark.parametrize("text", ["a: [", "a: b: c", "\tb: 1"])
def test_what_is_no_yaml_has_no_tree(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        read(read_yaml, text)
