"""The forms of draft control: what a list is asked, what a draft says, what is assessed, said and decided of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.forms import BoundField

from motcua.law import control, packs
from motcua.law.control import CRITERIA, PARTS, PATH, STAGES
from motcua.law.limits import Unit as TimeUnit
from motcua.people.models import Unit
from motcua.ui.typed import full_year

from ..announcing.models import Change
from ..forms import DAY_FORMS
from ..models import Channel, Level
from ..reading.drafts import CODE
from . import acts, queries
from .models import Assessment, Draft, Drafted, DraftKind, Origin, Position
from .queries import Wanted
from .writing import Paper, Text

YES_NO = [("", "Chưa trả lời"), ("co", "Có"), ("khong", "Không")]
SAID = {"co": True, "khong": False}
WRONG_DAY = "Viết ngày như 22/11/2026."
DEAREST = 10**15


class Later:
    """A field that must be answered in the end and may be left open now: the gate of the draft asks for it."""

    required: bool

    def clean(self, value: Any) -> Any:
        shown, self.required = self.required, False
        try:
            return super().clean(value)  # type: ignore[misc]
        finally:
            self.required = shown


class LaterText(Later, forms.CharField):
    pass


class LaterChoice(Later, forms.ChoiceField):
    pass


class LaterChoices(Later, forms.MultipleChoiceField):
    pass


class LaterNumber(Later, forms.IntegerField):
    pass


class Amount(Later, forms.DecimalField):
    """A number as people here write it: a comma before decimals; points and đ in money are left out."""

    def __init__(self, *, money: bool = False, **told: Any) -> None:
        super().__init__(**told)
        self.money = money

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            plain = "".join(value.split()).removesuffix("đ")
            value = plain.replace(".", "") if self.money else plain.replace(",", ".")
        return super().to_python(value)


def _day(label: str, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        input_formats=DAY_FORMS,
        help_text=hint,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": f"Hãy nhập {label[:1].lower()}{label[1:]}.", "invalid": WRONG_DAY},
        validators=[full_year],
    )


def _text(
    label: str, hint: str = "", *, rows: int = 0, required: bool = True, most: int = 2000, later: bool = False
) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    wrong = {"required": f"Hãy ghi {label[:1].lower()}{label[1:]}."}
    field = LaterText if later else forms.CharField
    return field(
        label=label, help_text=hint, widget=widget, required=required, max_length=most, error_messages=wrong
    )


def _money(label: str, hint: str = "", *, required: bool = True) -> forms.DecimalField:
    return Amount(
        money=True,
        label=label,
        help_text=hint,
        required=required,
        min_value=0,
        max_value=DEAREST,
        decimal_places=0,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": "Ghi số tiền bằng chữ số, như 1200000.",
            "min_value": "Số tiền không được âm.",
        },
    )


class DraftsForm(forms.Form):
    """What is asked of the list of drafts; a field that is wrong narrows nothing."""

    q = forms.CharField(label="Tên, số văn bản", required=False, max_length=200)
    don_vi = forms.ChoiceField(label="Đơn vị soạn thảo", required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        field = self.fields["don_vi"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                ("", "Mọi đơn vị"),
                *((unit.code, unit.name) for unit in queries.drafting_units()),
            ]

    @property
    def narrowed(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())

    def wanted(self, shelf: str, mine: Q) -> Wanted:
        """What is asked, on one shelf of `SHELVES`; `mine` are the drafts that wait for the reader."""
        self.is_valid()
        said = {name: self.cleaned_data.get(name, "").replace("\0", "") for name in self.fields}
        stage = shelf if shelf in STAGES else ""
        waits = mine if shelf == "cho-toi" else Q()
        return Wanted(said["q"].strip(), stage, said["don_vi"], shelf == "tre", shelf == "", waits)


class AboutForm(forms.Form):
    """Thông tin dự thảo."""

    loai = forms.ChoiceField(label="Loại văn bản", choices=DraftKind.choices, initial=DraftKind.DECISION)
    ten = _text("Tên dự thảo", "Tên gọi, trích yếu của văn bản.", rows=2, most=500)
    don_vi = forms.ChoiceField(
        label="Đơn vị chủ trì soạn thảo", error_messages={"required": "Hãy chọn đơn vị."}
    )
    ngay = _day(
        "Ngày của dự thảo", "Ngày này quyết định áp dụng luật nào; khi ban hành, xét lại theo ngày ký."
    )
    can_cu = forms.ChoiceField(
        label="Căn cứ thẩm quyền quy định thủ tục",
        required=False,
        help_text="Chưa có căn cứ thì dự thảo không qua được bước soạn thảo.",
    )
    dieu_khoan = _text(
        "Điều, khoản của văn bản giao quyền",
        "Ví dụ: Điều 12 khoản 3 Nghị định 131/2025/NĐ-CP.",
        required=False,
        most=500,
    )
    xuat_phat = forms.ChoiceField(label="Xuất phát từ", choices=Origin.choices, required=False)
    xuat_phat_gi = _text(
        "Đề xuất hoặc phản ánh",
        "Tóm tắt phương án rà soát, hoặc phản ánh đã nêu.",
        rows=2,
        required=False,
        most=1000,
    )
    xuat_phat_so = _text("Số, ngày văn bản hoặc mã phản ánh", required=False, most=120)

    def __init__(self, data: Any, units: Sequence[Unit], draft: Draft | None = None) -> None:
        super().__init__(data, initial=_about(draft) if draft else None)
        fields: dict[str, Any] = self.fields
        fields["don_vi"].choices = [(unit.code, unit.name) for unit in units]
        fields["can_cu"].choices = [("", "Chưa có căn cứ"), *_grounds()]

    def about(self) -> acts.About:
        told = self.cleaned_data
        return acts.About(
            kind=told["loai"],
            name=told["ten"].strip(),
            day=told["ngay"],
            ground=told["can_cu"],
            clause=told["dieu_khoan"].strip(),
            origin=told["xuat_phat"],
            origin_text=told["xuat_phat_gi"].strip(),
            origin_number=told["xuat_phat_so"].strip(),
        )


def _about(draft: Draft) -> dict[str, Any]:
    return {
        "loai": draft.kind,
        "ten": draft.name,
        "don_vi": draft.unit.code,
        "ngay": draft.day,
        "can_cu": draft.ground,
        "dieu_khoan": draft.clause,
        "xuat_phat": draft.origin,
        "xuat_phat_gi": draft.origin_text,
        "xuat_phat_so": draft.origin_number,
    }


def _grounds() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Every ground by the days it may be named on; one that stands under several is told once, the latest last."""
    history = packs.history(control.SUBJECT, "grounds")
    latest = {each["code"]: n for n, value in enumerate(history) for each in value.value}
    for n, value in reversed(list(enumerate(history))):
        told = [(each["code"], each["label"]) for each in value.value if latest[each["code"]] == n]
        if told:
            until = f" đến trước {history[n + 1].since:%d/%m/%Y}" if n + 1 < len(history) else ""
            yield f"Văn bản từ {value.since:%d/%m/%Y}{until}", told


