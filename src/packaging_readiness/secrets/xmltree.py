"""XML as a tree of names and values, from expat events; nothing external is ever fetched."""

from collections.abc import Iterator
from xml.parsers import expat

from packaging_readiness.secrets.structure import Mapping, Node, Scalar

_NAMING_ATTRIBUTES = ("name", "key", "id")
_NAMING_ELEMENTS = ("key", "name")


class _Element:
    def __init__(self, tag: str, attributes: dict[str, str], line: int) -> None:
        self.tag = tag
        self.attributes = attributes
        self.line = line
        self.text: list[str] = []
        self.node = Mapping([(_local(name), Scalar(value, line)) for name, value in attributes.items()])
        self.pending_name = ""


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def read_xml(text: str) -> Iterator[Node]:
    """One mapping per document: attributes, child elements, and pairs that a naming element or attribute announces.

    `<add key="password" value="x"/>`, `<string name="password">x</string>` and `<key>password</key><string>x</string>`
    all give the pair password and x. Raises xml.parsers.expat.ExpatError where the text is no XML.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    root = _Element("", {}, 1)
    stack = [root]

    def start(tag: str, attributes: dict[str, str]) -> None:
        stack.append(_Element(_local(tag), attributes, parser.CurrentLineNumber))

    def end(_tag: str) -> None:
        element = stack.pop()
        parent = stack[-1]
        value = "".join(element.text).strip()
        leaf = Scalar(value, element.line)
        if element.node.items:
            parent.node.items.append((element.tag, element.node))
        if not value:
            return
        parent.node.items.append((element.tag, leaf))
        for attribute in _NAMING_ATTRIBUTES:
            if attribute in element.attributes:
                parent.node.items.append((element.attributes[attribute], leaf))
        if parent.pending_name:
            parent.node.items.append((parent.pending_name, leaf))
        parent.pending_name = value if element.tag in _NAMING_ELEMENTS else ""

    def text_found(data: str) -> None:
        stack[-1].text.append(data)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text_found
    # With a default handler expat leaves entities as they stand: no expansion, no amplification.
    parser.DefaultHandler = str
    parser.Parse(text.encode("utf-8"), True)
    yield root.node
