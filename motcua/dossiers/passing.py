"""The forms by which a step, a draft or papers pass from one officer to another (bàn giao, trình ký, giao nhận)."""

from __future__ import annotations

from collections.abc import Callable

from django import forms

from motcua.law.calendar import day
from motcua.law.lifecycle import AGENCY, DESK
from motcua.people.models import Officer, Role
from motcua.ui.templatetags import ui

from . import acts, conditions, folding, queries, telling
from .asking import ActForm
from .asking import choice as _choice
from .asking import reason as _reason
from .asking import said as _said


def _note(label: str = "Ghi chú", help_text: str = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=2000, widget=area)


class Take(ActForm):
    button = "Nhận việc"
    explain = "Từ lúc này bạn là người xử lý bước này."

    def act(self) -> None:
        acts.take(self.dossier, step=self.step, by=self.officer, at=self.at)


class HandOver(ActForm):
    button = "Chuyển"
    explain = "Bạn vẫn là người xử lý cho tới khi người nhận ký nhận."
    to = forms.ModelChoiceField(
        Officer.objects.none(),
        label="Chuyển cho",
        empty_label="Chọn cán bộ",
        error_messages={
            "required": "Hãy chọn cán bộ.",
            "invalid_choice": "Cán bộ này không giữ vai trò của bước.",
        },
    )
    note = _note("Nội dung bàn giao", "Việc đã làm, việc còn lại.")

    def shape(self) -> None:
        if node := self.case.process.nodes.get(self.step):
            found = queries.doers(self.case, node, day(self.at))
            self.fields["to"].queryset = found.exclude(pk=self.officer.pk)

    def act(self) -> None:
        acts.hand_over(self.dossier, step=self.step, by=self.officer, at=self.at, **_said(self, "to", "note"))


class AcceptHandover(ActForm):
    button = "Ký nhận"

    def shape(self) -> None:
        if offer := self.case.offered.get(self.step):
            giver = telling.who(offer.by, queries.people([offer.by]))
            said = f": {offer.note}" if offer.note else ""
            self.explain = f"{giver} chuyển lúc {ui.moment(offer.at)}{said}."

    def act(self) -> None:
        acts.accept_handover(self.dossier, step=self.step, by=self.officer, at=self.at)


class DeclineHandover(ActForm):
    button = "Từ chối nhận"
    explain = "Người chuyển vẫn là người xử lý bước này."
    reason = _reason("Lý do không nhận")

    def act(self) -> None:
        acts.decline_handover(
            self.dossier, step=self.step, by=self.officer, at=self.at, **_said(self, "reason")
        )


class Recall(ActForm):
    button = "Thu hồi"
    explain = "Bước này lại chờ bạn làm. Thời hạn của hồ sơ không thay đổi."
    reason = _note("Lý do")

    def act(self) -> None:
        acts.recall_step(self.dossier, step=self.step, by=self.officer, at=self.at, **_said(self, "reason"))


class Propose(ActForm):
    button = "Trình ký"
    result = _choice("Kết quả đề nghị", list(telling.RESULTS.items()), initial="granted")
    summary = forms.CharField(
        label="Nội dung kết quả",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Hãy ghi nội dung kết quả."},
    )
    reason = _note("Lý do từ chối", "Bắt buộc khi đề nghị từ chối giải quyết.")
    recipients = forms.CharField(
        label="Nơi nhận", help_text="Cách nhau bằng dấu chấm phẩy.", required=False, max_length=500
    )
    done = forms.BooleanField(required=False, initial=True)

    def shape(self) -> None:
        if draft := self.case.standing.draft:
            for name in ("result", "summary", "reason", "recipients"):
                self.fields[name].initial = getattr(draft, name)
        self.own = self._own_step()
        if self.own:
            self.fields["done"].label = f"Hoàn thành luôn bước “{self.case.process.nodes[self.own].name}”"
        else:
            del self.fields["done"]

    def _own_step(self) -> str:
        """The one step of handling that waits for the officer and asks for no outcome, "" when there is none."""
        mine = [
            node.id
            for node in folding.waiting_nodes(self.case)
            if node.role == Role.HANDLER
            and "" in self.case.process.routes[node.id]
            and not conditions.not_theirs(self.case, node, self.officer, self.at)
        ]
        return mine[0] if len(mine) == 1 else ""

    def clean(self) -> None:
        if self.cleaned_data.get("result") == "refused" and not self.cleaned_data.get("reason"):
            self.add_error("reason", "Hãy ghi rõ vì sao từ chối.")

    def act(self) -> None:
        said = _said(self, "result", "summary", "reason", "recipients")
        step = self.own if self.cleaned_data.get("done") else ""
        acts.propose_result(self.dossier, by=self.officer, at=self.at, step=step, **said)