class AddForm(forms.Form):
    """Đưa thủ tục vào dự thảo."""

    loai = forms.ChoiceField(
        label="Dự thảo làm gì với thủ tục", choices=Change.choices, widget=forms.RadioSelect
    )
    ten = _text("Tên thủ tục mới", "Cho thủ tục mới ban hành, hoặc thủ tục thay thế.", rows=2, required=False)
    ma = forms.RegexField(
        CODE,
        label="Mã thủ tục đang có",
        required=False,
        help_text="Cho thủ tục được sửa đổi, bị thay thế hoặc bãi bỏ. Ví dụ 1.014465",
        error_messages={"invalid": "Mã thủ tục có dạng 1.014465; xem trên trang thủ tục."},
    )

    def __init__(self, data: Any, today: date) -> None:
        super().__init__(data, initial={"loai": Change.NEW})
        self.today = today

    def clean(self) -> dict[str, Any] | None:
        told = self.cleaned_data
        change = told.get("loai")
        if change in (Change.NEW, Change.REPLACED) and not told.get("ten", "").strip():
            self.add_error("ten", "Hãy ghi tên thủ tục.")
        if change and change != Change.NEW and "ma" in told:
            told["before"] = queries.in_force(told["ma"], self.today)
            if told["before"] is None:
                self.add_error("ma", "Danh mục không có thủ tục đang áp dụng mang mã này.")
        return told


