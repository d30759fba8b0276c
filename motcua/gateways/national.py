"""The national record of procedures (CSDLQG về thủ tục hành chính): services LayDanhSachTTHC and LayThuTuc.

`client()` is the real one when PORTAL_URL is set, else the stand-in, which answers with a handful of records in the
same names and says everywhere that it is one. A record is as the service gives it; `catalogue.reading.national` reads
it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

from . import portal
from .portal import Unreachable

LIST, ONE = "LayDanhSachTTHC", "LayThuTuc"


class Register(Protocol):
    stand_in: bool

    def codes(self) -> Sequence[str]:
        """The codes of all procedures the province may ask for. Raises Unreachable."""
        ...

    def procedure(self, code: str) -> Mapping[str, Any]:
        """One record (MATTHC, TENTTHC …). Raises Unreachable."""
        ...


class Client(portal.Client):
    """The real record's adapter, behind the same door as the portal.

    Unverified: how the answers are wrapped is that of one open product, not of a specification.
    """

    def codes(self) -> Sequence[str]:
        listed = self._asked(LIST, {})
        return [
            str(entry["MATTHC"]) for entry in listed if isinstance(entry, Mapping) and entry.get("MATTHC")
        ]

    def procedure(self, code: str) -> Mapping[str, Any]:
        for entry in self._asked(ONE, {"MATTHC": code, "maTTHC": code}):
            if isinstance(entry, Mapping):
                return entry
        raise Unreachable(f"CSDLQG không trả thủ tục {code}")

    def _asked(self, service: str, told: Mapping[str, str]) -> Sequence[Any]:
        body = {"service": service, "session": self._session(), "dstcode": self.destination, **told}
        answer = self._post("/mapi/g", body)
        found = answer.get("result", answer.get("data"))
        if found is None:
            raise Unreachable(f"CSDLQG không trả kết quả cho {service}: {answer.get('message', answer)}")
        return found if isinstance(found, list) else [found]


class StandIn:
    """Stands in for the national record where none is connected: the records of `national_sample.json`."""

    stand_in = True

    def __init__(self, path: Path | None = None) -> None:
        given = (path or Path(__file__).with_name("national_sample.json")).read_text(encoding="utf-8")
        self._records = {record["MATTHC"]: record for record in json.loads(given)["result"]}

    def codes(self) -> Sequence[str]:
        return list(self._records)

    def procedure(self, code: str) -> Mapping[str, Any]:
        try:
            record: Mapping[str, Any] = self._records[code]
        except KeyError:
            raise Unreachable(f"CSDLQG không trả thủ tục {code}") from None
        return record


def client() -> Register:
    """The national record this installation talks to."""
    if settings.PORTAL_URL:
        return Client(
            settings.PORTAL_URL, settings.PORTAL_USER, settings.PORTAL_PASSWORD, settings.PORTAL_DESTINATION
        )
    return StandIn()
