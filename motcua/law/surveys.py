"""Sociological surveys: question sets, who may still answer, and what the answers are worth (điều tra xã hội học).

A set is data: forms for several kinds of respondents, each with questions whose options weigh so many per cent and
which feed a criterion of the index of reform. `QuestionSet.of` refuses a set that cannot be counted, or whose own
worked examples do not come out.

Facts of one survey: stream `dieu-tra/<number>`. None of them names a respondent, and no answer is a fact: the journal
knows the moment of everything, and a moment could tell who answered what (docs/adr/0016).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any, ClassVar

from . import facts as law_facts
from . import packs, par
from .facts import Fact
from .par_round import SOURCE as SOURCE

STREAM = "dieu-tra"
FEWEST_OPTIONS = 2
_CODE = re.compile(r"[\w.-]+")  # it stands in addresses
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}([.,/][0-9]{1,9})?")
Votes = Mapping[str, int]
Tally = Mapping[str, Votes]  # votes by option, by question


class BadQuestions(ValueError):
    """A question set that cannot be used: `where` names the form and question, the text what to mend."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where


class BadAnswers(ValueError):
    """Answers that cannot be kept: `problems` by the code of the question, each with its remedy."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"Câu {code}: {problem}" for code, problem in problems.items()))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Option:
    """A way to answer (phương án trả lời); `weight` in per cent, None for one that is not counted (không rõ)."""

    key: str
    label: str
    weight: Fraction | None


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the criterion it feeds, its options (câu hỏi)."""

    code: str
    text: str
    criterion: str
    options: tuple[Option, ...]

    def counted(self, votes: Votes) -> tuple[Fraction, int]:
        """The sum of the weights of the votes that count, and how many those are."""
        counting = [(o.weight, votes.get(o.key, 0)) for o in self.options if o.weight is not None]
        return sum((weight * n for weight, n in counting), Fraction(0)), sum(n for _, n in counting)

    def mean(self, votes: Votes) -> Fraction | None:
        """The mean weight in per cent; None while nothing counts."""
        earned, n = self.counted(votes)
        return earned / n if n else None


@dataclass(frozen=True, slots=True)
class Form:
    """The form of one kind of respondents (mẫu phiếu); `weight` against the other forms of the set."""

    code: str
    name: str
    asked: str
    weight: Fraction
    questions: tuple[Question, ...]

    def question(self, code: str) -> Question | None:
        return next((each for each in self.questions if each.code == code), None)

    def clean(self, said: Mapping[str, str]) -> dict[str, str]:
        """The option chosen for each question. Raises BadAnswers for one left out or not offered."""
        problems = {}
        for question in self.questions:
            chosen = said.get(question.code, "")
            if chosen not in {option.key for option in question.options}:
                problems[question.code] = "hãy chọn một phương án"
        if problems:
            raise BadAnswers(problems)
        return {question.code: said[question.code] for question in self.questions}

    def mean(self, tally: Tally, criterion: str) -> Fraction | None:
        """What the answers to this form are worth for a criterion, in per cent: all its questions together."""
        counts = [q.counted(tally.get(q.code, {})) for q in self.questions if q.criterion == criterion]
        n = sum(counted for _, counted in counts)
        return sum((earned for earned, _ in counts), Fraction(0)) / n if n else None


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """The forms of a survey, from one decision (bộ câu hỏi)."""

    forms: tuple[Form, ...]

    @classmethod
    def of(cls, entries: Sequence[Mapping[str, Any]], *, weights: Mapping[str, Any]) -> QuestionSet:
        """A set from its data; `weights` hold for options that name none. Raises BadQuestions."""
        forms = tuple(_form(entry, weights) for entry in entries)
        codes = [form.code for form in forms]
        if not codes:
            raise BadQuestions("Bộ câu hỏi", "chưa có mẫu phiếu nào")
        if len(set(codes)) < len(codes):
            raise BadQuestions("Bộ câu hỏi", "hai mẫu phiếu trùng mã")
        return cls(forms)

    @property
    def criteria(self) -> tuple[str, ...]:
        """The criteria the set feeds, in the order of its questions."""
        return tuple(dict.fromkeys(q.criterion for form in self.forms for q in form.questions if q.criterion))

    def form(self, code: str) -> Form | None:
        return next((form for form in self.forms if form.code == code), None)

    def feeding(self, criterion: str) -> tuple[Form, ...]:
        return tuple(f for f in self.forms if any(q.criterion == criterion for q in f.questions))

    def mean(self, tallies: Mapping[str, Tally], criterion: str) -> Fraction | None:
        """What a unit's answers are worth for a criterion, in per cent: the forms by their weights.

        `tallies` holds the forms that were asked about the unit. None while one of them counts nothing.
        """
        forms = [form for form in self.feeding(criterion) if form.code in tallies]
        means = [(form.weight, form.mean(tallies[form.code], criterion)) for form in forms]
        if not means or any(mean is None for _, mean in means):
            return None
        whole = sum((weight for weight, _ in means), Fraction(0))
        return sum((weight * mean for weight, mean in means if mean is not None), Fraction(0)) / whole

    def votes(self, tallies: Mapping[str, Tally], criterion: str) -> dict[str, int]:
        """The votes behind that, of all forms and questions together, by option."""
        found: dict[str, int] = {}
        for form in self.feeding(criterion):
            for question in form.questions:
                if question.criterion == criterion:
                    for key, n in tallies.get(form.code, {}).get(question.code, {}).items():
                        found[key] = found.get(key, 0) + n
        return found