class PaperForm(forms.Form):
    """One paper of a dossier (một giấy tờ)."""

    ten = forms.CharField(label="Tên giấy tờ", required=False, max_length=2000)
    chinh = forms.IntegerField(label="Bản chính", required=False, min_value=0, max_value=99)
    chup = forms.IntegerField(label="Bản sao", required=False, min_value=0, max_value=99)
    mau = forms.CharField(label="Mẫu đơn", required=False, max_length=500)
    truong_hop = forms.CharField(label="Trường hợp", required=False, max_length=1000)


PaperRows = forms.formset_factory(PaperForm, extra=4, max_num=120)


class TextForm(forms.Form):
    """Nội dung thủ tục; nothing is required here, the gate of the draft says what is missing."""

    ten = _text("Tên thủ tục", rows=2)
    linh_vuc = _text("Lĩnh vực", required=False, most=200)
    cap = forms.MultipleChoiceField(
        label="Cấp thực hiện",
        required=False,
        choices=[(level.value, level.label) for level in (Level.PROVINCE, Level.COMMUNE)],
        widget=forms.CheckboxSelectMultiple,
    )
    trinh_tu = _text(
        "Trình tự thực hiện", "Từng bước: ai làm gì, trong bao lâu.", rows=7, later=True, most=40000
    )
    cach_nop = LaterChoices(
        label="Cách thức thực hiện",
        choices=Channel.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    so_bo = LaterNumber(label="Số lượng hồ sơ (bộ)", min_value=1, max_value=99)
    thoi_han = Amount(
        label="Thời hạn giải quyết",
        min_value=Decimal("0.25"),
        max_value=9999,
        max_digits=8,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"invalid": "Ghi thời hạn bằng chữ số, như 5 hoặc 0,5."},
    )
    don_vi_tinh = forms.ChoiceField(
        label="Đơn vị tính", required=False, choices=[(unit.value, unit.value) for unit in TimeUnit]
    )
    doi_tuong = _text("Đối tượng thực hiện", "Mỗi đối tượng một dòng.", rows=2, later=True)
    co_quan = _text("Cơ quan giải quyết", rows=2, later=True)
    co_quan_quyet_dinh = _text("Cơ quan có thẩm quyền quyết định", required=False)
    ket_qua = _text("Kết quả thực hiện", required=False)
    dieu_kien = _text("Yêu cầu, điều kiện", rows=3, required=False, most=20000)
    phi = _money("Phí, lệ phí (đồng)", required=False)
    phi_ghi_chu = _text("Ghi chú về phí, lệ phí", required=False)
    khong_co = forms.MultipleChoiceField(
        label="Thủ tục này không có",
        required=False,
        help_text="Bộ phận chỉ phải có khi thủ tục có nó; không có thì đánh dấu, để trống thì coi là thiếu.",
        widget=forms.CheckboxSelectMultiple,
    )
    nen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def clean_nen(self) -> datetime | None:
        """When the text that was read was written, None for one that never was."""
        said = self.cleaned_data["nen"]
        try:
            return datetime.fromisoformat(said) if said else None
        except ValueError:
            raise forms.ValidationError("Trang đã cũ; hãy tải lại rồi lưu lại.") from None

    @classmethod
    def of(cls, drafted: Drafted, told: Text, data: Any = None) -> TextForm:
        """The form filled with what stands."""
        form = cls(
            data,
            initial={
                "ten": told.title,
                "linh_vuc": told.field,
                "cap": list(told.levels),
                "trinh_tu": told.sequence,
                "cach_nop": list(told.ways),
                "so_bo": drafted.sets,
                "thoi_han": "" if told.amount is None else f"{told.amount.normalize():f}".replace(".", ","),
                "don_vi_tinh": told.unit or TimeUnit.WORKING_DAYS.value,
                "doi_tuong": "\n".join(told.audiences),
                "co_quan": told.agency,
                "co_quan_quyet_dinh": told.authority,
                "ket_qua": told.result,
                "dieu_kien": told.conditions,
                "phi": told.fee,
                "phi_ghi_chu": told.fee_text,
                "khong_co": drafted.absent,
                "nen": drafted.written_at.isoformat() if drafted.written_at else "",
            },
        )
        fields: dict[str, Any] = form.fields
        parts = control.conditional(drafted.draft.day)
        fields["khong_co"].choices = [(part, PARTS[part]) for part in parts]
        return form

    def text(self, papers: Iterable[Paper]) -> Text:
        told = self.cleaned_data
        return Text(
            title=told["ten"].strip(),
            field=told["linh_vuc"].strip(),
            levels=tuple(told["cap"]),
            audiences=tuple(line.strip() for line in told["doi_tuong"].splitlines() if line.strip()),
            sequence=told["trinh_tu"].strip(),
            ways=tuple(told["cach_nop"]),
            papers=tuple(papers),
            amount=told["thoi_han"],
            unit=told["don_vi_tinh"] if told["thoi_han"] else "",
            agency=told["co_quan"].strip(),
            authority=told["co_quan_quyet_dinh"].strip(),
            result=told["ket_qua"].strip(),
            conditions=told["dieu_kien"].strip(),
            fee=told["phi"],
            fee_text=told["phi_ghi_chu"].strip(),
        )


