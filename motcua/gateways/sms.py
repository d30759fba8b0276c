"""A gateway for brand-name SMS or Zalo notices over HTTP (tin nhắn SMS, Zalo).

`sender()` is the real one when SMS_URL is set, else the stand-in, which speaks the same words and sends nothing.

Unverified: no gateway of this kind publishes a specification this could be held to. So the names of its fields and
the codes of its answers are settings (SMS_FIELDS, SMS_ANSWERS), and what is written below is only what all of them
have in common: one JSON object is posted, one comes back, and it holds a code.
"""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from .sending import Message, Outcome, Sender, Sent, said

# Answers of the web server, or of one before it, that never passed the request on.
NOT_PASSED_ON = frozenset({429, 502, 503})


class Client:
    """The gateway named by SMS_URL. Without SMS_DEDUPES what it did not answer to is unknown, not sent again."""

    stand_in = False

    def __init__(self, url: str, token: str = "") -> None:
        self.place, self.token = urlsplit(url), token

    def send(self, message: Message) -> Sent:
        connection = _connection(self.place)
        try:
            connection.connect()
        except (OSError, http.client.HTTPException) as error:
            return Sent(Outcome.LATER, f"Không nối được cổng tin nhắn: {said(error)}", fault=True)
        try:
            path = (self.place.path or "/") + (f"?{self.place.query}" if self.place.query else "")
            connection.request("POST", path, json.dumps(body(message)).encode(), self._headers())
            reply = connection.getresponse()
            return judged(reply.status, reply.read())
        except (OSError, http.client.HTTPException) as error:
            return _unknown(f"Cổng tin nhắn không trả lời: {said(error)}")
        finally:
            connection.close()

    def _headers(self) -> dict[str, str]:
        signed = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {"Content-Type": "application/json"} | signed


class StandIn:
    """Stands in for a gateway where none is set: answers as one would, keeps what it has had, sends nothing."""

    stand_in = True

    def __init__(self) -> None:
        self.had: dict[str, str] = {}

    def send(self, message: Message) -> Sent:
        sent = judged(200, json.dumps(self.reply(body(message))).encode())
        held_back = "Bản thay thế giữ lại, không gửi ra ngoài"
        return Sent(sent.outcome, held_back) if sent.outcome is Outcome.TAKEN else sent

    def reply(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """What a gateway answers to a body: its codes are those of SMS_ANSWERS."""
        fields: dict[str, str] = settings.SMS_FIELDS
        answers: dict[str, Any] = settings.SMS_ANSWERS
        key, to, text = (str(asked.get(fields[name], "")) for name in ("id", "to", "text"))
        if not to.isdecimal():
            return {answers["code"]: answers["refused"][0], answers["message"]: f"Số không đúng: {to}"}
        if key in self.had:
            return {answers["code"]: answers["known"][0], answers["message"]: "Đã nhận mã tin này"}
        self.had[key] = text
        return {answers["code"]: answers["taken"][0], answers["message"]: "Đã nhận"}


def sender() -> Sender:
    """The gateway this installation hands its messages to."""
    return Client(settings.SMS_URL, settings.SMS_TOKEN) if settings.SMS_URL else StandIn()


def body(message: Message) -> dict[str, Any]:
    """A message in the gateway's own words; a field whose name is empty is left out."""
    said = {
        "id": message.key,
        "to": message.to,
        "text": message.body,
        "sender": settings.SMS_SENDER,
        "template": settings.SMS_TEMPLATES.get(message.kind, ""),
    }
    return {settings.SMS_FIELDS[name]: value for name, value in said.items() if settings.SMS_FIELDS.get(name)}


def judged(status: int, reply: bytes) -> Sent:
    """What an answer says of the message."""
    if status in NOT_PASSED_ON:
        return Sent(Outcome.LATER, f"Cổng tin nhắn đang bận hoặc ngừng: HTTP {status}", fault=True)
    if status in (401, 403):
        return Sent(Outcome.LATER, f"Cổng tin nhắn không cho vào: HTTP {status}", fault=True)
    try:
        answer = json.loads(reply)
        code = str(answer[settings.SMS_ANSWERS["code"]])
    except (ValueError, KeyError, TypeError):
        if 400 <= status < 500:
            return Sent(Outcome.REFUSED, f"Cổng tin nhắn không nhận: HTTP {status}")
        return _unknown(f"Cổng tin nhắn trả lời không hiểu được: HTTP {status}")
    return _meant(code, str(answer.get(settings.SMS_ANSWERS["message"], "")))


def _meant(code: str, words: str) -> Sent:
    answers, told = settings.SMS_ANSWERS, f"Cổng tin nhắn: {code} {words}".strip()
    if code in answers["taken"]:
        return Sent(Outcome.TAKEN, words)
    if code in answers["known"]:
        return Sent(Outcome.TAKEN, f"{told}; không gửi lại")
    if code in answers["later"]:
        return Sent(Outcome.LATER, told)
    return Sent(Outcome.REFUSED, told)


def _unknown(why: str) -> Sent:
    # A gateway that knows a message again by its key takes it once, however often it is sent.
    outcome = Outcome.LATER if settings.SMS_DEDUPES else Outcome.UNKNOWN
    return Sent(outcome, why, fault=True)


def _connection(place: SplitResult) -> http.client.HTTPConnection:
    host, seconds = place.hostname or "", settings.GATEWAY_SECONDS
    if place.scheme == "https":
        secure = ssl.create_default_context()
        return http.client.HTTPSConnection(host, place.port, timeout=seconds, context=secure)
    return http.client.HTTPConnection(host, place.port, timeout=seconds)
