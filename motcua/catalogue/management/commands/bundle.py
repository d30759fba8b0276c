"""`motcua bundle`: publish groups of inter-agency procedures and kinds of project from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from motcua.catalogue import acts
from motcua.catalogue.acts import WrongFile
from motcua.catalogue.reading import bundles
from motcua.law.facts import Refused


class Command(BaseCommand):
    """Publishes what is new or changed; what is published as it stands is left as it is."""

    help = "Công khai nhóm thủ tục liên thông, mẫu dự án từ tệp YAML (format: motcua/bundles)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", metavar="PATH", type=Path, help="tệp YAML")

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        try:
            read = list(bundles.bundles(path))
            for bundle in read:
                published = acts.publish_bundle(bundle, by=None, at=timezone.now())
                self.stdout.write(f"{published}: {published.name}, {len(published.members)} thủ tục")
        except (WrongFile, Refused) as wrong:
            raise CommandError(str(wrong), returncode=2) from None
        self.stdout.write(f"{len(read)} nhóm, dự án.")
