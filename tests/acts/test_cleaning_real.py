"""What cleaning finds in the real catalogue of July 2026, when it lies beside the project; each was read by hand."""

import time
from datetime import datetime
from pathlib import Path

import pytest

from motcua.catalogue import acts as catalogue
from motcua.catalogue.cleaning import acts
from motcua.catalogue.cleaning.models import Flaw
from motcua.law.calendar import TZ

CATALOGUE = Path(__file__).parents[2].parent / "shared/data/catalogue/procedures.jsonl.gz"
AT = datetime(2026, 7, 2, 8, tzinfo=TZ)

pytestmark = [
    pytest.mark.real,
    pytest.mark.django_db,
    pytest.mark.skipif(not CATALOGUE.exists(), reason=f"real data absent: {CATALOGUE}"),
]
# Rule, code and what stands in the data.
READ = [
    ("C04", "3.000347", "135.000 đồng"),  # “Miễn phí(- Lệ phí cấp giấy phép lái xe: 135.000 đồng/lần…”
    ("C05", "2.001610", "100000 đồng"),  # 100 VNĐ online, 100,000 VNĐ otherwise
    ("C07", "2.002267", "“5 Ngày làm việc”"),  # 20 days online, 10 by post, 5 at the desk
    ("C08", "3.000360", "Demo/QĐ-BCA"),
    ("C12", "3.000283", "3.000226"),
    ("C13", "1.001963", "không có tên"),  # “…1 bản chính1 bản chính1 bản chính”
    ("C15", "3.000283", "Công bố Danh mục và Quy trình nội bộ"),
    ("D06", "1.014034", "không ghi cơ quan"),
    ("D07", "2.001241", "để trống"),
    ("D10", "1.013826", "theo Mẫu số 12"),
    ("H02", "1.009132", "67/2014/QH13"),
    ("H03", "1.001643", "Bảo hiểm xã hội cấp huyện"),
    ("H07", "3.000336", "chứng minh nhân dân"),
    ("K01", "1.009565", "Bộ Kế hoạch và Đầu tư"),
    ("K02", "3.000250", "cấp huyện"),
]
# Read by hand too, and right as they stand.
SOUND = [
    ("H07", "1.004030"),  # “ảnh kiểu chứng minh nhân dân”: a photograph
    ("C15", "2.002750"),  # publishes a list of land: its name is that of a procedure
]


def test_the_real_catalogue_is_swept_in_seconds_and_its_findings_are_real():
    catalogue.import_catalogue(CATALOGUE, by=None, at=AT, publish=True)
    begun, spent = time.perf_counter(), time.process_time()
    done = acts.sweep(by=None, at=AT)
    took, spent = time.perf_counter() - begun, time.process_time() - spent
    print(f"\n{done.procedures} procedures, {done.found} findings, {took:.1f} s")
    assert done.procedures == 2642
    assert spent < 20  # of our own; a busy machine is not the rules' fault
    for rule, code, told in READ:
        said = Flaw.objects.filter(rule=rule, version__procedure__code=code).values_list("said", flat=True)
        assert any(told in each for each in said), (rule, code, list(said))
    for rule, code in SOUND:
        assert not Flaw.objects.filter(rule=rule, version__procedure__code=code).exists(), (rule, code)
    assert set(done.unchecked) == {"D12", "D13", "H04", "H05", "H06", "K03", "K04"}
    again = acts.sweep(by=None, at=AT)
    assert (again.new, again.mended, again.again) == (0, 0, 0)
