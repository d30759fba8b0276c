"""`motcua serve`: the pages and the job worker, until Ctrl-C (mở hệ thống)."""

import asyncio
import errno
import logging
import multiprocessing
import os
import socket
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from time import sleep
from typing import Any, cast

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from motcua import embedded
from motcua.journal.locks import Lock

PORT = 8766
TRIES = 50
REQUESTS_AT_ONCE = min(8, 2 * (os.cpu_count() or 1) + 1)  # each keeps a connection to PostgreSQL
GRACE = 10  # seconds for the pages and jobs under way to finish

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Mở các trang và chạy việc nền, cho đến khi bấm Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="địa chỉ lắng nghe (mặc định %(default)s)")
        parser.add_argument("--port", type=_port, help=f"cổng; mặc định là {PORT} hoặc cổng trống kế tiếp")

    def handle(self, *args: Any, **options: Any) -> None:
        migrate_first()
        serve_forever(
            options["port"], host=options["host"], announce=lambda at: self.stdout.write(f"Mở tại {at}")
        )


def migrate_first() -> None:
    """Bring the database to this version's shape; of several processes one does it and the others wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [Lock.MIGRATING.value])
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
        cursor.execute("SELECT pg_advisory_unlock(%s)", [Lock.MIGRATING.value])


def serve_forever(
    port: int | None = None, *, host: str = "127.0.0.1", announce: Callable[[str], object] = print
) -> None:
    """Serve the pages and work off the jobs until SIGINT or SIGTERM; the database must be migrated.

    `announce` is given the address once it is known. Without `port` the first free one from 8766 on is taken.
    Raises CommandError when the port is taken or the host is none of this machine's.
    """
    port = _free_port(host, port)
    connection.close()
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    server = Granian(
        "motcua.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=REQUESTS_AT_ONCE,
        workers_kill_timeout=GRACE,
        log_level=LogLevels.warning,
    )
    jobs = Jobs()
    server.on_startup(jobs.start)
    server.on_startup(Thread(target=_announce, args=(host, port, announce), daemon=True).start)
    # A fork would share this process's threads, locks and sockets with the pages.
    multiprocessing.set_start_method("spawn", force=True)
    try:
        server.serve()
    finally:
        jobs.stop()


def _announce(host: str, port: int, announce: Callable[[str], object]) -> None:
    """Give the address once it answers: the pages' process takes a moment to load them."""
    while True:
        with suppress(OSError), socket.create_connection((host, port)):
            announce(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
            sys.stdout.flush()  # into a file or a pipe it would wait for the end of the program
            return
        sleep(0.05)


class Jobs(Thread):
    """The worker of the job queue beside the web server; it outlives a database that goes away."""

    def __init__(self) -> None:
        super().__init__(name="jobs", daemon=True)
        self._loop = asyncio.new_event_loop()
        self._work: asyncio.Task[None] | None = None

    def run(self) -> None:
        self._work = self._loop.create_task(self._work_on())
        try:
            self._loop.run_until_complete(self._work)
        except asyncio.CancelledError:
            pass
        finally:
            self._loop.close()

    def stop(self) -> None:
        """Let the jobs under way finish, for GRACE seconds."""
        if self.is_alive() and self._work:
            self._loop.call_soon_threadsafe(self._work.cancel)
            self.join(GRACE + 2)

    async def _work_on(self) -> None:
        async with asyncio.TaskGroup() as both:
            both.create_task(self._keep_server())
            both.create_task(self._keep_working())

    async def _keep_server(self) -> None:
        while not os.environ.get("DATABASE_URL"):
            await asyncio.sleep(2)
            try:
                await asyncio.to_thread(embedded.revive, settings.VAR)
            except embedded.Unavailable as error:
                log.warning("%s", error)

    async def _keep_working(self) -> None:
        while True:
            try:
                await self._until_lost()
            except Exception as error:
                log.warning("jobs: %s", str(error).strip().split("\n")[0])
                await asyncio.sleep(2)

    async def _until_lost(self) -> None:
        connector = cast(DjangoConnector, app.connector).get_worker_connector()
        with app.replace_connector(connector) as worker:
            async with worker.open_async():
                await worker.run_worker_async(
                    concurrency=2,  # beside one that asks a neighbour for long, the others go on
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=GRACE,
                    delete_jobs="successful",  # what came of them is kept where it belongs, and one comes a minute
                )


def _free_port(host: str, wanted: int | None) -> int:
    for port in [wanted] if wanted else range(PORT, PORT + TRIES):
        try:
            _bind(host, port)
            return port
        except PermissionError as error:
            raise CommandError(f"không được phép mở cổng {port} (not permitted)", returncode=2) from error
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise CommandError(f"không mở được {host}:{port}: {error.strerror}", returncode=2) from error
    tried = wanted or f"{PORT}–{PORT + TRIES - 1}"
    raise CommandError(
        f"cổng {tried} đang có chương trình khác dùng: chọn --port khác (port taken)", returncode=2
    )


def _bind(host: str, port: int) -> None:
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind(address)


def _port(text: str) -> int:
    if not (text.isdigit() and 0 < int(text) < 65536):
        raise ArgumentTypeError(f"“{text}” không phải cổng từ 1 đến 65535")
    return int(text)
