"""Jobs of notices: told what an act did, and once a minute what waits."""

from __future__ import annotations

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from motcua.dossiers.folding import Folded
from motcua.dossiers.models import Dossier
from motcua.journal import log

from . import composing, sending, watching

RELATED = ("version__procedure", "process", "deciding_unit", "receiving_unit")
KEPT_TRYING = RetryStrategy(max_attempts=12, exponential_wait=4)


@app.task(queue="notices", name="notices.tell", retry=KEPT_TRYING)
def tell(code: str, since: int, until: int) -> None:
    """Tell the applicant what the facts after version `since` up to `until` say; safe to repeat."""
    compose(code, since, until)
    sending.work_off_all(timezone.now)


def compose(code: str, since: int, until: int) -> None:
    """Write down the notices that follow from these facts of a dossier."""
    dossier = Dossier.objects.select_related(*RELATED).defer("words").get(code=code)
    case = Folded(dossier, log.read(dossier.stream))
    told = list(composing.after(case, since, until))
    if told:
        composing.compose(told, composing.contact_of(dossier), at=timezone.now())


@app.periodic(cron="* * * * *", periodic_id="notices")
@app.task(queue="notices", name="notices.round", queueing_lock="notices.round", pass_context=False)
def round_of(timestamp: int) -> None:
    """Tell officers what waits at reception, and try again what waits; `timestamp` is when it was due."""
    watching.tell(timezone.now())
    sending.work_off_all(timezone.now)
