"""Who may do what, where (thẩm quyền). Powers follow dated posts; nobody has power without a post.

No role, the administrator's included, may reset a clock, delete a fact or move a date: there is no such act.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from motcua.law.facts import Refused

from .models import DeskService, Officer, Post, Role, Unit, UnitKind

POWERS: dict[str, frozenset[str]] = {
    Role.RECEPTION: frozenset(
        {"receive", "refuse_reception", "request_supplement", "receive_supplement", "close", "take_fee"}
        | {"withdraw", "return_result", "request_correction", "rate", "tell", "desk_papers"}
        | {"return_at_once"}
    ),
    Role.ASSIGNER: frozenset({"assign", "reply", "agency_papers", "do_task", "assign_task"}),
    Role.HANDLER: frozenset(
        {"propose_supplement", "request_duty", "meet_duty", "consult", "reply", "propose", "agency_papers"}
        | {"drafts", "draft", "do_task"}
    ),
    Role.SIGNER: frozenset(
        {"assign", "finish", "extend", "stop", "correct", "reply", "propose", "sign"}
        | {"do_task", "assign_task", "answer_task"}
    ),
    Role.CLERK: frozenset({"finish", "correct", "agency_papers", "do_task"}),
    Role.CONTROLLER: frozenset(
        {"catalogue", "texts", "settle_any", "drafts", "control_draft", "report"}
        | {"give_task_any", "do_task", "publish_index", "par", "reconcile", "by_officer_any"}
        | {"postal_sheets", "postal"}
    ),
    Role.APPRAISER: frozenset({"drafts", "appraise_draft"}),
    Role.HEAD: frozenset(
        {"staff", "assign", "extend", "stop", "tell", "reply", "settle", "report"}
        | {"drafts", "draft", "promulgate"}
        | {"give_task", "do_task", "assign_task", "answer_task", "sign_index", "by_officer"}
        | {"postal_sheets", "accept_postal"}
    ),
    Role.ADMIN: frozenset({"people", "staff"}),
    Role.POSTAL: frozenset({"receive", "receive_supplement", "return_result"}),
}

# Every power as pages name it.
WORDS = {
    "receive": "Tiếp nhận hồ sơ",
    "refuse_reception": "Từ chối tiếp nhận hồ sơ",
    "request_supplement": "Yêu cầu bổ sung hồ sơ",
    "receive_supplement": "Nhận hồ sơ bổ sung",
    "close": "Đóng hồ sơ quá hạn bổ sung",
    "take_fee": "Thu phí, lệ phí",
    "withdraw": "Ghi nhận người nộp rút hồ sơ",
    "return_result": "Trả kết quả",
    "request_correction": "Ghi nhận đề nghị sửa kết quả",
    "correct": "Sửa kết quả sai",
    "rate": "Ghi nhận đánh giá của người dân",
    "tell": "Gửi, xem thông báo cho người nộp",
    "texts": "Sửa mẫu thông báo",
    "desk_papers": "Bàn giao hồ sơ giấy từ bàn tiếp nhận",
    "agency_papers": "Nhận, gửi trả hồ sơ giấy ở cơ quan giải quyết",
    "return_at_once": "Giải quyết, trả kết quả ngay tại quầy",
    "assign": "Phân công người xử lý",
    "propose_supplement": "Đề nghị yêu cầu bổ sung",
    "request_duty": "Yêu cầu thực hiện nghĩa vụ tài chính",
    "meet_duty": "Xác nhận đã thực hiện nghĩa vụ tài chính",
    "consult": "Lấy ý kiến cơ quan khác",
    "reply": "Trả lời lấy ý kiến",
    "finish": "Kết thúc xử lý, ban hành kết quả",
    "propose": "Trình dự thảo kết quả",
    "sign": "Ký hoặc trả lại dự thảo kết quả",
    "extend": "Xin lỗi, hẹn lại ngày trả",
    "stop": "Dừng xử lý hồ sơ",
    "catalogue": "Quản lý danh mục thủ tục, quy trình",
    "reconcile": "Đối soát số liệu với Cổng Dịch vụ công quốc gia",
    "report": "Gửi báo cáo, kê khai số liệu của đơn vị",
    "people": "Lập, giải thể đơn vị; giao mọi vị trí",
    "settle": "Xem xét giải trình của đơn vị",
    "settle_any": "Xem xét giải trình của mọi đơn vị",
    "give_task": "Giao, xác nhận nhiệm vụ của đơn vị",
    "give_task_any": "Giao, theo dõi, xác nhận nhiệm vụ của tỉnh",
    "par": "Chấm điểm, xếp hạng cải cách hành chính",
    "do_task": "Thực hiện, báo cáo nhiệm vụ được giao",
    "assign_task": "Phân công nhiệm vụ trong đơn vị",
    "answer_task": "Xin gia hạn, đề nghị chuyển nhiệm vụ",
    "publish_index": "Lập dự thảo, công bố chỉ số",
    "sign_index": "Ký duyệt công bố chỉ số",
    "by_officer": "Xem số liệu theo từng cán bộ của đơn vị và cấp dưới",
    "by_officer_any": "Xem số liệu theo từng cán bộ của mọi đơn vị",
    "staff": "Bố trí cán bộ, giờ làm việc, ngày nghỉ, tài khoản",
    "drafts": "Xem dự thảo văn bản có thủ tục",
    "draft": "Soạn dự thảo văn bản có thủ tục",
    "control_draft": "Cho ý kiến kiểm soát thủ tục trong dự thảo",
    "appraise_draft": "Thẩm định dự thảo văn bản có thủ tục",
    "promulgate": "Ban hành văn bản có thủ tục",
    "postal_sheets": "Xem định mức, nghiệm thu dịch vụ bưu chính",
    "postal": "Ghi định mức, lập biên bản nghiệm thu dịch vụ bưu chính",
    "accept_postal": "Nghiệm thu dịch vụ bưu chính",
}

# The desk's powers are held where the dossier was handed in, all others where it is decided (Đ.5.1.e).
DESK = POWERS[Role.RECEPTION]
# What the applicant may have done at any desk of the province, wherever the dossier was handed in (Đ.14.2, 20).
ANYWHERE = frozenset({"receive_supplement", "take_fee", "return_result"})
# What an administrator holds for all below the unit, however far: units and accounts; hours, days and posts.
KEEPING = frozenset({"people", "staff"})
# What a head holds for all below the unit, however far.
WATCHING = frozenset({"by_officer"})
# The roles a head may give and take in the unit. The others reach beyond it, or watch over the head.
GIVEN_BY_HEAD = frozenset({Role.RECEPTION, Role.ASSIGNER, Role.HANDLER, Role.SIGNER, Role.CLERK})
# What binds the whole province is not for the officers of a commune or a district.
PROVINCIAL = frozenset(
    {
        "reconcile",
        "by_officer_any",
        "catalogue",
        "texts",
        "settle_any",
        "publish_index",
        "drafts",
        "control_draft",
        "appraise_draft",
        "give_task_any",
        "par",
        "postal_sheets",
        "postal",
    }
)
SOURCE = "NĐ 118/2025/NĐ-CP Đ.10, 11, 19"


def held(officer: Officer, day: date) -> list[Post]:
    """The posts as they were given, that hold on a day."""
    return [post for post in officer.all_posts if _lasts(post, day)]


def posts(officer: Officer, day: date) -> list[Post]:
    """The posts the officer holds on that day; one at a postal operator is held at each desk given to it that day."""
    found: list[Post] = []
    for post in held(officer, day):
        found += _at_desks(officer, post, day) if post.role == Role.POSTAL else [post]
    return found


def _lasts(dated: Post | DeskService, day: date) -> bool:
    return dated.valid_from <= day and (dated.valid_to is None or day < dated.valid_to)


def _at_desks(officer: Officer, post: Post, day: date) -> list[Post]:
    """A post at an operator as it counts: none at the operator itself, one at each desk it serves."""
    return [
        Post(officer=officer, unit=each.desk, role=post.role, valid_from=post.valid_from)
        for each in officer.all_services
        if each.operator_id == post.unit_id and _lasts(each, day)
    ]


def served(officer: Officer, day: date) -> list[int]:
    """The desks at which an officer of a postal operator works on a day, by id; none of anybody else."""
    return [post.unit_id for post in posts(officer, day) if post.role == Role.POSTAL]


def of_operator(officer: Officer, day: date) -> bool:
    """Whether somebody works for a postal operator, or did and holds no post now: what is inside is not for them."""
    if not any(post.role == Role.POSTAL for post in officer.all_posts):
        return False
    return all(post.role == Role.POSTAL for post in held(officer, day))


def may(officer: Officer, act: str, unit: Unit | None, day: date) -> bool:
    """Whether the officer may do `act` in `unit` on `day`, or for None in any unit at all.

    A post counts for its unit, its divisions and its centres; an administrator's for everything below.
    """
    return any(act in POWERS[post.role] and _reaches(post, act, unit) for post in posts(officer, day))


def require(officer: Officer, act: str, unit: Unit | None, day: date) -> None:
    """Raise Refused unless `may`."""
    if not may(officer, act, unit, day):
        where = f" tại {unit.name}" if unit else ""
        raise Refused(f"{officer.full_name} không có thẩm quyền thực hiện việc này{where}", SOURCE)


def fits(role: str, unit: Unit) -> bool:
    """Whether there is such a post in a unit: an operator has its own, and nothing but that (NĐ 118/2025 Đ.11)."""
    return (role == Role.POSTAL) == (unit.kind == UnitKind.OPERATOR)


def may_give(officer: Officer, role: str, unit: Unit, day: date) -> bool:
    """Whether the officer may appoint to a role in a unit, and end a post there."""
    if may(officer, "people", unit, day):
        return True
    return role in GIVEN_BY_HEAD and may(officer, "staff", unit, day)


def given(officer: Officer, unit: Unit, day: date) -> list[str]:
    """The roles an officer may give in a unit."""
    return [role for role in Role.values if fits(role, unit) and may_give(officer, role, unit, day)]


def require_giving(officer: Officer, role: str, unit: Unit, day: date) -> None:
    """Raise Refused unless `may_give`."""
    if not may_give(officer, role, unit, day):
        told = f"{officer.full_name} không có thẩm quyền bố trí vị trí {Role(role).label} tại {unit.name}"
        raise Refused(told, SOURCE)


def may_keep(officer: Officer, other: Officer, day: date) -> bool:
    """Whether the officer may reset and disable the account of another.

    Only whoever could give all the posts the other holds or will hold: an account is worth what it may do.
    """
    lasting = [post for post in other.all_posts if post.valid_to is None or post.valid_to > day]
    if not lasting:
        return may(officer, "people", None, day)
    return all(may_give(officer, post.role, post.unit, day) for post in lasting)


def require_keeping(officer: Officer, other: Officer, day: date) -> None:
    """Raise Refused unless `may_keep`."""
    if not may_keep(officer, other, day):
        raise Refused(f"{officer.full_name} không có thẩm quyền với tài khoản của {other.full_name}", SOURCE)


def may_step(officer: Officer, role: str, unit: Unit, day: date) -> bool:
    """Whether the officer holds `role` in `unit`, or above it; no step of a process is an operator's."""
    return any(post.role == role != Role.POSTAL and _covers(post.unit, unit) for post in posts(officer, day))


