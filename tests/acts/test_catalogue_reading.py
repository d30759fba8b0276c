"""What is read from the files others keep, what is kept as written, and what is said about it."""

import gzip
import json
from dataclasses import asdict
from decimal import Decimal
from itertools import accumulate
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from motcua.catalogue import models
from motcua.catalogue.reading import channels, crawl, files, steps, tables, templates
from motcua.catalogue.reading.drafts import Draft, Notes
from motcua.catalogue.reading.files import WrongFile
from motcua.catalogue.words import fold, words

SAMPLES = Path(__file__).parents[1] / "samples/catalogue"


def terms(text: str):
    notes = Notes(1)
    return channels.read(channels.HEADER + text, notes)[0], notes


def fees(text: str):
    notes = Notes(1)
    return channels.read(channels.HEADER + text, notes)[1], notes


def balanced(text: str) -> bool:
    """Whether every bracket of a remark is closed, and none closes what was not opened."""
    depths = list(accumulate(1 if sign == "(" else -1 if sign == ")" else 0 for sign in text))
    return not depths or (min(depths) >= 0 and depths[-1] == 0)


def problems(notes: Notes) -> set[str]:
    return {found.problem for found in notes.found}


def crawled():
    return {read.draft.code: read for read in files.catalogue(SAMPLES / "crawl.jsonl") if read.draft}


def test_each_channel_has_its_own_term_and_fee():
    draft = crawled()["1.900001"].draft
    told = [(t.channel, t.amount, t.unit) for t in draft.terms]
    assert told == [
        ("online", Decimal(7), "ngày làm việc"),
        ("direct", Decimal(10), "ngày"),
        ("post", Decimal("2.5"), "ngày làm việc"),
    ]
    assert [(f.channel, f.amount, f.kind) for f in draft.fees] == [
        ("online", Decimal(10000), "le_phi"),
        ("direct", Decimal(0), ""),
    ]
    assert draft.terms[0].note == "Nộp qua Cổng"
    assert draft.fees[0].text == "10,000 Việt Nam Đồng(Lệ phí một bản)"


def test_a_term_without_a_unit_keeps_its_number_and_gets_no_unit():
    read = crawled()["1.900002"]
    assert {(t.amount, t.unit) for t in read.draft.terms} == {(Decimal(3), "")}
    found = [f for f in read.found if f.problem == "thời hạn không ghi đơn vị"]
    assert len(found) == 2
    assert "03 ngày làm việc" in found[0].remedy
    assert "03 ngày làm việc" not in found[1].remedy


def test_a_doubtful_fee_is_kept_as_written_and_noted():
    read = crawled()["1.900003"]
    assert [f.amount for f in read.draft.fees] == [Decimal(100), Decimal(100000)]
    doubtful = [f for f in read.found if "đáng ngờ" in f.problem]
    assert [f.field for f in doubtful] == ["fees"]
    assert "100 VNĐ" in doubtful[0].kept


def test_a_term_in_words_is_kept_as_text_and_noted():
    read = crawled()["1.900004"]
    (term,) = read.draft.terms
    assert (term.text, term.amount, term.unit) == ("Không quy định", None, "")
    assert "không đọc được thời hạn" in {f.problem for f in read.found}


def test_commas_within_a_name_do_not_cut_the_list_of_those_who_carry_it_out():
    assert crawled()["1.900004"].draft.audiences == (
        "Tổ chức (không bao gồm doanh nghiệp, HTX)",
        "Cán bộ, công chức, viên chức",
    )


def test_a_record_with_a_wrong_code_is_refused_with_its_row():
    refused = [read for read in files.catalogue(SAMPLES / "crawl.jsonl") if read.draft is None]
    assert [(read.row, read.found[0].field) for read in refused] == [(5, "code")]


@pytest.mark.parametrize(
    ("written", "term", "fee"),
    [
        ("120 VNĐ", 1, 20),
        ("1100 VNĐ", 1, 100),
        ("140,000 Việt Nam Đồng", 1, 40000),
        ("1100,000 VNĐ", 1, 100000),
    ],
)
def test_a_term_glued_to_a_fee_is_cut_where_only_one_cut_is_possible(written, term, fee):
    (read,), notes = terms("Trực tuyến" + written)
    assert (read.amount, read.unit) == (Decimal(term), "")
    assert fees("Trực tuyến" + written)[0][0].amount == Decimal(fee)
    assert any("viết liền" in problem for problem in problems(notes))