class Sign(ActForm):
    button = "Ký duyệt"
    note = _note("Ý kiến")

    def shape(self) -> None:
        draft, correction = self.case.standing.draft, self.case.standing.correction
        self.explain = telling.draft(draft) if draft else ""
        if correction:
            self.explain = f"Ký bản đính chính thay kết quả có sai sót: {correction.reason}"
        signing = [n.id for n in folding.waiting_nodes(self.case) if conditions.signs(self.case, n)]
        outcomes = tuple(self.case.process.routes[signing[0]]) if signing else ("",)
        if outcomes != ("",):
            choices = [(outcome, outcome or "Theo hướng thông thường") for outcome in outcomes]
            self.fields["outcome"] = _choice("Kết quả của bước", choices, required="" not in outcomes)

    def act(self) -> None:
        outcome = self.cleaned_data.get("outcome", "")
        acts.sign_result(self.dossier, by=self.officer, at=self.at, outcome=outcome, **_said(self, "note"))


class ReturnProposal(ActForm):
    button = "Trả lại dự thảo"
    reason = _reason("Lý do trả lại")

    def act(self) -> None:
        acts.return_proposal(self.dossier, by=self.officer, at=self.at, **_said(self, "reason"))


class GivePapers(ActForm):
    button = "Giao hồ sơ giấy"
    note = _note()

    def shape(self) -> None:
        listed = "; ".join(self.case.carried)
        to = "cơ quan giải quyết" if self.case.standing.papers_at == DESK else "Bộ phận Một cửa"
        due = self.case.papers_due if self.case.standing.papers_at == DESK else None
        by = f" Hạn giao {ui.moment(due)}{', đã quá hạn' if self.at > due else ''}." if due else ""
        self.explain = f"Giao cho {to}: {listed}.{by}"

    def act(self) -> None:
        acts.give_papers(self.dossier, by=self.officer, at=self.at, **_said(self, "note"))


class ReceivePapers(ActForm):
    button = "Ký nhận"
    note = _note("Ghi chú khi nhận", "Ghi rõ nếu thiếu hoặc hỏng giấy tờ nào.")

    def shape(self) -> None:
        if given := self.case.standing.moving:
            giver = telling.who(given.by, queries.people([given.by]))
            side = "Bộ phận Một cửa" if given.to == AGENCY else "Cơ quan giải quyết"
            listed = "; ".join(given.papers)
            self.explain = f"{side} ({giver}) giao lúc {ui.moment(given.at)}: {listed}."

    def act(self) -> None:
        acts.receive_papers(self.dossier, by=self.officer, at=self.at, **_said(self, "note"))


OF: dict[str, Callable[..., ActForm]] = {
    "nhan-viec": Take,
    "chuyen-nguoi": HandOver,
    "ky-nhan": AcceptHandover,
    "tu-choi-nhan": DeclineHandover,
    "thu-hoi": Recall,
    "trinh-ky": Propose,
    "ky-duyet": Sign,
    "tra-du-thao": ReturnProposal,
    "giao-giay": GivePapers,
    "nhan-giay": ReceivePapers,
}
