"""How an applicant can be reached (liên hệ): numbers and addresses as a gateway takes them, and what they wish."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from motcua.dossiers.models import Dossier

from .models import Channel, Contact

# Mobile numbers of ten digits (Quyết định 798/QĐ-BTTTT, 2018: 03, 05, 07, 08, 09); land lines take no messages.
MOBILE = re.compile(r"0[35789]\d{8}")
SEPARATORS = re.compile(r"[\s.\-()]")


def mobile(number: str) -> str:
    """A mobile number as ten digits ("+84 912 345 678" is 0912345678), "" for anything else."""
    plain = SEPARATORS.sub("", number)
    plain = re.sub(r"^(?:\+|00)?84(?=\d{9}$)", "0", plain)
    return plain if MOBILE.fullmatch(plain) else ""


def address(email: str) -> str:
    """An e-mail address as it may be written to, "" for anything else."""
    plain = email.strip()
    try:
        validate_email(plain)
    except ValidationError:
        return ""
    return plain


def ways(dossier: Dossier, contact: Contact | None) -> dict[str, str]:
    """The ways the applicant may be told by, each with number or address; what they do not wish is left out.

    Who handed in for an applicant without a number is told in their place.
    """
    phone, email = (dossier.phone or dossier.agent_phone, dossier.email)
    if contact:
        phone, email = contact.phone, contact.email
    found = {Channel.SMS: mobile(phone), Channel.MAIL: address(email)}
    wished = {Channel.SMS: contact is None or contact.sms, Channel.MAIL: contact is None or contact.mail}
    return {channel: place for channel, place in found.items() if place and wished[channel]}


def declines(contact: Contact | None) -> bool:
    """Whether the applicant asked to be told nothing at all."""
    return contact is not None and not contact.sms and not contact.mail