class Standing(StrEnum):
    """Whether somebody asked may still answer (tình trạng của người được hỏi)."""

    OPEN = "mo"
    EARLY = "chua-mo"
    LATE = "het-han"
    ANSWERED = "da-tra-loi"
    WITHDRAWN = "da-rut"
    PAPER = "phieu-giay"


def standing(
    *, answered: bool, withdrawn: bool, paper: bool, opens: date, closes: date, on: date
) -> Standing:
    """Whether a respondent may answer on a day: within the term, once, and not beside a form on paper."""
    if answered:
        return Standing.ANSWERED
    if withdrawn:
        return Standing.WITHDRAWN
    if paper:
        return Standing.PAPER
    if on < opens:
        return Standing.EARLY
    return Standing.LATE if on > closes else Standing.OPEN


def default_weights(on: date) -> Mapping[str, Any]:
    """The weights of options by their letter where a set names none, per cent. Raises NotInForce."""
    found: Mapping[str, Any] = packs.on(par.SUBJECT, on)["survey_weights"]
    return found


def least(on: date) -> tuple[int, int]:
    """The fewest answers offered for a form of a unit, and the fewest that may ever be asked for."""
    found = packs.on(par.SUBJECT, on)["survey_least"]
    return found["offered"], found["floor"]


def tally(form: Form, answers: Sequence[Mapping[str, str]]) -> dict[str, dict[str, int]]:
    """Answers counted by question and option, options nobody chose at 0."""
    found = {q.code: {option.key: 0 for option in q.options} for q in form.questions}
    for answer in answers:
        for code, key in answer.items():
            found[code][key] += 1
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyFact(Fact):
    """Something that was done in a survey."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyOpened(SurveyFact):
    """Mở cuộc điều tra theo bộ câu hỏi `decision` cho đợt `round`; `least` số phiếu tối thiểu mỗi đơn vị, mẫu phiếu."""

    label: ClassVar[str] = "Mở cuộc điều tra"
    name: str
    decision: str
    round: str
    units: tuple[str, ...]
    opens: str
    closes: str
    least: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class RespondentsListed(SurveyFact):
    """Nhập danh sách người được hỏi: bao nhiêu người, theo mẫu phiếu; không ghi tên ai."""

    label: ClassVar[str] = "Nhập danh sách người được hỏi"
    counts: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class LinksGiven(SurveyFact):
    """Gửi liên kết trả lời cho `count` người: `way` là thư mời, thư nhắc, hay tờ in."""

    label: ClassVar[str] = "Gửi liên kết trả lời"
    way: str
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RespondentsWithdrawn(SurveyFact):
    """Rút `count` người khỏi danh sách, có lý do; liên kết của họ hết dùng được."""

    label: ClassVar[str] = "Rút người được hỏi"
    count: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PapersHanded(SurveyFact):
    """Phát phiếu giấy cho `count` người; liên kết của họ hết dùng được."""

    label: ClassVar[str] = "Phát phiếu giấy"
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperEntered(SurveyFact):
    """Nhập một phiếu giấy về đơn vị `unit` theo mẫu `form`; không ghi nội dung."""

    label: ClassVar[str] = "Nhập phiếu giấy"
    unit: str
    form: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TermExtended(SurveyFact):
    """Gia hạn nhận phiếu đến hết ngày `closes`, có lý do."""

    label: ClassVar[str] = "Gia hạn nhận phiếu"
    closes: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitCounted(SurveyFact):
    """Kiểm phiếu về một đơn vị: theo mẫu phiếu, số người được hỏi, số phiếu, và phiếu theo câu và phương án.

    A form short of the minimum has its number of answers alone. `means` per cent by criterion, exact.
    """

    label: ClassVar[str] = "Kiểm phiếu một đơn vị"
    unit: str
    forms: Mapping[str, Mapping[str, Any]]
    means: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyWithdrawn(SurveyFact):
    """Rút cuộc điều tra mở nhầm, có lý do: không kiểm phiếu, không có kết quả, không cản cuộc điều tra khác."""

    label: ClassVar[str] = "Rút cuộc điều tra"
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyClosed(SurveyFact):
    """Khóa cuộc điều tra: từ đây không nhận, không sửa phiếu nào; `short` số cặp đơn vị, mẫu phiếu chưa đủ phiếu."""

    label: ClassVar[str] = "Khóa cuộc điều tra"
    answers: int
    short: int


KINDS: dict[str, type[Fact]] = {cls.__name__: cls for cls in SurveyFact.__subclasses__()}
law_facts.enlist(KINDS)


def _form(entry: Mapping[str, Any], weights: Mapping[str, Any]) -> Form:
    code = str(entry.get("code", ""))
    where = f"Mẫu phiếu {code or '(không mã)'}"
    weight = _number(entry.get("weight", 1), where)
    if not code or weight <= 0:
        raise BadQuestions(where, "phải có mã và hệ số lớn hơn 0")
    if not _CODE.fullmatch(code):
        raise BadQuestions(where, "mã chỉ gồm chữ, số, dấu chấm, gạch nối, gạch dưới")
    questions = tuple(_question(each, where, weights) for each in entry.get("questions", ()))
    if not questions:
        raise BadQuestions(where, "chưa có câu hỏi nào")
    if len({q.code for q in questions}) < len(questions):
        raise BadQuestions(where, "hai câu hỏi trùng mã")
    return Form(code, str(entry.get("name") or code), str(entry.get("asked", "")), weight, questions)


def _question(entry: Mapping[str, Any], form: str, weights: Mapping[str, Any]) -> Question:
    code = str(entry.get("code", ""))
    where = f"{form}, câu {code or '(không mã)'}"
    options = tuple(_options(entry.get("options", ()), where, weights))
    if not code or not str(entry.get("text", "")).strip():
        raise BadQuestions(where, "phải có mã và nội dung")
    if len({option.key for option in options}) < max(FEWEST_OPTIONS, len(options)):
        raise BadQuestions(where, "phải có ít nhất hai phương án, mỗi phương án một ký hiệu")
    if all(option.weight is None for option in options):
        raise BadQuestions(where, "không phương án nào có trọng số")
    made = Question(code, str(entry["text"]).strip(), str(entry.get("criterion", "")), options)
    for example in entry.get("examples", ()):
        _example(made, example, where)
    return made


def _options(
    entries: Sequence[Mapping[str, Any]], where: str, weights: Mapping[str, Any]
) -> Iterator[Option]:
    for entry in entries:
        key = str(entry.get("key", ""))
        given = entry["weight"] if "weight" in entry else weights.get(key)
        weight = None if given is None else _number(given, where)
        if weight is not None and not 0 <= weight <= 100:
            raise BadQuestions(where, f"trọng số phương án {key} phải từ 0 đến 100")
        yield Option(key, str(entry.get("label") or key), weight)


def _example(question: Question, example: Mapping[str, Any], where: str) -> None:
    """One worked example: these votes are worth so many per cent, to four decimals."""
    votes = MappingProxyType({str(key): int(n) for key, n in example["votes"].items()})
    if strange := set(votes) - {option.key for option in question.options}:
        raise BadQuestions(where, f"ví dụ nêu phương án không có: {', '.join(sorted(strange))}")
    came, wanted = question.mean(votes), _number(example["percent"], where)
    if came is None or abs(came - wanted) * 2 * 10**par.INSIDE >= 1:
        told = "không tính được" if came is None else f"ra {par.plain(came)} %"
        raise BadQuestions(where, f"ví dụ của chính bộ câu hỏi ghi {par.plain(wanted)} % nhưng {told}")


def _number(value: Any, where: str) -> Fraction:
    bare = str(value).strip()
    try:
        return Fraction(bare.replace(",", ".") if _NUMBER.fullmatch(bare) else "")
    except (ValueError, ZeroDivisionError):
        raise BadQuestions(where, f"“{value}” không phải số") from None
