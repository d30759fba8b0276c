"""The acts on a dossier: each reads its facts, lets the law decide new ones and appends them (NĐ 118/2025 Đ.16-24).

There is no act that moves a date, resets a clock or takes a fact back; nobody's role can change that.
"""

from .deciding import CITIZEN
from .ending import HANDED_OUT, RESULTS, extend, finish, rate, return_result, stop, withdraw
from .guiding import Asking, guide
from .handling import assign, complete_step, send_back
from .money import MEANS, meet_duty, pay, request_duty
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
from .supplement import propose_supplement, receive_supplement, request_supplement

__all__ = [
    "CITIZEN",
    "HANDED_OUT",
    "MEANS",
    "RESULTS",
    "Agent",
    "Applicant",
    "Asking",
    "Filing",
    "accept",
    "assign",
    "complete_step",
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
    "request_duty",
    "request_supplement",
    "return_result",
    "send_back",
    "stop",
    "withdraw",
]