def test_a_term_glued_to_a_fee_that_can_be_cut_twice_is_left_alone():
    (term,), notes = terms("Trực tiếp1250 VNĐ")
    assert (term.amount, term.text) == (None, "1250 VNĐ")
    assert "thời hạn viết liền với phí, không tách được" in problems(notes)


def test_another_channel_tells_where_to_cut_a_term_from_a_fee():
    read, _ = terms("Trực tuyến1Miễn phíTrực tiếp125 VNĐ")
    assert [t.amount for t in read] == [Decimal(1), Decimal(1)]


def test_the_remark_tells_where_to_cut_a_term_from_a_fee():
    (fee,), _ = fees("Trực tiếp123 VNĐ(Giá dịch vụ: 23.000 đồng/01 giấy)")
    assert fee.amount == Decimal(23)


def test_several_terms_of_one_channel_are_cases_and_are_noted():
    read, notes = terms(
        "Trực tiếp2 Ngày làm việcMiễn phíKhông xác minhTrực tiếp3 Ngày làm việcMiễn phí- Có xác minh."
    )
    assert [(t.amount, t.case) for t in read] == [(Decimal(2), "Không xác minh"), (Decimal(3), "Có xác minh")]
    assert any("nhiều thời hạn" in problem for problem in problems(notes))


def test_a_fee_in_foreign_money_is_kept_as_text():
    (fee,), notes = fees("Trực tiếp5 Ngày làm việc10 USD(một người)")
    assert (fee.amount, fee.text) == (None, "10 USD(một người)")
    assert "mức thu bằng ngoại tệ, giữ nguyên văn" in problems(notes)


def test_free_of_charge_with_a_price_in_the_remark_is_doubtful():
    (fee,), notes = fees("Trực tiếp5 NgàyMiễn phí(Mức lệ phí do Hội đồng nhân dân tỉnh quyết định)")
    assert fee.amount == 0
    assert "ghi miễn phí nhưng mô tả nêu mức thu" in problems(notes)


def test_a_list_mark_does_not_close_the_remark_of_a_fee():
    (fee,), _ = fees("Trực tiếp5 NgàyMiễn phí(a) xe mới; b) xe cũ)Nộp tại xã")
    (term,), _ = terms("Trực tiếp5 NgàyMiễn phí(a) xe mới; b) xe cũ)Nộp tại xã")
    assert (fee.text, term.note) == ("Miễn phí(a) xe mới; b) xe cũ)", "Nộp tại xã")


notes_of_rows = st.text(alphabet="abcdđê ,.;-", max_size=30).map(str.strip)
rows_of_table = st.lists(
    st.tuples(
        st.sampled_from(sorted(channels.NAMES)),
        st.integers(1, 400),
        st.sampled_from(["Ngày làm việc", "Ngày", "Giờ", "Tháng"]),
        st.one_of(st.just(0), st.integers(1000, 99_000_000)),
        st.one_of(st.just(""), st.text(alphabet="xyz 1()", max_size=8).filter(balanced)),
        notes_of_rows,
    ),
    min_size=1,
    max_size=6,
    unique=True,
)


@given(rows_of_table)
def test_a_flattened_table_is_read_back_cell_by_cell(rows):
    text = ""
    for channel, number, unit, fee, remark, note in rows:
        money = f"{fee:,} Việt Nam Đồng" if fee else "Miễn phí"
        text += f"{channel}{number} {unit}{money}" + (f"({remark})" if remark else "") + note
    read, _ = terms(text)
    paid, _ = fees(text)
    assert [(t.channel.label.split()[-1], t.text, t.note) for t in read] == [
        (channels.NAMES[c].label.split()[-1], f"{number} {unit}", note)
        for c, number, unit, _, _, note in rows
    ]
    assert [f.amount for f in paid] == [Decimal(fee) for *_, fee, _, _ in rows]


table_pieces = st.lists(
    st.sampled_from(
        [
            *channels.NAMES,
            *(
                "Ngày làm việc",
                "Ngày",
                "Tháng",
                "Miễn phí",
                "Không có thông tin",
                " VNĐ",
                " Việt Nam Đồng",
                " USD",
            ),
            *(
                "7",
                "0",
                "999999999999999999999",
                "1/3 ngày",
                "10,000",
                "2.55555",
                "(",
                ")",
                "a) ",
                " ",
                "\n",
                "\0",
            ),
            *(tables.PAPERS, "1 bản chính", ",99999 bản sao", "Mẫu số 18", "Mau 01.docx", "2026", "--"),
            *(
                tables.BASES,
                "Luật ",
                "54/2014/QH13",
                "118/2025/NĐ-CP",
                "Mã: ",
                "KQ.G17.000364",
                "Từ khóa",
                "Mô tả",
            ),
        ]
    ),
    max_size=25,
).map("".join)
FIELDS = json.loads((SAMPLES / "crawl.jsonl").read_text().splitlines()[0])