def paper_rows(papers: Sequence[Paper], data: Any = None) -> Any:
    """The rows of papers, with some to spare; typed ones stand as typed."""
    told = [
        {"ten": one.name, "chinh": one.originals, "chup": one.copies, "mau": one.form, "truong_hop": one.case}
        for one in papers
    ]
    return PaperRows(data, initial=told, prefix="giay")


def papers_of(rows: Any) -> list[Paper]:
    """The papers of rows that have a name."""
    return [
        Paper(
            told["ten"].strip(), told["chinh"], told["chup"], told["mau"].strip(), told["truong_hop"].strip()
        )
        for row in rows
        if (told := row.cleaned_data).get("ten", "").strip()
    ]


def _answer(label: str) -> forms.ChoiceField:
    return LaterChoice(label=label, choices=YES_NO)


class AssessForm(forms.Form):
    """Đánh giá tác động: each part under three criteria, the two needs, the cost; what is left open stays open."""

    can = _answer("Thủ tục này có cần thiết không")
    can_ly_do = _text(
        "Lý do", "Mục tiêu quản lý nào, quyền lợi nào; vì sao không có cách khác.", rows=3, later=True
    )
    quan_ly = _answer("Có đáp ứng yêu cầu công tác quản lý không")
    quan_ly_ly_do = _text("Đáp ứng thế nào", rows=2, later=True)
    thuan_tien = _answer("Có tạo thuận tiện cho người dân, doanh nghiệp không")
    thuan_tien_ly_do = _text("Thuận tiện thế nào", rows=2, later=True)
    truoc = _money("Chi phí tuân thủ trước (đồng/năm)", "Theo quy định đang áp dụng; thủ tục mới ghi 0.")
    sau = _money("Chi phí tuân thủ sau (đồng/năm)", "Theo dự thảo; thủ tục bãi bỏ ghi 0.")
    cach_tinh = _text("Cách tính", "Số lượt mỗi năm, chi phí mỗi lượt, nguồn số liệu.", rows=3, later=True)
    thap_nhat = _answer("Chi phí đã ở mức thấp nhất có thể chưa")

    def __init__(self, data: Any, parts: Sequence[str], last: Assessment | None) -> None:
        super().__init__(data, initial=_assessed(last) if last else None)
        self.parts = parts
        for part in parts:
            for name, word in CRITERIA.items():
                self.fields[f"{part}_{name}"] = _answer(word.capitalize())
            self.fields[f"{part}_ly_do"] = _text("Lý do", rows=2, later=True)

    def criteria(self, part: str) -> list[BoundField]:
        return [self[f"{part}_{name}"] for name in CRITERIA]

    def told(self) -> acts.Assessed:
        said = self.cleaned_data
        return acts.Assessed(
            needed=SAID.get(said["can"]),
            needed_why=said["can_ly_do"].strip(),
            answers={part: self._part(part) for part in self.parts},
            management=SAID.get(said["quan_ly"]),
            management_why=said["quan_ly_ly_do"].strip(),
            convenience=SAID.get(said["thuan_tien"]),
            convenience_why=said["thuan_tien_ly_do"].strip(),
            cheapest=SAID.get(said["thap_nhat"]),
            cost_before=_whole(said["truoc"]),
            cost_after=_whole(said["sau"]),
            cost_how=said["cach_tinh"].strip(),
        )

    def _part(self, part: str) -> dict[str, Any]:
        told: dict[str, Any] = {name: SAID.get(self.cleaned_data[f"{part}_{name}"]) for name in CRITERIA}
        return told | {"reason": self.cleaned_data[f"{part}_ly_do"].strip()}


