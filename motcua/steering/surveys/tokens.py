"""The secret part of a link: made once, told once, and known afterwards by its hash alone (mã liên kết)."""

from __future__ import annotations

import hashlib
import secrets

BYTES = 24


def new() -> str:
    return secrets.token_urlsafe(BYTES)


def digest(token: str) -> str:
    """What is kept of a token; random as it is, no salt could make it harder to guess."""
    return hashlib.sha256(token.encode()).hexdigest()
