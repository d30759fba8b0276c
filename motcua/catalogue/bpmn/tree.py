"""The XML of a BPMN file: parsed without trust, and asked in few words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from .elements import NODES
from .remarks import WrongDiagram
from .vocabulary import DIAGRAM, MODEL, OURS

LARGEST = 5_000_000  # bytes
LONGEST = 120  # signs of a name in a remark
HOLDERS = frozenset({*NODES, "process", "lane", "sequenceFlow"})  # the text inside them is the ids of others


class _NoDoctype(ET.TreeBuilder):
    """Entities are declared in a document type, and BPMN needs neither."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise WrongDiagram("Tệp có khai báo DOCTYPE nên không đọc; bỏ dòng <!DOCTYPE …> rồi nhập lại")


def parsed(content: bytes) -> ET.Element:
    """The root of a BPMN 2.0 file. Raises WrongDiagram."""
    if len(content) > LARGEST:
        raise WrongDiagram(f"Tệp lớn hơn {LARGEST // 1_000_000} MB; chia thành từng quy trình")
    parser = ET.XMLParser(target=_NoDoctype())
    try:
        parser.feed(content)
        root: ET.Element = parser.close()
    except (ET.ParseError, LookupError, ValueError) as wrong:
        raise WrongDiagram(f"Không phải XML đúng: {wrong}") from None
    if root.tag != f"{{{MODEL}}}definitions":
        raise WrongDiagram("Không phải tệp BPMN 2.0: phần tử gốc phải là definitions của BPMN 2.0")
    return root


def all_of(element: ET.Element, tag: str) -> list[ET.Element]:
    return element.findall(f"{{{MODEL}}}{tag}")


def ours(element: ET.Element, tag: str) -> dict[str, str] | None:
    """What our extension says of an element, None when it says nothing."""
    found = element.find(f"{{{MODEL}}}extensionElements/{{{OURS}}}{tag}")
    return None if found is None else {name: clean(value) for name, value in found.attrib.items()}


def words_of(element: ET.Element) -> tuple[str, str]:
    """The id and the name of an element; the text inside where it has no name."""
    told = element.get("name") or ("" if tag(element) in HOLDERS else "".join(element.itertext()))
    name = " ".join(told.split())
    return element.get("id", ""), clean(name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…")


def without_picture(root: ET.Element) -> Iterator[ET.Element]:
    yield root
    for part in root:
        if space(part.tag) != DIAGRAM:
            yield from part.iter()


def tag(element: ET.Element) -> str:
    name: str = element.tag
    return name.rpartition("}")[2]


def is_bpmn(element: ET.Element) -> bool:
    return space(element.tag) == MODEL


def space(name: str) -> str:
    """The namespace of a tag or an attribute, "" for none."""
    return name[1:].partition("}")[0] if name.startswith("{") else ""


def clean(text: str) -> str:
    """Composed Unicode without space around it, as the catalogue keeps every text."""
    return unicodedata.normalize("NFC", text).strip()
