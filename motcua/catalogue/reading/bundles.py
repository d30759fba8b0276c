"""Groups of inter-agency procedures and kinds of project as a YAML file lists them (nhóm thủ tục liên thông, dự án).

format: motcua/bundles
bundles:
  - code: khai-sinh-thuong-tru-bhyt
    kind: group                       # or project
    name: Khai sinh, thường trú, thẻ bảo hiểm y tế
    decision: 1/QĐ-UBND
    since: 2026-01-01
    members:                          # the first one leads, unless another says lead: true
      - {key: khai-sinh, procedure: "1.001193", name: Đăng ký khai sinh}
      - {key: thuong-tru, procedure: "1.004222", name: Đăng ký thường trú, needs: [khai-sinh]}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from ..models import Bundle, BundleKind
from .drafts import CODE, plain
from .files import WrongFile, opened, yaml_document

FORMAT = "motcua/bundles"


def bundles(path: Path) -> Iterator[Bundle]:
    """The bundles of a file, not saved. Raises WrongFile."""
    with opened(path) as (_, text):
        document = yaml_document(path, text)
    if document.get("format") != FORMAT or not isinstance(document.get("bundles"), list):
        raise WrongFile(path, "không phải nhóm thủ tục YAML", f"cần format: {FORMAT} và bundles")
    for row, said in enumerate(document["bundles"], start=1):
        try:
            yield _bundle(said)
        except (KeyError, TypeError, ValueError, AttributeError) as wrong:
            remedy = "mỗi nhóm cần code, kind (group, project), name, since (ngày), members"
            raise WrongFile(path, f"nhóm thủ tục viết sai ({wrong})", remedy, row) from None


def _bundle(said: Mapping[str, Any]) -> Bundle:
    members = [_member(member) for member in said["members"]]
    if not any(member["lead"] for member in members):
        members[0:1] = [{**member, "lead": True} for member in members[0:1]]
    since = said["since"]
    if not isinstance(since, date):
        raise ValueError(f"since: {since}")
    return Bundle(
        code=plain(said["code"]),
        kind=BundleKind(said["kind"]),
        name=plain(said["name"]),
        decision=plain(said.get("decision")),
        note=plain(said.get("note")),
        valid_from=since,
        members=members,
    )


def _member(said: Mapping[str, Any]) -> dict[str, Any]:
    code = plain(said["procedure"])
    if not CODE.fullmatch(code):
        raise ValueError(f"procedure: {code}")
    return {
        "key": plain(said["key"]),
        "procedure": code,
        "name": plain(said["name"]),
        "needs": [plain(need) for need in said.get("needs") or ()],
        "lead": bool(said.get("lead", False)),
    }
