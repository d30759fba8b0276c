"""The acts on units, officers, posts and accounts: who exists, from when to when, and who may act for whom.

Nothing here is taken away: a unit is closed, a post is ended, an account is disabled, and all stay readable for the
time they held. Each act is all or nothing, so loading a whole province that is cut off leaves no half of it, and each
leaves in the journal who did it (docs/adr/0010).
"""

from .accounts import choose_password, disable, enable, reset_password
from .hours import clear_unit_day, set_hours, set_unit_day
from .posts import NewOfficer, NewPost, appoint, end_post, found, register
from .serving import end_desk, give_desk
from .units import NewUnit, close, establish

__all__ = [
    "NewOfficer",
    "NewPost",
    "NewUnit",
    "appoint",
    "choose_password",
    "clear_unit_day",
    "close",
    "disable",
    "enable",
    "end_desk",
    "end_post",
    "establish",
    "found",
    "give_desk",
    "register",
    "reset_password",
    "set_hours",
    "set_unit_day",
]
