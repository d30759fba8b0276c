"""The demo plays the real acts: the same settings make the same world, and what was cut off goes on."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from django.core.management import call_command

from motcua.catalogue.models import Draft
from motcua.demo import (
    asked,
    counter,
    drafting,
    office,
    outbox,
    play,
    postal,
    province,
    shares,
    stock,
    together,
    worlds,
)
from motcua.demo.models import DemoRun
from motcua.demo.play import Settings
from motcua.demo.world import World
from motcua.dossiers import queries
from motcua.dossiers.models import STREAM, Dossier, Group, Guidance, Task
from motcua.journal import log
from motcua.law import drafting as law
from motcua.law.calendar import TZ, day
from motcua.law.facts import KINDS, Refused
from motcua.law.lifecycle import State
from motcua.notices.models import Notice
from motcua.scores.models import ServiceRate, ServiceSheet
from motcua.steering.heads.models import HeadRating
from motcua.steering.par.models import ParLine
from motcua.steering.surveys.models import Invitation
from motcua.tickets.models import Ticket
from tests import cast

AT = datetime(2026, 11, 20, 15, 30, tzinfo=TZ)
OFTEN = {
    "online": 0.8,
    "by_post": 0.3,
    "left_lying": 0.1,
    "refused_at_reception": 0.06,
    "withdrawn": 0.08,
    "stopped": 0.06,
    "supplement_at_reception": 0.1,
    "supplement_at_appraisal": 0.25,
    "never_supplemented": 0.4,
    "duty_elsewhere": 0.2,
    "duty_on_land": 0.8,
    "result_refused": 0.1,
    "handed_over": 0.3,
    "handover_declined": 0.4,
    "recalled": 0.2,
    "papers_late": 0.2,
    "proposal_declined": 0.3,
    "consulted": 0.5,
    "opinion_late": 0.3,
    "opinion_never": 0.3,
    "opinion_withdrawn": 0.4,
    "duty_corrected": 0.4,
    "result_wrong": 0.15,
    "correction_declined": 0.4,
    "sent_back": 0.2,
    "on_time": 0.7,
    "extended": 0.9,
    "rated": 0.5,
}


class CutOff(Exception):
    """The play ends here, as if the machine had."""


@pytest.fixture
def rare_things_happen_often(monkeypatch: pytest.MonkeyPatch) -> None:
    published = {name: shares.share(name) for name in shares.book()["shares"]}
    for room in ("story", "play"):
        monkeypatch.setattr(f"motcua.demo.{room}.share", (published | OFTEN).__getitem__)


def settings_for(dossiers: int, months: int = 2, seed: int = 7) -> Settings:
    return Settings(at=AT, months=months, dossiers=dossiers, seed=seed)


def fresh_world(settings: Settings) -> World:
    province.load(seed=settings.seed, at=settings.start)
    stock.stock("", at=settings.start)
    return World(day(settings.start), settings.seed)


def emptied() -> None:
    """Take everything away; numbers go on, since what was read by number is remembered."""
    call_command("flush", interactive=False, verbosity=0, reset_sequences=False)


def told() -> list[Any]:
    """Everything a play wrote that must not depend on when or how often it was started."""
    said: list[Any] = []
    for dossier in Dossier.objects.order_by("request_id"):
        entries = log.history(dossier.stream)
        facts = [(e.version, e.kind, e.data, e.occurred_at, e.by, e.provision) for e in entries]
        person = (dossier.applicant, dossier.identity, dossier.address, dossier.channel, dossier.subject)
        waits = Task.objects.filter(dossier=dossier).order_by("step")
        said.append(
            (dossier.code, person, dossier.state, facts, list(waits.values_list("step", "since", "due_at")))
        )
    return said


@pytest.mark.django_db(transaction=True)
def test_a_play_that_was_cut_off_goes_on_to_the_same_world() -> None:
    settings, seen = settings_for(20), [0]
    play.play(fresh_world(settings), settings)
    whole = told()
    emptied()

    def fail(at: datetime) -> None:
        seen[0] += 1
        if seen[0] == 57:
            raise CutOff

    world = fresh_world(settings)
    with pytest.raises(CutOff):
        play.play(world, settings, watch=fail)
    assert 0 < len(told()) <= len(whole)
    assert told() != whole
    rest = play.play(world, settings)
    assert rest.continued > 0
    assert not rest.refused
    assert told() == whole
    assert play.play(world, settings).acts == 0


@pytest.mark.django_db(transaction=True)
def test_two_hands_play_the_same_world_as_one() -> None:
    settings = settings_for(20)
    play.play(fresh_world(settings), settings)
    whole = told()
    emptied()
    assert play.play(fresh_world(settings), settings, hands=2).refused == []
    assert told() == whole


@pytest.mark.django_db
def test_another_seed_plays_another_world() -> None:
    settings = settings_for(10)
    world = fresh_world(settings)
    first = [plan.arrival for plan in play.plans(world, settings)]
    other = [plan.arrival for plan in play.plans(World(world.day, 8), settings_for(10, seed=8))]
    assert set(first).isdisjoint(other)


@pytest.mark.django_db
def test_the_law_refuses_nothing_and_everything_it_knows_happens(rare_things_happen_often: None) -> None:
    settings = settings_for(220)
    world = fresh_world(settings)
    tally = play.play(world, settings)
    assert tally.refused == []
    assert tally.begun == 220
    assert together.play(world, settings.seed, settings.start, settings.at) == 2
    states = Counter(Dossier.objects.values_list("state", flat=True))
    shown = {State(state) for state in states} | {State.ACCEPTED}  # accepted is left at the first step's act
    assert shown >= set(State) - {State.NONE}
    kinds = {entry.kind for dossier in Dossier.objects.all() for entry in log.history(dossier.stream)}
    assert kinds == set(KINDS)
    assert list(queries.verify()) == []
    assert list(log.verify(STREAM)) == []


@pytest.mark.django_db
def test_groups_played_again_go_on_where_they_are_and_belong_to_the_demo() -> None:
    settings = settings_for(5)
    world = fresh_world(settings)
    for _ in range(2):
        assert together.play(world, settings.seed, settings.start, settings.at) == 2
    known = set(Dossier.objects.values_list("request_id", flat=True))
    assert len(known) == 5
    assert known <= together.requests(settings.seed)
    assert Group.objects.count() == 2
    assert list(queries.verify()) == []


@pytest.mark.django_db
def test_the_office_keeps_scores_and_grades_once_however_often_it_is_played() -> None:
    settings = settings_for(5)
    world = fresh_world(settings)
    made = office.play(world, settings.seed, settings.at)
    assert made == (len(office.NOTES), 2 * office.SCORED, 2)  # departments and communes
    assert office.play(world, settings.seed, settings.at) == (0, 0, 0)
    assert ParLine.objects.filter(lost__gt=0).exists()
    surveyed = ParLine.objects.filter(criterion="3", sheet__unit__kind="department")
    assert surveyed.filter(points__isnull=False).count() == office.SCORED - 1
    assert Invitation.objects.count() == 2 * asked.ASKED
    assert set(HeadRating.objects.values_list("decided", flat=True)) == {None, 3}
    for _ in range(2):
        sheets = postal.play(world, settings.seed, settings.at, since=settings.start)
    assert sheets == ServiceSheet.objects.count() > 0
    assert set(ServiceRate.objects.values_list("document", flat=True)) == {postal.SAMPLE}


@pytest.mark.django_db
def test_the_counter_guides_and_calls_once_however_often_it_is_played() -> None:
    settings = settings_for(5)
    world = fresh_world(settings)
    assert counter.play(world, settings.seed, settings.at) == (counter.GUIDED, 2 * counter.TAKEN)
    assert counter.play(world, settings.seed, settings.at) == (counter.GUIDED, 0)
    assert Guidance.objects.count() == counter.GUIDED
    assert Ticket.objects.filter(called_at__isnull=False).count() == 2 * counter.CALLED
    assert (
        max(Ticket.objects.values_list("last_call_at", flat=True).exclude(last_call_at=None)) <= settings.at
    )


@pytest.mark.django_db
def test_drafts_go_on_where_they_are_and_lie_before_the_moment_of_the_world() -> None:
    settings = settings_for(5, months=3)
    fresh_world(settings)
    assert drafting.play(settings.start, settings.at) == 4
    streams = [log.history(law.stream(draft.pk)) for draft in Draft.objects.order_by("pk")]
    assert drafting.play(settings.start, settings.at) == 4
    assert [len(stream) for stream in streams] == [
        len(log.history(law.stream(draft.pk))) for draft in Draft.objects.order_by("pk")
    ]
    assert max(entry.occurred_at for stream in streams for entry in stream) <= settings.at
    stages = set(Draft.objects.values_list("stage", flat=True))
    assert stages == {"promulgated", "assessment", "opinion", "drafting"}


@pytest.mark.django_db
def test_no_fact_lies_after_the_moment_of_the_world() -> None:
    settings = settings_for(30)
    play.play(fresh_world(settings), settings)
    for dossier in Dossier.objects.all():
        moments = [entry.occurred_at for entry in log.history(dossier.stream)]
        assert settings.start <= moments[0]
        assert moments[-1] <= settings.at
        assert moments == sorted(moments)


@pytest.mark.django_db
def test_the_portal_is_told_where_every_dossier_stands_and_no_job_is_left() -> None:
    settings = settings_for(8)
    play.play(fresh_world(settings), settings)
    outbox.tell(outbox.waiting())
    assert outbox.waiting() == []
    assert all(dossier.reported == dossier.facts for dossier in Dossier.objects.all())


@pytest.mark.django_db
def test_a_demo_is_never_mixed_with_real_data() -> None:
    cast.gather()
    with pytest.raises(Refused, match="không phải bản thử"):
        worlds.world(worlds.Wish(), now=AT)
    with pytest.raises(Refused, match="không xóa"):
        worlds.reset()


@pytest.mark.django_db
def test_other_settings_than_those_of_the_world_are_refused_and_the_same_are_not() -> None:
    run = worlds.world(worlds.Wish(dossiers=9, seed=3), now=AT)
    assert worlds.world(worlds.Wish(seed=3), now=AT) == run
    with pytest.raises(Refused, match=r"số hồ sơ 10 \(đang là 9\).*--reset"):
        worlds.world(worlds.Wish(dossiers=10), now=AT)
    assert DemoRun.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (worlds.Wish(at=datetime(2025, 8, 1, tzinfo=TZ)), "chỉ chơi từ 01/07/2025"),
        (worlds.Wish(at=datetime(2030, 8, 1, tzinfo=TZ)), "chỉ có đến năm 2030"),
        (worlds.Wish(months=-1), "từ 1 trở lên"),
        (worlds.Wish(dossiers=0), "từ 1 trở lên"),
    ],
)
def test_a_world_that_cannot_be_is_refused_and_leaves_no_mark(wish: worlds.Wish, said: str) -> None:
    with pytest.raises(Refused, match=said):
        worlds.world(wish, now=AT)
    assert not DemoRun.objects.exists()


@pytest.mark.parametrize("name", ["SMS_URL", "MAIL_HOST"])
def test_invented_people_are_told_nothing_by_a_real_gateway(settings: Any, name: str) -> None:
    setattr(settings, name, "https://cong.example")
    with pytest.raises(Refused, match=name):
        worlds.offline()


@pytest.mark.django_db
def test_a_world_with_a_dossier_of_somebody_else_is_not_emptied() -> None:
    worlds.world(worlds.Wish(dossiers=2), now=AT)
    cast.gather().received()
    with pytest.raises(Refused, match="1 hồ sơ không do bản thử tạo ra"):
        worlds.reset()


def test_invented_dossiers_never_reach_the_real_portal(settings: Any) -> None:
    settings.PORTAL_URL = "https://cong.example"
    with pytest.raises(Refused, match="Cổng DVCQG thật"):
        worlds.offline()


@pytest.mark.django_db(transaction=True)
def test_the_newest_news_of_a_play_reach_the_stand_in_by_the_real_job(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outbox, "NOTICES", 5)
    settings = settings_for(20)
    play.play(fresh_world(settings), settings)
    todo = outbox.to_notify()
    outbox.notify(todo)
    assert len(todo) == 5
    assert outbox.to_notify() == []
    sent = Notice.objects.exclude(channel="desk")
    assert sent.count() >= 5
    assert set(sent.values_list("state", "stand_in")) == {("sent", True)}
