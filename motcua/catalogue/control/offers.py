"""What an officer may do with a draft where it stands (việc có thể làm với dự thảo)."""

from __future__ import annotations

from datetime import date

from motcua.law.control import PATH, Stage
from motcua.people import access
from motcua.people.models import Officer

from .models import Draft

# Who is asked at a stage: by which power they say what the stage waits for.
ASKED = {
    Stage.OPINION: "control_draft",
    Stage.APPRAISAL: "appraise_draft",
    Stage.PROMULGATION: "promulgate",
}


def drafts(officer: Officer, draft: Draft, on: date) -> bool:
    """Whether the officer writes and sends this draft."""
    return access.may(officer, "drafts", None, on) and access.may(officer, "draft", draft.unit, on)


def is_asked(officer: Officer, draft: Draft, stage: str, on: date) -> bool:
    """Whether a draft at `stage` waits for this officer, who is not of the drafting unit."""
    power = ASKED.get(Stage(stage))
    if power is None:
        return False
    *_, top = access.line(draft.unit)
    return access.may(officer, power, top, on)


def own(officer: Officer, draft: Draft, on: date) -> bool:
    """Whether the officer works in the drafting unit, which gives no opinion on its own draft."""
    return any(draft.unit in access.within(post.unit) for post in access.posts(officer, on))


def deeds(officer: Officer, draft: Draft, on: date) -> list[str]:
    """The deeds an officer is offered, by name; whether a gate holds them, the act says."""
    stage = Stage(draft.stage)
    if stage not in PATH:
        return []
    writer, asked = drafts(officer, draft, on), is_asked(officer, draft, stage, on)
    found = []
    if asked:
        found += {Stage.OPINION: ["opinion"], Stage.APPRAISAL: ["appraise"]}.get(stage, ["promulgate"])
    if writer and stage is not Stage.PROMULGATION:
        found.append("forward")
    if writer and stage in (Stage.OPINION, Stage.APPRAISAL):
        found.append("answer")
    if (writer or asked) and stage is not Stage.DRAFTING:
        found.append("return")
    return [*found, "stop"] if writer else found
