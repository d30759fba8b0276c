"""The acts on a dossier: each reads its facts, lets the law decide new ones and appends them (NĐ 118/2025 Đ.16-24).

There is no act that moves a date, resets a clock or takes a fact back; nobody's role can change that.
"""

from .at_once import return_at_once
from .batch import receive_many
from .consulting import CONSULTED_BY, POSITIONS, consult, reply_consultation, withdraw_consultation
from .correcting import correct_result, decline_correction, request_correction
from .deciding import CITIZEN, SYSTEM
from .ending import HANDED_OUT, close, extend, finish, rate, return_result, stop, withdraw
from .grouping import Choice, GroupFiling, attach, open_group, supply_input
from .guiding import Asking, guide
from .handling import assign, complete_step, recall_step, send_back
from .money import MEANS, correct_duty, meet_duty, pay, request_duty
from .moving import give_papers, receive_papers
from .not_received import ask_at_counter, refuse_at_counter
from .opening import (
    Agent,
    Applicant,
    Filing,
    accept,
    file_online,
    receive,
    refuse_reception,
)
from .passing import accept_handover, decline_handover, hand_over, take
from .signing import RESULTS, propose_result, return_proposal, sign_result
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
    "Choice",
    "Filing",
    "GroupFiling",
    "accept",
    "accept_handover",
    "ask_at_counter",
    "assign",
    "attach",
    "close",
    "complete_step",
    "consult",
    "correct_duty",
    "correct_result",
    "decline_correction",
    "decline_handover",
    "decline_supplement",
    "extend",
    "file_online",
    "finish",
    "give_papers",
    "guide",
    "hand_over",
    "meet_duty",
    "open_group",
    "pay",
    "propose_result",
    "propose_supplement",
    "rate",
    "recall_step",
    "receive",
    "receive_many",
    "receive_papers",
    "receive_supplement",
    "refuse_at_counter",
    "refuse_reception",
    "reply_consultation",
    "request_correction",
    "request_duty",
    "request_supplement",
    "return_at_once",
    "return_proposal",
    "return_result",
    "send_back",
    "sign_result",
    "stop",
    "supply_input",
    "take",
    "withdraw",
    "withdraw_consultation",
]
