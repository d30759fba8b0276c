"""What a PDF of Typst says, read from the file itself: each glyph turned back into letters by its font's own table."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"(<<.*?>>)\s*stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_TOKEN = re.compile(rb"/(f\d+) [\d.]+ Tf|<<|>>|\(|T[jJ]\b")
_INSIDE = re.compile(rb"\\([0-7]{1,3}|.)|[^\\]", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text(document: bytes) -> str:
    """All that is shown, in order, pages one after another; runs of white space become one space."""
    objects = {int(n): body for n, body in _OBJECT.findall(document)}
    tables = {n: _letters(_unpacked(body)) for n, body in objects.items() if b"/CMap" in body}
    fonts = {n: tables[int(found[1])] for n, body in objects.items() if (found := _to_unicode(body))}
    said = []
    for body in objects.values():
        if re.search(rb"/Type\s*/Page\b", body):
            names = _names(body, objects)
            shown = _unpacked(objects[_reference(body, rb"Contents")])
            said.append(_said(shown, {name: fonts[n] for name, n in names.items()}))
    return " ".join(" ".join(said).split())


def pages(document: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", document))


def size(document: bytes) -> tuple[int, int]:
    """Width and height of the first page in whole millimetres."""
    box = re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", document)
    assert box
    return round(float(box[1]) * 25.4 / 72), round(float(box[2]) * 25.4 / 72)


def _said(shown: bytes, fonts: dict[str, dict[int, str]]) -> str:
    """What the operators of a page show; strings in dictionaries are not shown."""
    words, font, place, within = [], next(iter(fonts.values()), {}), 0, 0
    while token := _TOKEN.search(shown, place):
        place = token.end()
        if token[1]:
            font = fonts[token[1].decode()]
        elif token[0] == b"(":
            string, place = _string(shown, place)
            pairs = zip(string[::2], string[1::2], strict=True) if not within else ()
            words += [font[256 * high + low] for high, low in pairs]
        elif token[0] in (b"Tj", b"TJ"):
            words.append(" ")
        else:
            within += 1 if token[0] == b"<<" else -1
    return "".join(words)


def _string(shown: bytes, place: int) -> tuple[bytes, int]:
    """The bytes of a string from behind its bracket on, and where it ends; brackets in pairs belong to it."""
    found, depth = bytearray(), 1
    while step := _INSIDE.match(shown, place):
        place, code = step.end(), step[1]
        if code:
            found += bytes([int(code, 8)]) if code.isdigit() else _LETTERS.get(code, code)
            continue
        depth += {b"(": 1, b")": -1}.get(step[0], 0)
        if not depth:
            break
        found += step[0]
    return bytes(found), place


def _letters(table: bytes) -> dict[int, str]:
    """Glyphs to letters, of a ToUnicode table (bfchar and bfrange)."""
    found = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for glyph, letters in re.findall(rb"<(\w+)>\s*<(\w*)>", block):
            found[int(glyph, 16)] = bytes.fromhex(letters.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, letter in re.findall(rb"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for n, glyph in enumerate(range(int(first, 16), int(last, 16) + 1)):
                found[glyph] = chr(int(letter, 16) + n)
    return found


def _to_unicode(body: bytes) -> re.Match[bytes] | None:
    return re.search(rb"/ToUnicode (\d+) 0 R", body)


def _names(page: bytes, objects: dict[int, bytes]) -> dict[str, int]:
    """The names a page calls its fonts by, with their objects."""
    resources = re.search(rb"/Resources (\d+) 0 R", page)
    body = objects[int(resources[1])] if resources else page
    fonts = re.search(rb"/Font\s*<<(.*?)>>", body, re.DOTALL)
    return {name.decode(): int(n) for name, n in re.findall(rb"/(\w+) (\d+) 0 R", fonts[1])} if fonts else {}


def _reference(body: bytes, name: bytes) -> int:
    found = re.search(rb"/" + name + rb" (\d+) 0 R", body)
    assert found
    return int(found[1])


def _unpacked(body: bytes) -> bytes:
    found = _STREAM.search(body)
    assert found
    # The check at the end of a stream may end in \r, which then is taken for part of the line's end.
    return zlib.decompressobj().decompress(found[2]) if b"FlateDecode" in found[1] else found[2]
