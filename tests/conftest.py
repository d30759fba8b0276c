"""What tests of several storeys share: the database and the browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import dj_database_url
import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from hypothesis import HealthCheck
from hypothesis import settings as examples
from pytest_django import DjangoDbBlocker

from motcua import embedded

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserType, Page

VAR = Path(__file__).parents[1] / "var" / "test"

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",  # the sandbox of Chromium refuses to run as root
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)


# The first run on a machine makes Hypothesis' tables of letters, and a busy one stops a test for a while.
examples.register_profile(
    "any machine", examples.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
examples.load_profile("any machine")


def pytest_configure() -> None:
    if settings.configured:
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        settings.INDEX_SECONDS = 0  # tests put rows where no journal tells of them
        # A good hash is slow by design, and every journey signs somebody in.
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser that was kept waiting too long is asked once more, and the run says so: machines stand still."""
    once_more = pytest.mark.flaky(reruns=1, only_rerun=["TimeoutError", "Locator expected"])
    for item in items:
        if item.path.parent.name == "journeys":
            item.add_marker(once_more)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """A server of the tests' own, started by the first test that needs one; DATABASE_URL names another."""
    place = connections["default"].settings_dict
    place["CONN_MAX_AGE"] = 0
    if not os.environ.get("DATABASE_URL"):
        embedded.start(VAR, durable=False)
        own = dj_database_url.parse(embedded.url(VAR))
        place.update({key: own[key] for key in ("HOST", "PORT", "USER", "PASSWORD", "NAME")})
        _drop_forgotten()
        place["TEST"]["NAME"] = f"test_{os.getpid()}"  # two runs at once do not meet


@pytest.fixture(autouse=True)
def no_jobs_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """What Django empties after a test that committed does not hold the queue, whose jobs would find nothing."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        blocker: DjangoDbBlocker = request.getfixturevalue("django_db_blocker")
        with blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def _drop_forgotten() -> None:
    """Drop the databases of test processes that were killed."""
    with psycopg.connect(embedded.url(VAR), autocommit=True) as server:
        for (name,) in server.execute("SELECT datname FROM pg_database WHERE datname ~ '^test_[0-9]+$'"):
            if not _alive(int(name.removeprefix("test_"))):
                server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The migrated database; it can be emptied between tests although what is kept for good refuses that."""
    with django_db_blocker.unblock():
        _leave_unvacuumed()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", _empty)
        yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def _leave_unvacuumed() -> None:
    """No vacuum between tests.

    One that comes upon rows taken back leaves a table marked as large and empty; a plan of the next test then joins a
    dozen such tables in any order, which takes minutes.
    """
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'ALTER TABLE "{table}" SET (autovacuum_enabled = false)')


def _empty(operations: DatabaseOperations, statements: list[str]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # Triggers refuse that, and this silences them; who is not the server's own superuser may not say it.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Chromium: the system's, or Playwright's own. Without one the journeys are skipped, in CI they fail."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        program = _chromium(playwright.chromium)
        if program is None:
            missing = "no Chromium: apt install chromium, or .venv/bin/playwright install chromium"
            pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
        # Playwright keeps an event loop running in this thread, which Django would take for asynchronous code.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: "Browser", live_server) -> "Iterator[Page]":
    """A fresh window on the pages of this test's database: `page.goto("/")`."""
    context = browser.new_context(base_url=live_server.url, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    yield context.new_page()
    context.close()


def _chromium(kind: "BrowserType") -> str | None:
    found = (os.environ.get("CHROMIUM"), *map(shutil.which, CHROMIUM), kind.executable_path)
    return next((program for program in found if program and Path(program).exists()), None)
