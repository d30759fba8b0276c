"""What happens to a dossier between its acceptance and its result: steps, extensions, duties, delays."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from motcua.dossiers.models import Dossier
from motcua.law import process
from motcua.law.calendar import day
from motcua.law.facts import Extended, FinancialDutyMet, FinancialDutyRequested, SupplementRequested
from motcua.law.process import Marking, Node, Process
from motcua.people.models import Officer, Role, Unit

from .besides import Opinions, correction

if TYPE_CHECKING:
    from .story import Deed, Story

DAY = 480  # working minutes
NOT_ELIGIBLE = "Không đủ điều kiện giải quyết theo quy định."
LATE_REASON = "Việc xác minh cần thêm thời gian do phải lấy ý kiến cơ quan liên quan."


class Handling:
    """The part of a story after acceptance: the steps of the process, and what comes between them."""

    def __init__(self, story: Story, dossier: Dossier) -> None:
        self.story, self.dossier = story, dossier
        self.rng = story.rng
        self.process: Process = story.world.process(dossier.process)
        self.marking: Marking = process.begin(self.process)
        self.given: dict[str, Officer] = {}
        self.visits: dict[str, int] = {}
        self.end = story.at
        for step in self.marking.steps:
            if self.process.nodes[step].role == Role.RECEPTION:
                self.marking = process.complete(self.process, self.marking, step)
        self.fate_after, self.lies_after = self.rng.randint(1, 3), self.rng.randint(0, 3)
        self.returns = story.happens("sent_back")
        self.proposed = ""
        self.opinions = Opinions(story)
        self.order: list[str] = []

    def tell(self) -> Generator[Deed, Dossier, None]:
        story = self.story
        if story.on_paper:
            yield from self.papers()
        self.aim()
        if self.may_ask() and story.happens("supplement_at_appraisal"):
            asked = story.minutes(40, DAY + DAY // 2)
            answered = yield from story.supplement(asked, by=story.officer(Role.HANDLER))
            if not answered:
                reason = "Quá thời hạn bổ sung mà hồ sơ vẫn chưa đầy đủ."
                yield story.deed("stop", story.at, by=story.receptionist, reason=reason)
                return
            self.aim()
        if story.pace == "late" and story.happens("extended"):
            yield from self.extension()
        duty = self.owes_duty()
        if self.left() >= 3 * DAY and story.happens("consulted"):
            yield from self.opinions.ask()
        while waiting := self.waiting():
            if story.fate and sum(self.visits.values()) >= self.fate_after:
                yield self.fated()
                return
            if duty and self.visits:
                duty = False
                yield from self.duty()
            yield from self.step(self.rng.choice(waiting))
            yield from self.opinions.answer()
        yield from self.result()

    # Where it is heading.

    def aim(self) -> None:
        """Choose when this dossier will be done, by its pace and what is left of its term."""
        story = self.story
        due = story.reading().due
        if due is None:
            self.end = story.minutes(120, 5 * DAY)
            return
        whole = max(1, story.calendar.working_minutes(story.at, due))
        self.end = story.calendar.add_working_minutes(story.at, self.length(whole))

    def length(self, whole: int) -> int:
        """Working minutes this dossier will take of the `whole` it may."""
        rng = self.rng
        if self.story.pace == "late":
            return whole + rng.randint(30, 90) + int(rng.expovariate(1 / (2 * DAY)))
        if self.story.pace == "early":
            return max(1, int(whole * rng.uniform(0.3, 0.9)))
        return max(1, whole - rng.randint(0, min(DAY // 2, whole // 2)))

    def waiting(self) -> list[Node]:
        """The steps somebody must do before the result goes back to the desk."""
        nodes = [self.process.nodes[step] for step in self.marking.steps]
        return [node for node in nodes if node.role != Role.RECEPTION or not self.hands_out(node)]

    def hands_out(self, node: Node) -> bool:
        after = process.complete(self.process, self.marking, node.id, self.outcome(node, peek=True))
        return after.ended

    def moment(self, node: Node) -> datetime:
        """When a step is done: its share of the time left until the end aimed at, unless it is left lying."""
        if self.story.pace == "lying" and sum(self.visits.values()) >= self.lies_after:
            return self.neglected()
        left = [n for n in self.process.steps if n.id not in self.marking.done and n.role != Role.RECEPTION]
        mine, rest = _hours(node), sum(_hours(n) for n in left if n.id != node.id)
        minutes = self.story.calendar.working_minutes(self.story.at, self.end)
        part = minutes * mine / (mine + rest + 1) * self.rng.uniform(0.7, 1.1)
        return self.story.calendar.add_working_minutes(self.story.at, max(1, int(part)))

    def neglected(self) -> datetime:
        """When somebody at last takes up a step that was left lying past the due day."""
        story, due = self.story, self.story.reading().due
        story.pace = "late"
        if due is None:
            return story.minutes(DAY, 5 * DAY)
        wait = DAY + int(self.rng.expovariate(1 / (120 * DAY)))
        taken_up = story.calendar.add_working_minutes(max(due, story.at), wait)
        self.end = story.calendar.add_working_minutes(taken_up, self.rng.randint(60, DAY))
        return taken_up

    # What is done.

    def step(self, node: Node) -> Generator[Deed, Dossier, None]:
        story = self.story
        unit = self.unit_of(node)
        by = self.given.get(node.id) or story.officer(node.role, unit)
        if node.role == Role.HANDLER and node.id not in self.given:
            self.given[node.id] = by
            chief = story.officer(Role.ASSIGNER)
            yield story.deed("assign", story.minutes(1, 12), step=node.id, to=by, by=chief)
            by = yield from self.passed_on(node, by, unit)
        done = self.moment(node)
        if node.role == Role.SIGNER and self.returns and (to := self.handled_before(node)):
            self.returns = False
            reason = "Dự thảo còn sai sót, đề nghị kiểm tra và trình lại."
            if node.unit:
                yield story.deed("send_back", done, step=node.id, to=to, reason=reason, by=by)
            else:
                yield self.proposal()
                yield story.deed("return_proposal", done, reason=reason, by=by)
            self.proposed = ""
            self.marking = process.send_back(self.process, self.marking, node.id, to)
            self.given = {step: who for step, who in self.given.items() if step not in self.marking.steps}
            return
        outcome = self.outcome(node)
        if node.role == Role.SIGNER and not node.unit and not self.proposed:
            yield self.proposal()
            yield story.deed("sign_result", done, step=node.id, by=by, outcome=outcome)
        else:
            yield story.deed("complete_step", done, step=node.id, by=by, outcome=outcome)
            if node.role == Role.HANDLER and story.happens("recalled"):
                reason = "Đính kèm nhầm biên bản."
                yield story.deed("recall_step", story.minutes(1, 4), step=node.id, by=by, reason=reason)
                yield story.deed("complete_step", story.minutes(5, 30), step=node.id, by=by, outcome=outcome)
        self.order.append(node.id)
        self.visits[node.id] = self.visits.get(node.id, 0) + 1
        self.given.pop(node.id, None)
        self.marking = process.complete(self.process, self.marking, node.id, outcome)

    def passed_on(self, node: Node, by: Officer, unit: Unit) -> Generator[Deed, Dossier, Officer]:
        """Who does the step in the end: now and then a colleague signs for it, or gives it back."""
        story = self.story
        others = [o for o in story.world.staff.get((unit.pk, Role.HANDLER), []) if o.pk != by.pk]
        if not others or not story.happens("handed_over"):
            return by
        colleague, told = self.rng.choice(others), {"step": node.id}
        yield story.deed("hand_over", story.minutes(1, 60), **told, to=colleague, by=by)
        if story.happens("handover_declined"):
            reason = "Đang xử lý nhiều hồ sơ đến hạn."
            yield story.deed("decline_handover", story.minutes(1, 60), **told, by=colleague, reason=reason)
            return by
        yield story.deed("accept_handover", story.minutes(1, 60), **told, by=colleague)
        return colleague

    def outcome(self, node: Node, *, peek: bool = False) -> str:
        """The way on after a step: mostly the default or first, and never the same way round twice."""
        ways = sorted(self.process.routes[node.id], key=bool)
        if len(ways) == 1 or peek:
            return ways[0]
        visits = self.visits.get(node.id, 0)
        return ways[visits % len(ways)] if visits else self.rng.choices(ways, [4] + [1] * (len(ways) - 1))[0]

    def handled_before(self, node: Node) -> str:
        """The last handler's step that `node` may return the dossier to, "" when there is none."""
        for action in process.allowed(self.process, self.marking):
            if action.step == node.id:
                back = [s for s in action.back_to if self.process.nodes[s].role == Role.HANDLER]
                return next((step for step in reversed(self.order) if step in back), "")
        return ""

    def unit_of(self, node: Node) -> Unit:
        if node.unit:
            return self.story.world.by_code[node.unit]
        plan = self.story.plan
        return plan.receiving if node.role == Role.RECEPTION else plan.deciding

    def extension(self) -> Generator[Deed, Dossier, None]:
        """Say sorry and promise a new day, at latest one day before the due day, and keep it then."""
        story, due = self.story, self.story.reading().due
        if due is None or story.limit is None or story.calendar.working_minutes(story.at, due) < 3 * DAY:
            return
        minutes = story.calendar.working_minutes(story.at, due) - self.rng.randint(DAY + 30, 2 * DAY)
        asked = story.calendar.add_working_minutes(story.at, minutes)
        new = story.calendar.close(story.calendar.add_working_days(day(due), self.rng.randint(2, 6)))
        by = story.officer(Role.SIGNER)
        yield story.deed("extend", asked, due=new, reason=LATE_REASON, by=by)
        story.facts.append(Extended(at=story.at, due=new.isoformat(), reason=LATE_REASON))
        story.pace = "on_time"
        self.aim()

    def may_ask(self) -> bool:
        story = self.story
        asked_before = any(isinstance(fact, SupplementRequested) for fact in story.facts)
        return not asked_before and story.supplement_fits() and self.left() >= 3 * DAY

    def left(self) -> int:
        due = self.story.reading().due
        return self.story.calendar.working_minutes(self.story.at, due) if due else 0

    def owes_duty(self) -> bool:
        story = self.story
        if self.left() < 3 * DAY:
            return False
        land = "đất đai" in story.plan.offering.version.field.casefold()
        return story.happens("duty_on_land" if land else "duty_elsewhere")

    def duty(self) -> Generator[Deed, Dossier, None]:
        """A tax or fee found while handling: the citizen pays it, then handling goes on."""
        story, by = self.story, self.story.officer(Role.HANDLER)
        amount = self.rng.randrange(20, 900) * 10_000
        wrong = story.happens("duty_corrected")
        yield story.deed("request_duty", story.minutes(20, 200), amount=amount * (10 if wrong else 1), by=by)
        story.facts.append(FinancialDutyRequested(at=story.at, amount=amount))
        story.owed += amount
        if wrong:
            reason = "Ghi thừa một số 0."
            yield story.deed("correct_duty", story.minutes(2, 30), amount=amount, reason=reason, by=by)
        yield story.payment(story.at + timedelta(hours=self.rng.randint(20, 400)))
        story.at = max(story.at, story.office(story.at))
        yield story.deed("meet_duty", story.minutes(10, 240), by=by)
        story.facts.append(FinancialDutyMet(at=story.at))
        self.aim()

    def fated(self) -> Deed:
        story = self.story
        if story.fate == "withdrawn":
            reason = "Người nộp không còn nhu cầu."
            return story.deed("withdraw", story.minutes(30, DAY), by=None, reason=reason)
        by = story.officer(Role.SIGNER)
        return story.deed("stop", story.minutes(30, DAY), by=by, reason=NOT_ELIGIBLE)

    def papers(self) -> Generator[Deed, Dossier, None]:
        """What came on paper alone is carried to the agency, and signed for there."""
        story = self.story
        longest = 2 * DAY if story.happens("papers_late") else 40
        yield story.deed("give_papers", story.minutes(2, longest), by=story.receptionist)
        yield story.deed("receive_papers", story.minutes(1, 60), by=story.officer(Role.CLERK))

    def proposal(self) -> Deed:
        """The draft of the result, laid before the signer by who handled the dossier."""
        story = self.story
        self.proposed = "refused" if story.happens("result_refused") else "granted"
        refused = self.proposed == "refused"
        summary = "Thông báo không giải quyết." if refused else "Cấp kết quả theo đề nghị của người nộp."
        words = {"result": self.proposed, "summary": summary, "reason": NOT_ELIGIBLE if refused else ""}
        recipients = self.dossier.applicant
        by = story.officer(Role.HANDLER)
        return story.deed("propose_result", story.at, **words, recipients=recipients, by=by)

    def result(self) -> Generator[Deed, Dossier, None]:
        story, plan = self.story, self.story.plan
        result = self.proposed or ("refused" if story.happens("result_refused") else "granted")
        electronic = self.document_number() if story.electronic else ""
        number, by = f"{plan.turn + 1}/KQ-{plan.deciding.agency_code}", story.officer(Role.CLERK)
        reason = NOT_ELIGIBLE if result == "refused" else ""
        words = {"result": result, "number": number, "electronic": electronic, "reason": reason, "by": by}
        words["unheard"] = yield from self.opinions.give_up()
        yield story.deed("finish", self.end, **words)
        means = self.means(electronic)
        at = self.handed_out(means)
        if story.owed:
            yield story.payment(at - timedelta(minutes=3))
        yield story.deed("return_result", max(at, story.at), by=story.postman, means=means)
        if story.happens("result_wrong"):
            yield from correction(story, number, electronic, means, signed=bool(self.proposed))
        if story.happens("rated"):
            yield self.rating()

    def means(self, electronic: str) -> str:
        """How the result is handed out: an electronic one online, unless the citizen wants the paper too."""
        channel = self.story.plan.channel
        if channel == "online" and electronic and not self.story.happens("collects_paper"):
            return "online"
        return "post" if channel == "post" else "counter"

    def handed_out(self, means: str) -> datetime:
        story = self.story
        if means == "online":
            return story.office(story.at + timedelta(minutes=self.rng.randint(5, 90)))
        return story.citizen_returns(0, int(self.rng.expovariate(1 / 3)))

    def rating(self) -> Deed:
        story = self.story
        satisfied = not story.happens("dissatisfied")
        reason = "" if satisfied else "Phải đi lại nhiều lần để hoàn thiện hồ sơ."
        at = story.at + timedelta(minutes=self.rng.randint(3, 2000))
        return story.deed("rate", at, satisfied=satisfied, reason=reason)

    def document_number(self) -> str:
        """Mã số giấy tờ: who it is for and the kind of document (NĐ 118/2025 Đ.22)."""
        results = self.story.plan.offering.version.results.all()
        kind = next((r.code for r in results if r.code), self.story.plan.offering.version.procedure.code)
        return f"{self.dossier.identity}-{kind}"


def _hours(node: Node) -> float:
    return float(node.hours) if node.hours is not None else 2.0