def _whole(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount)


def _typed(answer: bool | None) -> str:
    return next((key for key, value in SAID.items() if value is answer), "")


def _assessed(last: Assessment) -> dict[str, Any]:
    told: dict[str, Any] = {
        "can": _typed(last.needed),
        "can_ly_do": last.needed_why,
        "quan_ly": _typed(last.management),
        "quan_ly_ly_do": last.management_why,
        "thuan_tien": _typed(last.convenience),
        "thuan_tien_ly_do": last.convenience_why,
        "truoc": last.cost_before,
        "sau": last.cost_after,
        "cach_tinh": last.cost_how,
        "thap_nhat": _typed(last.cheapest),
    }
    for part, answer in last.answers.items():
        told |= {f"{part}_{name}": _typed(answer.get(name)) for name in CRITERIA}
        told[f"{part}_ly_do"] = answer.get("reason", "")
    return told


class ReturnForm(forms.Form):
    """Trả lại bước trước."""

    ve = forms.ChoiceField(label="Trả về bước", error_messages={"required": "Hãy chọn bước."})
    ly_do = _text("Lý do", "Phần nào phải sửa, vì sao.", rows=4)

    def __init__(self, data: Any, draft: Draft) -> None:
        super().__init__(data)
        passed = PATH[: PATH.index(control.Stage(draft.stage))]
        field = self.fields["ve"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(stage.value, STAGES[stage]) for stage in reversed(passed)]


class StopForm(forms.Form):
    """Dừng dự thảo."""

    ly_do = _text("Lý do", "Vì sao không đề nghị ban hành nữa.", rows=4)


class DropForm(forms.Form):
    """Bỏ thủ tục khỏi dự thảo."""

    ly_do = _text("Lý do", rows=3)


class OpinionForm(forms.Form):
    """Ý kiến kiểm soát, hoặc thẩm định."""

    ket_luan = forms.ChoiceField(
        label="Kết luận",
        choices=Position.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Hãy chọn kết luận."},
    )
    noi_dung = _text(
        "Nội dung", "Từng thủ tục: đạt hay chưa đạt tiêu chí nào, phải sửa gì.", rows=6, most=20000
    )
    so = _text("Số văn bản", most=80)
    ngay = _day("Ngày văn bản")
    tep = _text("Tệp văn bản", "Tên tệp hoặc đường dẫn nơi lưu.", required=False, most=300)

    def document(self) -> acts.Document:
        told = self.cleaned_data
        return acts.Document(told["so"].strip(), told["ngay"], told["tep"].strip())


class AnswerForm(forms.Form):
    """Tiếp thu, giải trình."""

    noi_dung = _text("Tiếp thu, giải trình", "Sửa gì theo ý kiến; phần nào giữ, vì sao.", rows=5, most=20000)
    so = _text("Số văn bản giải trình", required=False, most=80)


class PromulgateForm(forms.Form):
    """Ban hành văn bản."""

    so = _text("Số, ký hiệu văn bản", "Ví dụ 45/2026/QĐ-UBND", most=80)
    ngay = _day("Ngày ban hành")
    hieu_luc = _day("Ngày có hiệu lực")
    noi = _text("Cơ quan ban hành", most=200)
    nguoi_ky = _text("Người ký", most=200)
    tep = _text("Tệp văn bản", "Tên tệp hoặc đường dẫn nơi lưu.", required=False, most=300)

    def document(self) -> acts.Document:
        told = self.cleaned_data
        return acts.Document(told["so"].strip(), told["ngay"], told["tep"].strip())


class CodeForm(forms.Form):
    """Cấp mã thủ tục."""

    ma = forms.RegexField(
        CODE,
        label="Mã thủ tục",
        help_text="Mã do Cơ sở dữ liệu quốc gia cấp, ví dụ 3.000181",
        error_messages={"required": "Hãy nhập mã thủ tục.", "invalid": "Mã thủ tục có dạng 3.000181."},
    )
