"""The package of a Word document: its parts and their relationships, names being keys and never paths."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from cardextract.findings import Unreadable
from cardextract.readers.docx_lists import W
from cardextract.readers.guards import CORRUPT, Package, parse_xml

_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = (
    (b'"http://purl.oclc.org/ooxml/wordprocessingml/main"', f'"{W[1:-1]}"'.encode()),
    (b'"http://purl.oclc.org/ooxml/officeDocument/relationships"', f'"{_R}"'.encode()),
)
"""Strict Office Open XML differs in its namespaces only."""


def read_part(package: Package, name: str) -> Any:
    """The root of a part, None where the package lacks it; strict namespaces turned into the usual ones."""
    if name not in package:
        return None
    data = package.read(name)
    if b"purl.oclc.org/ooxml" in data:
        for strict, usual in _STRICT:
            data = data.replace(strict, usual)
    return parse_xml(data)


def _relations(package: Package, name: str) -> Iterator[tuple[str, str, str]]:
    """(last word of the type, id, member name) of a part's relationships; a name is a key, never a path."""
    folder, base = posixpath.split(name)
    rels = f"{folder}/_rels/{base}.rels" if folder else f"_rels/{base}.rels"
    root = read_part(package, rels)
    if root is None:
        return
    for rel in root:
        if rel.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, rel.get("Target", "")))
            yield rel.get("Type", "").rpartition("/")[2], rel.get("Id", ""), target.lstrip("/")


def main_part(package: Package) -> str:
    for kind, _, target in _relations(package, ""):
        if kind == "officeDocument" and target in package:
            return target
    if "word/document.xml" in package:
        return "word/document.xml"
    raise Unreadable("corrupt", CORRUPT)


def related_parts(package: Package, main: str) -> dict[str, list[tuple[str, str]]]:
    """type -> [(id, member name)] of the main part."""
    out: dict[str, list[tuple[str, str]]] = {}
    for kind, rel_id, target in _relations(package, main):
        out.setdefault(kind, []).append((rel_id, target))
    return out
