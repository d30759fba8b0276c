"""Files about anything of the room: kept once by their digest, of the kinds offices use (tệp đính kèm)."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.db import transaction

from motcua.people.models import Officer
from motcua.ui import uploads

from ..models import Attachment, Content

LONGEST = 200


@transaction.atomic(durable=True)
def attach_file(about: str, *, name: str, content: bytes, by: Officer, at: datetime) -> Attachment:
    """Đính kèm tệp about the stream `about`; the same file twice is one. Raises Refused for its kind or size."""
    return attached(about, name=name, content=content, by=by, at=at)


def attached(about: str, *, name: str, content: bytes, by: Officer, at: datetime) -> Attachment:
    """`attach_file` within the transaction of the caller; who may is for the caller to ask."""
    media = uploads.media(name, content, settings.STEERING_FILE_MB)
    digest = sha256(content).hexdigest()
    Content.objects.bulk_create([Content(digest=digest, content=content)], ignore_conflicts=True)
    found, _ = Attachment.objects.get_or_create(
        about=about,
        content_id=digest,
        defaults={"name": _short(name), "media": media, "size": len(content), "by": by, "at": at},
    )
    return found


def _short(name: str) -> str:
    stem, _, end = name.replace("/", "_").replace("\\", "_").rpartition(".")
    return f"{stem[: LONGEST - len(end) - 1]}.{end}"
