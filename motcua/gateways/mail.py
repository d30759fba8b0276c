"""E-mail over SMTP (thư điện tử). `sender()` is the real one when MAIL_HOST is set, else a stand-in that sends nothing.

Connecting and handing over are told apart: what fails before the connection stands was surely not taken, and what
breaks while a message is handed over is unknown.
"""

from __future__ import annotations

from contextlib import suppress
from email.utils import parseaddr
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from .sending import Message, Outcome, Sender, Sent, said

LASTING = range(500, 600)


class Client:
    """An SMTP server, one connection for each message: notices are few and a connection kept open goes stale."""

    stand_in = False

    def send(self, message: Message) -> Sent:
        server = EmailBackend(
            host=settings.MAIL_HOST,
            port=settings.MAIL_PORT,
            username=settings.MAIL_USER,
            password=settings.MAIL_PASSWORD,
            use_tls=settings.MAIL_TLS == "starttls",
            use_ssl=settings.MAIL_TLS == "tls",
            timeout=settings.GATEWAY_SECONDS,
        )
        try:
            server.open()
        except (OSError, SMTPException) as error:
            return Sent(Outcome.LATER, f"Không nối được máy chủ thư: {_said(error)}", fault=True)
        try:
            server.send_messages([_written(message)])
        except (OSError, SMTPException) as error:
            return _judged(error)
        finally:
            with suppress(OSError, SMTPException):
                server.close()
        return Sent(Outcome.TAKEN)


class StandIn:
    """Stands in for a mail server where none is set: takes what one would take, sends nothing."""

    stand_in = True

    def send(self, message: Message) -> Sent:
        if "@" not in parseaddr(message.to)[1]:
            return Sent(Outcome.REFUSED, f"Địa chỉ thư không đúng: {message.to}")
        return Sent(Outcome.TAKEN, "Bản thay thế giữ lại, không gửi ra ngoài")


def sender() -> Sender:
    """The mail server this installation hands its messages to."""
    return Client() if settings.MAIL_HOST else StandIn()


def _written(message: Message) -> EmailMessage:
    domain = parseaddr(settings.MAIL_FROM)[1].rpartition("@")[2] or "localhost"
    # The same identifier at every attempt: a mail server that has the message already may tell.
    headers = {"Message-ID": f"<{message.key}@{domain}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(message.subject, message.body, settings.MAIL_FROM, [message.to], headers=headers)


def _judged(error: OSError | SMTPException) -> Sent:
    """What an error after the connection stood says of the message."""
    if isinstance(error, SMTPRecipientsRefused):
        code, why = next(iter(error.recipients.values()))
        outcome = Outcome.REFUSED if code in LASTING else Outcome.LATER
        return Sent(outcome, f"Máy chủ thư không nhận địa chỉ này: {code} {_text(why)}")
    if isinstance(error, SMTPDataError):
        outcome = Outcome.REFUSED if error.smtp_code in LASTING else Outcome.LATER
        return Sent(outcome, f"Máy chủ thư không nhận thư này: {_said(error)}")
    if isinstance(error, SMTPResponseException):
        return Sent(Outcome.LATER, f"Máy chủ thư từ chối: {_said(error)}", fault=True)
    return Sent(Outcome.UNKNOWN, f"Mất liên lạc với máy chủ thư giữa chừng: {_said(error)}", fault=True)


def _said(error: Exception) -> str:
    if isinstance(error, SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return said(error)


def _text(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words