def may_see_officers(officer: Officer, unit: Unit, day: date) -> bool:
    """Whether figures by officer of a unit are open to the officer: to its heads, those above it and the controllers.

    Everybody may see what is said of himself; that is for the page to tell.
    """
    return may(officer, "by_officer", unit, day) or may(officer, "by_officer_any", None, day)


def own_desk(receiving: Unit, deciding: Unit) -> bool:
    """Whether a desk is that of the deciding agency itself: in it, or in the province's centre for its departments.

    Anywhere else receives for another agency (tiếp nhận không phụ thuộc địa giới; NĐ 118/2025 Đ.14.2, 20).
    """
    if deciding.pk in {unit.pk for unit in line(receiving)}:
        return True
    centre = receiving.kind == UnitKind.CENTRE and deciding.kind == UnitKind.DEPARTMENT
    return centre and receiving.parent_id == deciding.parent_id


def reaches_any(post: Post, act: str) -> bool:
    """Whether a post gives its power over `act` in any unit at all."""
    return _reaches(post, act, None)


def _reaches(post: Post, act: str, unit: Unit | None) -> bool:
    if act in PROVINCIAL:
        *_, home = within(post.unit)
        return home.kind in (UnitKind.PROVINCE, UnitKind.DEPARTMENT)
    if post.role == Role.POSTAL:
        return unit is None or post.unit_id == unit.pk
    if unit is None or act in ANYWHERE:
        return True
    wide = act in WATCHING or (act in KEEPING and post.role == Role.ADMIN)
    return post.unit_id in {u.pk for u in line(unit)} if wide else _covers(post.unit, unit)


def _covers(above: Unit, unit: Unit) -> bool:
    return above.pk in {u.pk for u in within(unit)}


def within(unit: Unit) -> Iterator[Unit]:
    """A unit and those it is a part of, the agency itself last."""
    for node in line(unit):
        yield node
        # A department does not act for the province it stands under, nor a province for a department's desk.
        if node.kind not in (UnitKind.DIVISION, UnitKind.CENTRE):
            return


def line(unit: Unit) -> Iterator[Unit]:
    """A unit and all above it, itself first."""
    node: Unit | None = unit
    while node is not None:
        yield node
        node = node.parent
