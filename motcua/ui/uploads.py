"""Papers that are kept as they came: of the kinds offices use, and what their names say they are (tệp đính kèm)."""

from __future__ import annotations

from collections.abc import Mapping

from motcua.law.facts import Refused

# By the end of the name: the media type, and how such a file begins. ZIP holds office files.
KINDS: Mapping[str, tuple[str, tuple[bytes, ...]]] = {
    "pdf": ("application/pdf", (b"%PDF-",)),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK\x03\x04",)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
    "doc": ("application/msword", (b"\xd0\xcf\x11\xe0",)),
    "xls": ("application/vnd.ms-excel", (b"\xd0\xcf\x11\xe0",)),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "png": ("image/png", (b"\x89PNG\r\n",)),
}


def media(name: str, content: bytes, most: int) -> str:
    """The media type of a paper of at most `most` megabytes.

    Raises Refused for one that is empty, too large, of no kind known, or another than its name says.
    """
    if not content:
        raise Refused(f"Tệp “{name}” rỗng; hãy chọn tệp khác")
    if len(content) > most * 1_000_000:
        raise Refused(f"Tệp “{name}” lớn hơn {most} MB; hãy nén hoặc tách tệp")
    kind = KINDS.get(name.rpartition(".")[2].lower())
    if kind is None:
        raise Refused(f"Không nhận tệp “{name}”; chỉ nhận tệp {', '.join(KINDS)}")
    told, begins = kind
    if not content.startswith(begins):
        raise Refused(f"Nội dung tệp “{name}” không đúng loại như tên tệp; hãy lưu lại tệp rồi gửi")
    return told