@given(
    st.dictionaries(
        st.sampled_from(sorted(FIELDS)), st.one_of(table_pieces, st.text(), st.integers(), st.none())
    )
)
def test_no_record_however_broken_stops_the_reader(changes):
    draft, notes = crawl.read(FIELDS | changes, 1)
    assert draft or notes.found
    assert draft is None or fits_the_database(draft)


def fits_the_database(draft: Draft) -> bool:
    """Whether every part has room in its column; text has no sign PostgreSQL refuses."""
    columns = [(models.Version, {"title": draft.title, "field": draft.field, "decision": draft.decision})]
    columns += [(models.Component, asdict(part)) for part in draft.components]
    columns += [(models.Term, asdict(part)) for part in draft.terms]
    columns += [(models.Fee, asdict(part)) for part in draft.fees]
    columns += [(models.Result, asdict(part)) for part in draft.results]
    columns += [(models.LegalBasis, asdict(part)) for part in draft.bases]
    for model, values in columns:
        for name, value in values.items():
            model._meta.get_field(name).run_validators(value)
            assert "\0" not in str(value)
    return True


def papers(text: str):
    notes = Notes(1)
    return tables.components(text, notes), notes


def test_papers_are_read_by_case_with_their_copies_and_forms():
    head = tables.PAPERS
    read, notes = papers(
        f"--{head}Đơn đề nghị theo mẫu;Mau 01.docx1 bản chính- Bản sao bằng0 bản chính,2 bản sao"
        f"Trường hợp cấp lại:{head}Nộp 01 bản chính tờ khai2 bản chính"
    )
    assert [(c.case, c.name, c.form, c.originals, c.copies) for c in read] == [
        ("", "Đơn đề nghị theo mẫu;", "Mau 01.docx", 1, None),
        ("", "- Bản sao bằng", "", 0, 2),
        ("Trường hợp cấp lại", "Nộp 01 bản chính tờ khai", "", 2, None),
    ]
    assert not notes.found


def test_a_count_stuck_to_a_year_is_told_apart():
    (paper,), notes = papers(f"--{tables.PAPERS}Đơn theo Nghị định ngày 31/12/20251 bản chính")
    assert (paper.name, paper.originals) == ("Đơn theo Nghị định ngày 31/12/2025", 1)
    assert not notes.found


def test_a_count_stuck_to_another_number_is_left_unread_with_its_text():
    (paper,), notes = papers(f"--{tables.PAPERS}Đơn theo Mẫu số 181 bản chính,1 bản sao")
    assert (paper.name, paper.originals, paper.copies) == ("Đơn theo Mẫu số 181 bản chính,1 bản sao", None, 1)
    assert problems(notes) == {"số bản viết liền với số ở cuối tên giấy tờ"}


def test_text_without_a_table_of_papers_is_kept_in_the_finding():
    read, notes = papers("và nộp cho cơ quan bảo hiểm.")
    assert read == ()
    assert notes.found[0].kept == "và nộp cho cơ quan bảo hiểm."


def test_results_are_told_apart_by_their_codes():
    text = "Giấy phépMã: KQ.G17.000364Văn bản trả lờiMã: 000.00.00.G04-KQ0174Từ khóaxe cũMô tảHạn 10 năm"
    read, keywords, note = tables.results(text, Notes(1))
    assert [(r.name, r.code) for r in read] == [
        ("Giấy phép", "KQ.G17.000364"),
        ("Văn bản trả lời", "000.00.00.G04-KQ0174"),
    ]
    assert (keywords, note) == ("xe cũ", "Hạn 10 năm")


