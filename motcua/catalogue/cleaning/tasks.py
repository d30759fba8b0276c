"""The night's work on the catalogue: look for flaws, compare with the national record where one is connected."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from ..matching import acts as matching
from . import acts


@app.periodic(cron="20 19 * * *", periodic_id="sweep")  # UTC: 02:20 in Việt Nam
@app.task(queue="cleaning", name="catalogue.sweep", queueing_lock="catalogue.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Rà dữ liệu every night; `timestamp` is when it was due, a missed night loses nothing."""
    acts.sweep(by=None, at=timezone.now())


@app.periodic(cron="40 19 * * *", periodic_id="match")  # UTC: 02:40 in Việt Nam
@app.task(queue="cleaning", name="catalogue.match", queueing_lock="catalogue.match", pass_context=False)
def match(timestamp: int) -> None:
    """Đối chiếu với CSDLQG every night; the stand-in is asked by hand only."""
    if settings.PORTAL_URL:
        matching.match_gateway(by=None, at=timezone.now())
