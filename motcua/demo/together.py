"""A group of inter-agency dossiers and a project in the demo, through the real acts (nhóm hồ sơ, dự án).

Few and fixed, so that the pages have something to show. What was done before stays done: groups and dossiers are
known by their request ids, and each dossier goes on where its facts end.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from motcua.catalogue import acts as catalogue
from motcua.catalogue import queries
from motcua.catalogue.models import Bundle, BundleKind, Procedure
from motcua.catalogue.reading import bundles
from motcua.dossiers import acts, conditions, folding, inputs, intake
from motcua.dossiers import queries as dossiers
from motcua.dossiers.models import Dossier, Group
from motcua.law.calendar import Calendar, day
from motcua.law.lifecycle import WORKING, State
from motcua.people.models import Role, Unit

from .stock import SAMPLE
from .story import NAMESPACE
from .world import World

DAY = 480  # working minutes
BEGUN_BEFORE = 8 * DAY
FROM = 20  # dossiers of a world worth looking at; a smaller one is for trying the command itself
NAMES = {BundleKind.GROUP: "", BundleKind.PROJECT: "Trang trại chăn nuôi Pác Bó Xanh"}
WHO = {
    BundleKind.GROUP: acts.Applicant(name="Nông Thị Thử", phone="0900000001"),
    BundleKind.PROJECT: acts.Applicant(name="Hợp tác xã Pác Bó Xanh Thử", kind=2, phone="0900000002"),
}


def requests(seed: int) -> set[UUID]:
    """The request ids of the dossiers made here."""
    return {uuid5(_request(seed, b.code), member["key"]) for b in _book() for member in b.members}


def play(world: World, seed: int, start: datetime, at: datetime) -> int:
    """Publish the bundles and play one of each until `at`; returns how many groups there are.

    Nothing where the catalogue lacks their procedures.
    """
    made = 0
    for bundle in _book():
        codes = {member["procedure"] for member in bundle.members}
        if Procedure.objects.filter(code__in=codes).count() < len(codes):
            continue
        published = catalogue.publish_bundle(bundle, by=None, at=start)
        begun = Calendar().add_working_minutes(at, -BEGUN_BEFORE)
        if begun > start:
            _one(world, published, seed, begun, at)
            made += 1
    return made


def _book() -> list[Bundle]:
    return list(bundles.bundles(SAMPLE / "bundles.yaml"))


def _request(seed: int, code: str) -> UUID:
    return uuid5(NAMESPACE, f"{seed}:nhom:{code}")


def _one(world: World, bundle: Bundle, seed: int, begun: datetime, at: datetime) -> None:
    request = _request(seed, bundle.code)
    group = Group.objects.filter(request_id=request).first()
    commune = world.communes[seed % len(world.communes)]
    if bundle.kind == BundleKind.GROUP:
        group = group or _handed_in(world, bundle, request, commune, begun)
        first = group.members.select_related("dossier").get(lead=True).dossier
        assert first is not None
        if _through(world, first, at):
            inputs.supply(first.code)
        return
    desk = world.desks[world.departments[0].pk]
    group = group or acts.open_group(
        _filing(bundle, request, desk), by=world.officer(desk, Role.RECEPTION, 0), at=begun
    )
    for member in group.members.filter(needs=[]):
        _member(world, group, member.key, member.procedure, request, begun, at)


def _handed_in(world: World, bundle: Bundle, request: UUID, commune: Unit, begun: datetime) -> Group:
    desk = world.desks[commune.pk]
    versions = queries.all_in_force([m["procedure"] for m in bundle.members], day(begun))
    choices = {m["key"]: acts.Choice(versions[m["procedure"]], commune) for m in bundle.members}
    components = [c for version in versions.values() for c in dossiers.components(version)]
    names = dict.fromkeys(component.name for component in components)
    papers = tuple({"code": "", "name": name, "origin": "scan"} for name in names)
    filing = _filing(bundle, request, desk, choices, papers)
    return acts.open_group(filing, by=world.officer(desk, Role.RECEPTION, 0), at=begun)


def _filing(
    bundle: Bundle,
    request: UUID,
    desk: Unit,
    choices: dict[str, acts.Choice] | None = None,
    papers: tuple[dict[str, str], ...] = (),
) -> acts.GroupFiling:
    kind = BundleKind(bundle.kind)
    return acts.GroupFiling(
        request_id=request,
        bundle=bundle,
        channel="direct",
        receiving_unit=desk,
        applicant=WHO[kind],
        choices=choices or {},
        papers=papers,
        name=NAMES[kind],
    )


def _member(
    world: World, group: Group, key: str, procedure: str, request: UUID, begun: datetime, at: datetime
) -> None:
    """One dossier of the project: received at its department's desk, put into the project, handled for a while."""
    version = queries.in_force(procedure, day(begun))
    decides = next(iter(intake.deciders(version, day(begun))), None)
    named = next((o.department for o in world.offerings if o.version == version and o.department), decides)
    assert named is not None
    desk = world.desks[named.pk]
    by = world.officer(desk, Role.RECEPTION, 0)
    components = dossiers.components(version)
    filing = acts.Filing(
        request_id=uuid5(request, key),
        version=version,
        channel="direct",
        receiving_unit=desk,
        deciding_unit=named,
        applicant=WHO[BundleKind.PROJECT],
        components=tuple({"code": c.code, "name": c.name, "origin": "scan"} for c in components),
    )
    dossier = acts.receive(filing, by=by, at=Calendar().add_working_minutes(begun, 60))
    if not group.members.filter(dossier=dossier).exists():
        officer = world.officer(group.receiving_unit, Role.RECEPTION, 0)
        acts.attach(
            group, member=key, dossier=dossier, by=officer, at=Calendar().add_working_minutes(begun, 90)
        )
    _through(world, dossier, at)


def _through(world: World, dossier: Dossier, at: datetime) -> bool:
    """Do its steps one after another, half a working day each, until `at`; whether it is done by then."""
    while True:
        case = dossiers.folded(dossier)
        if case.standing.state is State.DONE:
            return True
        moment = case.calendar.add_working_minutes(case.facts[-1].at, DAY // 2)
        if case.standing.state not in WORKING or moment > at:
            return False
        node = next((n for n in folding.waiting_nodes(case) if n.role != Role.RECEPTION), None)
        unit = folding.unit_of(dossier, node) if node else dossier.deciding_unit
        if node is None or node not in folding.left_to_do(case):
            by = world.officer(dossier.deciding_unit, Role.CLERK, 0)
            acts.finish(dossier, result="granted", number="01/KQ", by=by, at=moment)
            continue
        by = world.officer(unit, node.role, 0)
        outcome = sorted(case.process.routes[node.id], key=bool)[0]
        if conditions.signs(case, node) and not case.standing.signed:
            handler = world.officer(dossier.deciding_unit, Role.HANDLER, 0)
            if not case.standing.draft:
                acts.propose_result(
                    dossier, result="granted", summary="Cấp theo đề nghị.", by=handler, at=moment
                )
            acts.sign_result(dossier, step=node.id, by=by, at=moment, outcome=outcome)
            continue
        acts.complete_step(dossier, step=node.id, by=by, at=moment, outcome=outcome)