def test_legal_bases_are_cut_after_their_numbers():
    text = (
        "Luật 54/2014/QH1354/2014/QH13Quy định về phí64/2025/TT-BTCLuật Các tổ chức tín dụngLuật số 32/2024/QH15"
        "Luật Cư trú 202068/2020/QH14Thông tư số 12/2020/TT-BTP sửa đổi thông tư cũ12/2020/TT-BTP"
    )
    notes = Notes(1)
    assert [(b.name, b.number) for b in tables.bases(tables.BASES + text, notes)] == [
        ("Luật 54/2014/QH13", "54/2014/QH13"),
        ("Quy định về phí", "64/2025/TT-BTC"),
        ("Luật Các tổ chức tín dụng", "32/2024/QH15"),
        ("Luật Cư trú 2020", "68/2020/QH14"),
        ("Thông tư số 12/2020/TT-BTP sửa đổi thông tư cũ", "12/2020/TT-BTP"),
    ]
    assert not notes.found


def test_a_basis_without_a_number_is_kept_whole_and_noted():
    notes = Notes(1)
    (basis,) = tables.bases(tables.BASES + "Bộ luật Hàng hải", notes)
    assert (basis.name, basis.number) == ("Bộ luật Hàng hải", "")
    assert problems(notes) == {"không tách được số hiệu văn bản"}


def test_the_national_database_is_read_with_its_quirks():
    (read,) = files.catalogue(SAMPLES / "laythutuc.json")
    draft = read.draft
    assert (draft.code, draft.kind, draft.levels) == ("1.900101", "2", ("province", "commune"))
    assert (draft.decision, str(draft.decided_on)) == ("34/QĐ-BXD", "2026-03-15")
    assert [(t.channel, t.amount, t.unit, t.case) for t in draft.terms] == [
        ("direct", Decimal(15), "ngày làm việc", "Nhà ở riêng lẻ"),
        ("direct", Decimal(20), "ngày", "Công trình khác"),
        ("online", Decimal("0.5"), "ngày làm việc", ""),
        ("post", Decimal(15), "", ""),
    ]
    assert [(f.channel, f.amount, f.kind) for f in draft.fees] == [
        ("direct", Decimal(75000), "le_phi"),
        ("direct", Decimal(150000), "le_phi"),
        ("online", Decimal(0), "phi"),
        ("post", None, "phi"),
    ]
    assert [(c.name, c.form, c.originals, c.copies) for c in draft.components] == [
        ("Đơn đề nghị", "Mau 01.docx; Mau 01b.docx", 1, 0),
        ("Bản vẽ thiết kế", "", None, 1),
    ]
    assert str(draft.bases[0].effective_on) == "2015-01-01"
    assert {f.problem for f in read.found} == {
        "thời hạn không ghi đơn vị",
        "không có thông tin phí, lệ phí",
        "cách thức thực hiện không có trong danh mục",
        "không đọc được số bản",
    }


def test_one_record_a_list_and_lines_are_all_taken(tmp_path):
    record = json.loads((SAMPLES / "laythutuc.json").read_text())["result"][0]
    for name, text in {
        "one.json": json.dumps(record),
        "pretty.json": json.dumps(record, indent=2),
        "list.json": json.dumps([record, record], indent=1),
        "wrapped.json": json.dumps({"result": [record, record]}),
        "lines.jsonl": json.dumps(record) + "\n\n" + json.dumps(record) + "\n",
    }.items():
        (tmp_path / name).write_text(text)
        codes = [read.draft.code for read in files.catalogue(tmp_path / name)]
        assert set(codes) == {"1.900101"}, name
        assert len(codes) == (1 if name in ("one.json", "pretty.json") else 2), name


def test_a_list_longer_than_the_buffer_is_streamed(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "CHUNK", 100)
    record = json.loads((SAMPLES / "laythutuc.json").read_text())["result"][0]
    (tmp_path / "long.json").write_text(json.dumps([record] * 5, indent=1))
    assert [read.row for read in files.catalogue(tmp_path / "long.json")] == [1, 2, 3, 4, 5]


def test_where_a_record_was_read_does_not_count_as_its_content():
    first, _ = crawl.read(json.loads((SAMPLES / "crawl.jsonl").read_text().splitlines()[0]), 1)
    moved = json.loads((SAMPLES / "crawl.jsonl").read_text().splitlines()[0]) | {
        "detail_url": "https://elsewhere"
    }
    assert crawl.read(moved, 1)[0].digest == first.digest
    renamed = moved | {"ten_thu_tuc": "Tên mới"}
    assert crawl.read(renamed, 1)[0].digest != first.digest


def wrong(path: Path, read=files.catalogue) -> str:
    with pytest.raises(WrongFile) as refused:
        list(read(path))
    message = str(refused.value)
    assert str(path) in message
    assert "\n" not in message
    return message


