"""The acts on a dossier: each reads its facts, lets the law decide new ones and appends them (NĐ 118/2025 Đ.16-24).

There is no act that moves a date, resets a clock or takes a fact back; nobody's role can change that.
"""

from .consulting import CONSULTED_BY, POSITIONS, consult, reply_consultation, withdraw_consultation
from .correcting import correct_result, decline_correction, request_correction
from .deciding import CITIZEN, SYSTEM
from .ending import HANDED_OUT, RESULTS, close, extend, finish, rate, return_result, stop, withdraw
from .guiding import Asking, guide
from .handling import assign, complete_step, send_back
from .money import MEANS, correct_duty, meet_duty, pay, request_duty
from .opening import (
    Agent,
    Applicant,
    Filing,
    accept,
    file_online,
    receive,
    refuse_reception,
    register_counter,
)
from .supplement import decline_supplement, propose_supplement, receive_supplement, request_supplement

__all__ = [
    "CITIZEN",
    "CONSULTED_BY",
    "HANDED_OUT",
    "MEANS",
    "POSITIONS",
    "RESULTS",
    "SYSTEM",
    "Agent",
    "Applicant",
    "Asking",
    "Filing",
    "accept",
    "assign",
    "close",
    "complete_step",
    "consult",
    "correct_duty",
    "correct_result",
    "decline_correction",
    "decline_supplement",
    "extend",
    "file_online",
    "finish",
    "guide",
    "meet_duty",
    "pay",
    "propose_supplement",
    "rate",
    "receive",
    "receive_supplement",
    "refuse_reception",
    "register_counter",
    "reply_consultation",
    "request_correction",
    "request_duty",
    "request_supplement",
    "return_result",
    "send_back",
    "stop",
    "withdraw",
    "withdraw_consultation",
]
