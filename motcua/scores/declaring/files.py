"""A paper somebody gave as evidence, as it comes and as it leaves again (tệp kiểm chứng)."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from django.http import FileResponse

from motcua.law.facts import Refused
from motcua.ui import uploads

SHORTEST = 5  # signs of evidence, and of a reason
LARGEST = 5  # megabytes of a file


@dataclass(frozen=True, slots=True)
class Paper:
    """What shows that a figure is right: a number or an address, and the paper itself if there is one."""

    evidence: str
    name: str = ""
    content: bytes = b""

    def require(self) -> None:
        """Raise Refused for evidence nobody could find, or a paper too large or of a kind nobody opens."""
        if len(self.evidence.strip()) < SHORTEST:
            raise Refused("Phải ghi số văn bản hoặc đường dẫn tới tài liệu kiểm chứng")
        if self.content:
            uploads.media(self.name, self.content, LARGEST)


def attached(content: bytes | memoryview, name: str) -> FileResponse:
    """The paper as a download: never shown as a page of ours."""
    return FileResponse(
        BytesIO(bytes(content)), as_attachment=True, filename=name, content_type="application/octet-stream"
    )