def test_a_wrong_file_is_refused_in_one_line(tmp_path):
    good = (SAMPLES / "crawl.jsonl").read_bytes()
    for name, content, said in [
        ("empty.jsonl", b"", "rỗng"),
        ("blank.jsonl", b"\n\n", "rỗng"),
        ("plain.jsonl.gz", good, "không phải tệp nén gzip"),
        ("cut.jsonl.gz", gzip.compress(good)[:-20], "bị hỏng"),
        ("latin.jsonl", "Thủ tục".encode("utf-16"), "nhị phân"),
        ("cp1258.jsonl", b'{"ma_thu_tuc": "\xd0\xe3"}', "UTF-8"),
        ("binary.jsonl", b"\x00\x01\x02" * 99, "nhị phân"),
        ("text.jsonl", b"not json at all", "không phải JSON hợp lệ"),
        ("second.jsonl", good.splitlines()[0] + b"\n{oops\n", "dòng 2"),
        ("other.jsonl", b'{"a": 1}\n', "không phải danh mục"),
        ("bad.yaml", b"a: [", "YAML"),
        ("other.yaml", b"a: 1", "format: motcua/catalogue"),
    ]:
        (tmp_path / name).write_bytes(content)
        assert said in wrong(tmp_path / name), name
    assert "là thư mục, không phải tệp; chỉ rõ một tệp trong đó" in wrong(tmp_path)
    assert "không có tệp" in wrong(tmp_path / "nothing.jsonl")


def test_steps_of_one_code_in_order_make_one_process():
    first, *_ = steps.processes(SAMPLES / "steps.csv")
    nodes = [n for n in first.draft.definition["nodes"] if n["kind"] == "step"]
    assert [(n["role"], n.get("hours")) for n in nodes] == [
        ("reception", "4.0"),
        ("assigner", "4"),
        ("handler", "3"),
        ("signer", "8"),
        ("reception", None),
    ]
    assert (first.draft.decision, first.draft.issuer, first.draft.ready) == ("7/QĐ-UBND", "Tỉnh Mẫu", True)
    assert not first.found


def test_a_step_nobody_or_nothing_tells_of_leaves_the_process_a_draft():
    read = next(r for r in steps.processes(SAMPLES / "steps.csv") if r.draft.code == "1.900002")
    assert not read.draft.ready
    assert {(f.row, f.problem) for f in read.found} == {
        (8, "chưa rõ vai trò thực hiện bước"),
        (8, "thời gian không đổi được ra giờ làm việc"),
    }


def test_lettered_steps_are_not_guessed_to_be_parallel():
    read = next(r for r in steps.processes(SAMPLES / "steps.csv") if r.draft.code == "1.900003")
    assert not read.draft.ready
    assert "bước có chữ cái: chưa rõ song song hay lựa chọn" in {f.problem for f in read.found}


def test_a_new_first_step_begins_another_process_of_the_same_code(tmp_path):
    head = "so_hieu,noi_ban_hanh,ma_tthc,buoc,noi_dung,trach_nhiem,thoi_gian\n"
    row = "1/QĐ,X,1.900001,Bước {},Làm,Chuyên viên,1 giờ\n"
    (tmp_path / "two.csv").write_text(head + row.format(1) + row.format(2) + row.format(1))
    assert [len(r.draft.definition["nodes"]) for r in steps.processes(tmp_path / "two.csv")] == [4, 3]


@pytest.mark.parametrize(
    ("text", "hours"),
    [("0,25 ngày làm việc", 2), ("04 giờ", 4), ("Không tính thời gian", None), ("", None), ("nhanh", None)],
)
def test_limits_of_steps_are_working_hours(text, hours):
    assert steps.hours_of(text, Notes(1)) == hours


def test_days_counted_by_quarters_are_working_days_and_that_is_noted():
    notes = Notes(1)
    assert steps.hours_of("6,5 ngày", notes, by_working_day=True) == 52
    assert any("hiểu là ngày làm việc" in problem for problem in problems(notes))
    assert steps.hours_of("6,5 ngày", Notes(1)) is None


