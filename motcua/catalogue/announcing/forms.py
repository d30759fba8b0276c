"""The forms of announcing: instruments, the head of a decision, a procedure of it, its table (công bố)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from motcua.ui.typed import full_year

from ..forms import DAY_FORMS
from ..reading import decisions
from ..reading.drafts import CODE, Notes
from ..words import words
from .drafting import Head
from .instruments import NewInstrument, ToAnnounce
from .models import Announced, Announcement, Change, Instrument, InstrumentKind, Outcome, Part, Tier
from .overlaying import NewOverlay

SUFFIXES = (".csv", ".xlsx")
LARGEST = 10_000_000  # bytes
LONGEST_TITLE = 2000  # signs, as its column takes


def day_field(label: str, *, required: bool = True, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        input_formats=DAY_FORMS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Hãy chọn ngày.", "invalid": "Viết ngày như 22/11/2026."},
        validators=[full_year],
    )


def long_field(label: str, *, required: bool = False, hint: str = "", rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": "Hãy điền phần này."},
    )


class InstrumentForm(forms.Form):
    """Ghi văn bản vào sổ."""

    so = forms.CharField(
        label="Số, ký hiệu",
        max_length=120,
        help_text="Ví dụ 12/2026/QĐ-UBND",
        error_messages={"required": "Hãy ghi số, ký hiệu."},
    )
    loai = forms.ChoiceField(label="Loại văn bản", choices=InstrumentKind.choices)
    co_quan = forms.CharField(
        label="Cơ quan ban hành", max_length=300, error_messages={"required": "Hãy ghi cơ quan ban hành."}
    )
    ban_hanh = day_field("Ngày ban hành")
    hieu_luc = day_field("Ngày có hiệu lực")
    trich_yeu = long_field("Trích yếu", required=True, rows=2)
    ten_khac = long_field(
        "Tên gọi khác", hint="Mỗi tên một dòng, như danh mục kèm quyết định có thể ghi.", rows=2
    )
    thu_tuc = long_field(
        "Thủ tục phải công bố",
        hint="Mỗi thủ tục một dòng: loại; mã; tên. Loại là mới, sửa đổi, thay thế hoặc bãi bỏ; "
        "chưa có mã thì để trống.",
        rows=4,
    )

    def clean_thu_tuc(self) -> list[ToAnnounce]:
        lines = [line for line in self.cleaned_data["thu_tuc"].splitlines() if line.strip()]
        return [_to_announce(line, number) for number, line in enumerate(lines, start=1)]

    @property
    def told(self) -> NewInstrument:
        said = self.cleaned_data
        return NewInstrument(
            number=said["so"],
            kind=said["loai"],
            issuer=said["co_quan"],
            issued_on=said["ban_hanh"],
            effective_on=said["hieu_luc"],
            title=said["trich_yeu"],
            aliases=tuple(said["ten_khac"].splitlines()),
            procedures=said["thu_tuc"],
        )


def _to_announce(line: str, number: int) -> ToAnnounce:
    kind, code, title = (*(part.strip() for part in line.split(";", 2)), "", "")[:3]
    found = decisions.KINDS.get(" ".join(words(kind)), "")
    if not found or (code and not CODE.fullmatch(code)) or not title:
        raise forms.ValidationError(
            f"Dòng {number} phải viết như: sửa đổi; 1.014465; Cấp giấy xác nhận. Dòng này là “{line[:80]}”."
        )
    if len(title) > LONGEST_TITLE:
        raise forms.ValidationError(f"Dòng {number}: tên thủ tục dài quá {LONGEST_TITLE} ký tự.")
    return ToAnnounce(found, code, title)


class EndForm(forms.Form):
    """Văn bản hết hiệu lực."""

    ngay = day_field("Hết hiệu lực từ ngày", hint="Ngày đầu tiên không còn hiệu lực.")
    ly_do = forms.CharField(
        label="Vì sao, theo văn bản nào", max_length=500, error_messages={"required": "Hãy ghi vì sao."}
    )


class ReviewForm(forms.Form):
    """Kết quả rà soát văn bản."""

    ket_qua = forms.ChoiceField(
        label="Kiến nghị",
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Hãy chọn kiến nghị."},
    )
    ngay = day_field("Ngày rà soát")
    ly_do = forms.CharField(
        label="Lý do",
        max_length=2000,
        help_text="Điều khoản nào, vì sao giữ, sửa hay bãi bỏ.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Hãy ghi lý do."},
    )
    so = forms.CharField(label="Số văn bản báo cáo kết quả", required=False, max_length=120)


class NumbersField(forms.CharField):
    """Instruments told by their numbers, one after another; its value is the list of them."""

    def clean(self, value: Any) -> list[Instrument]:
        told = [part.strip() for part in super().clean(value).replace("\n", ";").split(";") if part.strip()]
        known = {
            _key(name): each for each in Instrument.objects.all() for name in (each.number, *each.aliases)
        }
        if unknown := [number for number in told if _key(number) not in known]:
            raise forms.ValidationError(
                f"Sổ văn bản không có {', '.join(unknown)}; hãy ghi văn bản vào sổ trước."
            )
        return list(dict.fromkeys(known[_key(number)] for number in told))


def _key(number: str) -> str:
    return " ".join(words(number))


class HeadForm(forms.Form):
    """Quyết định công bố: what it says of itself."""

    trich_yeu = long_field("Trích yếu", required=True, rows=2)
    co_quan = forms.CharField(
        label="Cơ quan, người ban hành",
        max_length=200,
        error_messages={"required": "Hãy ghi ai ban hành quyết định."},
    )
    cap = forms.ChoiceField(
        label="Cấp công bố",
        choices=Tier.choices,
        help_text="Tỉnh công bố trước ngày có hiệu lực ít nhất 5 ngày làm việc, bộ ít nhất 20.",
    )
    hieu_luc = day_field("Nội dung công bố có hiệu lực từ")
    van_ban = NumbersField(
        label="Văn bản quy định",
        required=False,
        help_text="Số các văn bản đã có trong sổ, cách nhau bằng dấu chấm phẩy.",
        widget=forms.TextInput(attrs={"list": "so-van-ban", "autocomplete": "off"}),
    )
    so = forms.CharField(
        label="Số quyết định", required=False, max_length=80, help_text="Ghi khi quyết định đã ký."
    )
    ngay_ky = day_field("Ngày ký", required=False)
    nguoi_ky = forms.CharField(label="Người ký", required=False, max_length=200)

    @property
    def told(self) -> Head:
        said = self.cleaned_data
        return Head(
            title=said["trich_yeu"],
            agency=said["co_quan"],
            effective_on=said["hieu_luc"],
            number=said["so"],
            decided_on=said["ngay_ky"],
            signer=said["nguoi_ky"],
            tier=said["cap"],
            instruments=said["van_ban"],
        )


def head_of(draft: Announcement) -> dict[str, Any]:
    """What a draft says, for its form."""
    return {
        "trich_yeu": draft.title,
        "co_quan": draft.agency,
        "cap": draft.tier,
        "hieu_luc": draft.effective_on,
        "van_ban": "; ".join(each.number for each in draft.instruments.all()),
        "so": draft.number,
        "ngay_ky": draft.decided_on,
        "nguoi_ky": draft.signer,
    }


KIND_WORDS = {"new": "moi", "amended": "sua doi", "replaced": "thay the", "abolished": "bai bo"}


class ItemForm(forms.Form):
    """Một thủ tục của quyết định. Its fields are the columns of the table a decision is imported from."""

    loai = forms.ChoiceField(
        label="Loại", choices=[(KIND_WORDS[value], label) for value, label in Change.choices]
    )
    ma_tthc = forms.CharField(
        label="Mã thủ tục", help_text="Ví dụ 1.014465", error_messages={"required": "Hãy nhập mã thủ tục."}
    )
    ten_tthc = forms.CharField(label="Tên thủ tục", required=False, max_length=2000)
    noi_dung_thay_doi = long_field("Nội dung thay đổi", hint="Phần nào đổi, theo điều nào.", rows=2)
    van_ban = forms.CharField(
        label="Theo văn bản",
        required=False,
        max_length=120,
        help_text="Số văn bản trong sổ; để trống khi theo văn bản của cả quyết định.",
        widget=forms.TextInput(attrs={"list": "so-van-ban", "autocomplete": "off"}),
    )
    thay_the = forms.CharField(label="Thay cho thủ tục mã", required=False, max_length=40)
    thoi_han = forms.CharField(
        label="Thời hạn mới",
        required=False,
        help_text="5 ngày làm việc; hoặc trực tiếp: 5 ngày làm việc; trực tuyến: 3 ngày làm việc",
    )
    phi = forms.CharField(
        label="Phí, lệ phí mới", required=False, help_text="20.000; hoặc trực tuyến: Lệ phí 10.000; Miễn phí"
    )
    linh_vuc = forms.CharField(label="Lĩnh vực", required=False, max_length=200)
    cap = forms.CharField(label="Cấp thực hiện", required=False, help_text="Cấp tỉnh; Cấp xã")
    doi_tuong = forms.CharField(label="Đối tượng", required=False)
    co_quan = forms.CharField(label="Cơ quan thực hiện", required=False)
    noi_tiep_nhan = forms.CharField(label="Nơi tiếp nhận", required=False)
    trinh_tu = long_field("Trình tự thực hiện")
    thanh_phan = long_field("Thành phần hồ sơ", hint="Mỗi giấy tờ một dòng.")
    yeu_cau = long_field("Yêu cầu, điều kiện", rows=2)
    ket_qua = long_field("Kết quả", hint="Mỗi kết quả một dòng.", rows=2)

    def clean(self) -> dict[str, Any]:
        told: Mapping[str, str] = {name: str(value) for name, value in self.cleaned_data.items() if value}
        read = decisions.item(0, told)
        for found in read.found:
            self.add_error(found.field, f"{found.problem[:1].upper()}{found.problem[1:]}. {found.remedy}.")
        return {**self.cleaned_data, "draft": read.draft}


def item_of(item: Announced) -> dict[str, str]:
    """What an item says, for its form, but for the parts of the text, which are written anew."""
    return {
        "loai": KIND_WORDS[item.kind],
        "ma_tthc": item.code,
        "ten_tthc": item.title,
        "noi_dung_thay_doi": item.changed,
        "van_ban": item.instrument.number if item.instrument else "",
        "thay_the": item.replaces,
    }


class TableForm(forms.Form):
    """Nhập danh mục của quyết định."""

    tep = forms.FileField(
        label="Tệp danh mục",
        help_text="Bảng XLSX hoặc CSV, dòng đầu là tên cột; lớn nhất 10 MB.",
        error_messages={"required": "Hãy chọn một tệp.", "empty": "Tệp này rỗng; hãy chọn tệp khác."},
    )

    def clean_tep(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["tep"]
        if not (file.name or "").lower().endswith(SUFFIXES):
            raise forms.ValidationError(f"Tệp phải có đuôi {', '.join(SUFFIXES)}.")
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError("Tệp lớn hơn 10 MB; hãy chia nhỏ.")
        return file


class OverlayForm(forms.Form):
    """Quy định riêng của tỉnh về một phần của thủ tục."""

    phan = forms.ChoiceField(
        label="Phần",
        choices=Part.choices,
        help_text="Các phần khác khóa theo bản trung ương.",
    )
    noi_dung = long_field(
        "Nội dung của tỉnh",
        required=True,
        hint="Thời hạn: “trực tiếp: 3 ngày làm việc; trực tuyến: 2 ngày làm việc”. Phí: “trực tuyến: 10.000”. "
        "Phần khác: ghi nguyên văn.",
    )
    so = forms.CharField(
        label="Số quyết định, nghị quyết",
        max_length=80,
        help_text="Phí, lệ phí phải theo nghị quyết của HĐND tỉnh.",
        error_messages={"required": "Hãy ghi số quyết định, nghị quyết."},
    )
    ngay_ky = day_field("Ngày ký")
    co_quan = forms.CharField(
        label="Cơ quan ban hành", max_length=200, error_messages={"required": "Hãy ghi cơ quan ban hành."}
    )
    tu_ngay = day_field("Áp dụng từ ngày")
    den_ngay = day_field("Đến trước ngày", required=False, hint="Để trống khi chưa có ngày kết thúc.")

    def clean(self) -> dict[str, Any]:
        told, read = self.cleaned_data, {Part.TERMS.value: decisions.terms, Part.FEES.value: decisions.fees}
        text, part = told.get("noi_dung", ""), told.get("phan", "")
        notes = Notes(0)
        value = read[part](text, "noi_dung", notes) if part in read and text else text
        for found in notes.found:
            self.add_error("noi_dung", f"{found.problem[:1].upper()}{found.problem[1:]}. {found.remedy}.")
        return {**told, "value": value}

    @property
    def told(self) -> NewOverlay:
        said = self.cleaned_data
        return NewOverlay(
            part=said["phan"],
            value=said["value"],
            decision=said["so"],
            decided_on=said["ngay_ky"],
            issuer=said["co_quan"],
            valid_from=said["tu_ngay"],
            valid_to=said["den_ngay"],
        )


def first_day(effective: date | None) -> dict[str, Any]:
    """The head of a decision begun from an instrument."""
    return {"hieu_luc": effective, "cap": Tier.PROVINCE.value}
