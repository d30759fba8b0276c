"""The acts of steering: each holds what it changes, asks the law, and leaves facts behind (giao, làm, xác nhận).

No act moves a deadline, takes a fact back or closes a task but by who gave it.
"""

from .doing import (
    ask_extension,
    assign_task,
    note_solution,
    propose_transfer,
    reach_milestone,
    report_task,
    start_task,
    tell_budget,
)
from .files import attach_file
from .giving import EVERY, Assignment, NewInstrument, give_tasks, name_instrument, register_instrument
from .judging import (
    accept_task,
    allow_transfer,
    cancel_task,
    decline_extension,
    decline_transfer,
    grant_extension,
    pause_task,
    resume_task,
    return_task,
    urge_task,
)
from .outside import meet_dependency, name_dependency
from .reminding import remind, see_reminders
from .sending import send_letter, send_report

__all__ = [
    "EVERY",
    "Assignment",
    "NewInstrument",
    "accept_task",
    "allow_transfer",
    "ask_extension",
    "assign_task",
    "attach_file",
    "cancel_task",
    "decline_extension",
    "decline_transfer",
    "give_tasks",
    "grant_extension",
    "meet_dependency",
    "name_dependency",
    "name_instrument",
    "note_solution",
    "pause_task",
    "propose_transfer",
    "reach_milestone",
    "register_instrument",
    "remind",
    "report_task",
    "resume_task",
    "return_task",
    "see_reminders",
    "send_letter",
    "send_report",
    "start_task",
    "tell_budget",
    "urge_task",
]
