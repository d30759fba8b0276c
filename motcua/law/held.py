"""Papers whose data the state holds already, told by how their names begin (giấy tờ khai thác được từ dữ liệu)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

_IF_NO_DATA = re.compile(
    r"không (?:thể )?(?:khai thác|tra cứu|truy xuất|kết nối)|chưa (?:được )?(?:khai thác|kết nối|tích hợp|cập nhật)"
    r"|chưa có (?:trong|dữ liệu)"
    r"|nếu cơ sở dữ liệu|trừ trường hợp|không phải nộp|không yêu cầu|nước ngoài",
    re.IGNORECASE,
)


def database_of(paper: str, known: Iterable[Mapping[str, str]]) -> str:
    """The database that holds what a paper shows, "" where none does, or it is asked for only where data are missing.

    `known` are the kinds of paper of pack `cleaning` (NQ 66.7/2025/NQ-CP).
    """
    name = paper.casefold().lstrip("-+*.:;•0123456789) ")
    found = next((kind["data"] for kind in known if _begins(kind["paper"]).match(name)), "")
    return "" if found and _IF_NO_DATA.search(paper) else found


@lru_cache(maxsize=64)
def _begins(paper: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?:01 |một )?(?:bản (?:sao|chụp|chính|scan)(?: có chứng thực| chứng thực| công chứng)? )?{paper}(?!\w)"
    )