@pytest.mark.parametrize(
    ("wording", "role"),
    [
        ("Bộ phận tiếp nhận và trả kết quả Sở Y tế tại TTPVHCC tỉnh; TTPVHCC các xã, phường", "reception"),
        ("Lãnh đạo Phòng Quản lý môi trường", "assigner"),
        ("Lãnh đạo Văn phòng chuyển chuyên viên thụ lý hồ sơ", "assigner"),
        ("Công chức kiểm tra, thẩm định hồ sơ; dự thảo văn bản trình Lãnh đạo phòng.", "handler"),
        ("Lãnh đạo Ủy ban nhân dân cấp xã, phường", "signer"),
        ("Bộ phận Văn thư Sở Y tế", "clerk"),
        ("Phòng Tổ chức bộ máy và Công chức, viên chức Sở Nội vụ", ""),
        ("Văn thư Sở; Lãnh đạo Sở", ""),
        ("Hội đồng tuyển dụng", ""),
    ],
)
def test_the_wording_tells_the_role_or_nobody(wording, role):
    notes = Notes(1)
    assert steps.role_of(wording, notes) == role
    assert bool(notes.found) == (role == "")


def test_a_spreadsheet_is_read_like_the_table_it_was_typed_from(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "steps.xlsx"))
    sheet = book.add_worksheet()
    sheet.write_row(
        0, 0, ["Số hiệu", "Cơ quan ban hành", "MÃ THỦ TỤC", "Bước", "Nội dung", "TRÁCH NHIỆM", "Thời gian"]
    )
    sheet.write_row(1, 0, ["1/QĐ", "X", 2.00001, 1, "Nhận", "Một cửa", "1 giờ"])
    book.close()
    (read,) = steps.processes(tmp_path / "steps.xlsx")
    assert (read.draft.code, read.draft.ready) == ("2.000010", True)


HEAD = b"format: motcua/processes\n"


def test_a_wrong_table_of_steps_is_refused_in_one_line(tmp_path):
    for name, content, said in [
        ("short.csv", b"ma_tthc,buoc\n1.900001,1\n", "thiếu cột so_hieu"),
        ("empty.csv", b"", "rỗng"),
        ("cp1258.csv", b"so_hieu,\xd0\xe3\n", "UTF-8"),
        ("fake.xlsx", b"so_hieu,ma_tthc", "không mở được"),
        (
            "bad.yaml",
            HEAD + b"templates: {}\nassign: [{template: x, codes: [y]}]",
            "không có mẫu quy trình x",
        ),
        ("none.yaml", HEAD + b"assign: []", "không có mẫu quy trình"),
        ("odd.yaml", HEAD + b"templates: {}\nassign: [3]", "mục của assign viết sai"),
    ]:
        (tmp_path / name).write_bytes(content)
        read = templates.processes if name.endswith("yaml") else steps.processes
        assert said in wrong(tmp_path / name, read), name
    assert "không có tệp" in wrong(tmp_path / "nothing.xlsx", steps.processes)


def test_a_template_gives_the_rest_of_the_hours_to_its_open_steps():
    step = {"name": "Làm", "role": "handler"}
    template = {"steps": [step | {"id": "a", "hours": 2}, step | {"id": "b", "hours": "rest"}]}
    assert [s.hours for s in templates.build(template, Decimal(10)).steps] == [Decimal(2), Decimal(8)]
    with pytest.raises(ValueError, match="dùng hết 2 giờ"):
        templates.build(template, Decimal(2))


def test_a_catalogue_written_by_hand_with_slips_is_read_as_far_as_it_goes(tmp_path):
    (tmp_path / "slips.yaml").write_text("""
format: motcua/catalogue
procedures:
  - {code: "1.900201", title: Mẫu, levels: [village], audiences: Một người, channels: [online, pigeon], term: 3 ngày,
     fee: nhiều, papers: [{originals: 1}, Đơn], results: {name: Giấy}, kind: "9", decision: 1/QĐ-X}
  - {title: Không có mã}
""")
    read, nameless = files.catalogue(tmp_path / "slips.yaml")
    assert [(t.channel, t.amount) for t in read.draft.terms] == [("online", Decimal(3))]
    assert [(f.amount, f.text) for f in read.draft.fees] == [(None, "nhiều")]
    assert [c.name for c in read.draft.components] == ["Đơn"]
    assert (read.draft.audiences, read.draft.levels, read.draft.kind) == (("Một người",), (), "")
    assert {f.field for f in read.found} == {"levels", "channels", "fees", "papers", "kind"}
    assert nameless.draft is None


def test_words_lose_their_accents():
    assert fold("ĐĂNG KÝ Hộ tịch") == "dang ky ho tich"
    assert words("Cấp, cấp lại (mẫu 02)") == ["cap", "cap", "lai", "mau", "02"]
