"""What happens to units, officers and accounts: facts of one stream, beside those of dossiers.

They tell who changed what and when; who may do what follows from the dated rows of people, not from these.
Days are ISO text, units their codes, officers their user names. Every change names the unit it concerns, "" for none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .facts import Fact

STREAM = "nhan-su"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change(Fact):
    """Something that was done to a unit, an officer or an account (thay đổi về đơn vị, nhân sự)."""

    unit: str = ""
    officer: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitEstablished(Change):
    """Thành lập đơn vị từ ngày `since`, dưới đơn vị `parent` ("" cho tỉnh)."""

    label: ClassVar[str] = "Thành lập đơn vị"
    name: str
    parent: str
    since: str


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitClosed(Change):
    """Giải thể, sáp nhập: `on` là ngày đầu tiên đơn vị không còn."""

    label: ClassVar[str] = "Giải thể, sáp nhập"
    on: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HoursDecided(Change):
    """Đổi giờ làm việc từ ngày `since`; `hours` "" là giờ chung."""

    label: ClassVar[str] = "Đổi giờ làm việc"
    since: str
    hours: str
    saturday: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DayDecided(Change):
    """Ngày nghỉ hoặc ngày làm bù riêng theo quyết định `source`."""

    label: ClassVar[str] = "Quyết định ngày nghỉ, ngày làm bù"
    on: str
    working: bool
    name: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DayCleared(Change):
    """Bỏ ngày nghỉ, ngày làm bù riêng: the day is again as the province has it."""

    label: ClassVar[str] = "Bỏ ngày nghỉ, ngày làm bù"
    on: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountGiven(Change):
    """Cấp tài khoản cho một người, tên `name`."""

    label: ClassVar[str] = "Cấp tài khoản"
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Appointed(Change):
    """Bố trí, bổ nhiệm vào vị trí `role` từ ngày `since`."""

    label: ClassVar[str] = "Bố trí, bổ nhiệm"
    role: str
    since: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PostEnded(Change):
    """Thôi giữ vị trí `role`: `on` là ngày đầu tiên không còn giữ."""

    label: ClassVar[str] = "Thôi giữ vị trí"
    role: str
    on: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskGiven(Change):
    """Giao Bộ phận Một cửa `unit` cho doanh nghiệp `operator` từ `since` đến trước `until` ("": chưa định)."""

    label: ClassVar[str] = "Giao Bộ phận Một cửa cho doanh nghiệp"
    operator: str
    since: str
    until: str
    document: str
    decided_on: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskTakenBack(Change):
    """Thôi giao Bộ phận Một cửa `unit` cho `operator`: `on` là ngày đầu tiên không còn giao."""

    label: ClassVar[str] = "Thôi giao Bộ phận Một cửa"
    operator: str
    on: str
    document: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PasswordReset(Change):
    """Đặt lại mật khẩu: the old one no longer opens, and a link to choose a new one was given."""

    label: ClassVar[str] = "Đặt lại mật khẩu"


@dataclass(frozen=True, kw_only=True, slots=True)
class PasswordChosen(Change):
    """Tự đổi mật khẩu: nobody else knows it."""

    label: ClassVar[str] = "Tự chọn mật khẩu"


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountDisabled(Change):
    """Ngừng tài khoản: sign-in is refused from now on; what was done stays valid."""

    label: ClassVar[str] = "Ngừng tài khoản"
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountEnabled(Change):
    """Cho dùng lại tài khoản."""

    label: ClassVar[str] = "Cho dùng lại tài khoản"
    reason: str


KINDS: dict[str, type[Change]] = {kind.__name__: kind for kind in Change.__subclasses__()}
