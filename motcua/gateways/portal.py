"""The national public service portal (Cổng Dịch vụ công quốc gia): service DongBoHoSoMC.

`client()` is the real one when PORTAL_URL is set, else the stand-in, which judges a message as the portal would and
says everywhere that it is one. What the portal is told is what the facts say: a dossier that waits is sent as
waiting, a missing identity number is left out, never made up.
"""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, Protocol

from django.conf import settings

NAME = "dvcqg"
SERVICE = "DongBoHoSoMC"
REQUIRED = ("MaHoSo", "MaTTHC", "TenTTHC", "KenhThucHien", "NgayNopHoSo", "TrangThaiHoSo", "DonViXuLy")
MOMENTS = ("NgayNopHoSo", "NgayTiepNhan", "NgayHenTra", "NgayKetThucXuLy", "NgayTra", "NgayTuChoi")
STATES = frozenset(str(code) for code in range(1, 11))


class Unreachable(ConnectionError):
    """The portal gave no usable answer; the job tries again later."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the portal said: code "0" is taken, anything else is refused with its message."""

    code: str
    message: str = ""

    @property
    def taken(self) -> bool:
        return self.code in ("0", "00")

    @property
    def known(self) -> bool:
        """Whether it was refused because the portal has that dossier already."""
        return self.code in ("3", "-3")


class Portal(Protocol):
    stand_in: bool

    def send(self, dossier: Mapping[str, Any], *, updating: bool) -> Answer:
        """Send one dossier. Raises Unreachable."""
        ...


class Client:
    """The real portal's adapter: sign in for a session, then post the message with it.

    Unverified: its paths and the names of its fields are those of one open product, not of a specification.
    """

    stand_in = False

    def __init__(self, url: str, user: str, password: str, destination: str) -> None:
        self.url, self.user, self.password, self.destination = url, user, password, destination

    def send(self, dossier: Mapping[str, Any], *, updating: bool) -> Answer:
        session = self._session()
        answer = self._sent(dossier, updating, session)
        # It was sent before, and the answer never came here.
        return self._sent(dossier, True, session) if answer.known and not updating else answer

    def _sent(self, dossier: Mapping[str, Any], updating: bool, session: str) -> Answer:
        body = {"service": SERVICE, "isUpdating": str(updating), "data": [dossier]}
        answer = self._post("/mapi/g", body | {"session": session, "dstcode": self.destination})
        return Answer(str(answer.get("error_code", "")), str(answer.get("message", "")))

    def _session(self) -> str:
        answer = self._post("/mapi/login", {"username": self.user, "password": self.password})
        try:
            return str(answer["session"])
        except KeyError:
            raise Unreachable(f"Cổng DVCQG không cấp phiên: {answer.get('message', answer)}") from None

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(
            self.url.rstrip("/") + path,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                answer = json.load(reply)
        except (OSError, HTTPException, ValueError) as error:
            raise Unreachable(f"Cổng DVCQG không trả lời: {error}") from error
        if not isinstance(answer, dict):
            raise Unreachable(f"Cổng DVCQG trả lời không đúng dạng: {answer!r}")
        return answer


class StandIn:
    """Stands in for the portal where none is connected: takes what the portal would take, keeps nothing."""

    stand_in = True

    def send(self, dossier: Mapping[str, Any], *, updating: bool) -> Answer:
        missing = [name for name in REQUIRED if not dossier.get(name)]
        if missing:
            return Answer("-1", f"Thiếu {', '.join(missing)}")
        if dossier["TrangThaiHoSo"] not in STATES:
            return Answer("-1", f"TrangThaiHoSo “{dossier['TrangThaiHoSo']}” ngoài danh mục")
        wrong = [n for n in MOMENTS if dossier.get(n) and not re.fullmatch(r"\d{14}", dossier[n])]
        if wrong:
            return Answer("-1", f"Sai định dạng yyyyMMddHHmmss: {', '.join(wrong)}")
        return Answer("0", "Bản thay thế đã nhận")


def client() -> Portal:
    """The portal this installation talks to."""
    if settings.PORTAL_URL:
        return Client(
            settings.PORTAL_URL, settings.PORTAL_USER, settings.PORTAL_PASSWORD, settings.PORTAL_DESTINATION
        )
    return StandIn()
