"""The run store on disk: SQLite in WAL mode, with the bundles beside it, in ``.nbflow``.

Private to its user, ignored by git, and safe for several runs at once. Nothing in it is ever unpickled here.
"""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

from nbflow.errors import NotRecordedError, StoreError
from nbflow.model import CellId, Effect, Json, Learned, Name, StepName
from nbflow.store import reserve
from nbflow.store.alive import own_process, state_now
from nbflow.store.batches import Batches
from nbflow.store.clearing import Clearing, alone, give_back
from nbflow.store.contents import LIMIT, Contents
from nbflow.store.records import (
    CellRecord,
    Figures,
    FindingRecord,
    RemoteRecord,
    ResultRecord,
    RunRecord,
    RunRow,
    StepRecord,
    VariableRecord,
)
from nbflow.store.transaction import transaction

#: Each entry brings the database from the version of its index to the next one.
MIGRATIONS = (
    """
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT, notebook TEXT NOT NULL, engine TEXT NOT NULL,
        python TEXT NOT NULL, state TEXT NOT NULL, started REAL NOT NULL, seconds REAL,
        parameters TEXT NOT NULL, metrics TEXT NOT NULL DEFAULT '{}');
    CREATE INDEX runs_by_notebook ON runs (notebook, id);
    CREATE TABLE steps (
        run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, position INTEGER NOT NULL,
        name TEXT NOT NULL, state TEXT NOT NULL, started REAL, seconds REAL,
        message TEXT NOT NULL DEFAULT '', error TEXT NOT NULL DEFAULT '',
        peak_bytes INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (run, position));
    CREATE TABLE cells (
        run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, position INTEGER NOT NULL,
        ordinal INTEGER NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL, source TEXT NOT NULL,
        count INTEGER, seconds REAL, outputs TEXT NOT NULL, PRIMARY KEY (run, position, ordinal));
    CREATE TABLE variables (
        run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, position INTEGER NOT NULL,
        name TEXT NOT NULL, type TEXT NOT NULL, shape TEXT NOT NULL, bytes INTEGER NOT NULL,
        version TEXT NOT NULL, preview TEXT NOT NULL, obstacle TEXT NOT NULL,
        PRIMARY KEY (run, position, name));
    CREATE TABLE findings (
        run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, code TEXT NOT NULL,
        severity TEXT NOT NULL, message TEXT NOT NULL, hint TEXT NOT NULL, cell TEXT,
        number INTEGER NOT NULL, line INTEGER NOT NULL);
    """,
    """
    ALTER TABLE runs ADD COLUMN seed INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE runs ADD COLUMN process TEXT NOT NULL DEFAULT '';
    ALTER TABLE steps ADD COLUMN reason TEXT NOT NULL DEFAULT '';
    ALTER TABLE steps ADD COLUMN reused TEXT NOT NULL DEFAULT '';
    CREATE TABLE results (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        notebook TEXT NOT NULL, step TEXT NOT NULL, code TEXT NOT NULL, inputs TEXT NOT NULL,
        read TEXT NOT NULL, written TEXT NOT NULL, passing TEXT NOT NULL, bundles TEXT NOT NULL,
        body TEXT NOT NULL);
    CREATE INDEX results_by_code ON results (step, code, id);
    CREATE INDEX results_by_notebook ON results (notebook, step, id);
    """,
    """
    ALTER TABLE steps ADD COLUMN cpu_seconds REAL NOT NULL DEFAULT 0;
    ALTER TABLE runs ADD COLUMN resumes TEXT NOT NULL DEFAULT '';
    ALTER TABLE cells ADD COLUMN content TEXT NOT NULL DEFAULT '';
    CREATE INDEX cells_by_content ON cells (content, run) WHERE content != '';
    ALTER TABLE results ADD COLUMN outputs TEXT NOT NULL DEFAULT '';
    ALTER TABLE results ADD COLUMN contents TEXT NOT NULL DEFAULT '[]';
    CREATE INDEX results_by_run ON results (run);
    CREATE TABLE uses (
        run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        result INTEGER NOT NULL REFERENCES results (id) ON DELETE CASCADE,
        PRIMARY KEY (run, result));
    CREATE INDEX uses_by_result ON uses (result);
    INSERT INTO uses SELECT DISTINCT steps.run, results.id FROM steps JOIN results
        ON results.run = CAST(steps.reused AS INTEGER) AND results.step = steps.name;
    """,
    """
    ALTER TABLE runs ADD COLUMN verified TEXT NOT NULL DEFAULT '';
    CREATE TABLE learned (
        notebook TEXT NOT NULL, step TEXT NOT NULL, source TEXT NOT NULL, name TEXT NOT NULL,
        effect TEXT NOT NULL, run INTEGER NOT NULL,
        PRIMARY KEY (notebook, step, source, name, effect));
    """,
    """
    ALTER TABLE runs ADD COLUMN keep TEXT NOT NULL DEFAULT 'all';
    """,
    """
    CREATE TABLE remote (
        run INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE, profile TEXT NOT NULL,
        pipeline TEXT NOT NULL, sent_as TEXT NOT NULL, arguments TEXT NOT NULL, tasks TEXT NOT NULL,
        experiment TEXT NOT NULL, account TEXT NOT NULL,
        id TEXT NOT NULL, name TEXT NOT NULL, namespace TEXT NOT NULL, url TEXT NOT NULL,
        message TEXT NOT NULL, seen REAL NOT NULL, kept INTEGER NOT NULL);
    """,
    """
    ALTER TABLE steps ADD COLUMN source TEXT NOT NULL DEFAULT '';
    ALTER TABLE steps ADD COLUMN changed TEXT NOT NULL DEFAULT 'null';
    """,
    """
    CREATE TABLE batches (
        name TEXT PRIMARY KEY, notebook TEXT NOT NULL, python TEXT NOT NULL, made REAL NOT NULL,
        process TEXT NOT NULL);
    CREATE TABLE members (
        batch TEXT NOT NULL REFERENCES batches (name) ON DELETE CASCADE, position INTEGER NOT NULL,
        parameters TEXT NOT NULL, run INTEGER REFERENCES runs (id) ON DELETE SET NULL,
        PRIMARY KEY (batch, position));
    CREATE INDEX members_by_run ON members (run);
    """,
    """
    ALTER TABLE batches ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
    ALTER TABLE members ADD COLUMN output TEXT NOT NULL DEFAULT '';
    """,
)
#: How many results of one step that had the same parameters are looked at.
MOST_RESULTS = 500
#: By how many inputs they are chosen: SQLite limits what a statement may hold.
_MOST_INPUTS = 100
#: The same for what runs have shown of the steps of one notebook, in all states of its code.
MOST_FACTS = 2000
#: The batch of a run.
_BATCH = "COALESCE((SELECT batch FROM members WHERE members.run = runs.id), '')"
_ROWS = (
    "SELECT runs.id, notebook, engine, state, started, seconds, parameters, process, profile,"
    f" remote.id, metrics, {_BATCH} FROM runs LEFT JOIN remote ON run = runs.id"
)
_RESULT = "run, notebook, step, code, inputs, read, written, passing, bundles, body, outputs"


def store_folder(notebook_folder: Path) -> Path:
    """The folder of the store: ``NBFLOW_HOME``, or ``.nbflow`` beside the notebook."""
    home = os.environ.get("NBFLOW_HOME")
    return Path(home).expanduser().absolute() if home else notebook_folder / ".nbflow"


class Store:
    """A run store that is open. Use it as a context manager, or close it."""

    __slots__ = ("_begun", "_contents", "_db", "folder")

    def __init__(self, folder: Path, db: sqlite3.Connection) -> None:
        self.folder = folder
        self._db = db
        self._begun: list[str] = []
        self._contents = Contents(folder / "outputs")

    @classmethod
    def open(cls, notebook_folder: Path | str, *, create: bool = False) -> Store:
        """The store of a folder of notebooks.

        Raises:
            StoreError: there is none and ``create`` is false, or it cannot be read or written.
        """
        folder = store_folder(Path(notebook_folder))
        if not create and not (folder / "nbflow.db").is_file():
            raise NotRecordedError(
                f"no runs are recorded in {folder}: run a notebook first, or set NBFLOW_HOME"
            )
        with _told(folder):
            if create:
                _prepare(folder)
                return cls(folder, _opened(folder / "nbflow.db"))
            try:
                return cls(folder, _opened(folder / "nbflow.db"))
            except sqlite3.OperationalError:  # a full or read-only disk: what is there can be read
                return cls(folder, _opened_for_reading(folder / "nbflow.db"))

    @property
    def bundles(self) -> Path:
        """Where the bundles lie, each under the hash of its content."""
        return self.folder / "bundles"

    @property
    def batches(self) -> Batches:
        """The batches that runs belong to."""
        return Batches(self._db, self._transaction, self._reading)

    def run_folder(self, run: str) -> Path:
        """Where the files of one run lie."""
        return self.folder / "runs" / run

    def close(self) -> None:
        """Close the database; the runs that were begun here may be removed from now on."""
        with suppress(sqlite3.Error):  # then they may when this process has ended
            self._db.executemany(
                "UPDATE runs SET process = '' WHERE id = ?", [(run,) for run in self._begun]
            )
        self._db.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Writing

    def begin(
        self,
        *,
        notebook: str,
        engine: str,
        python: str,
        parameters: Mapping[Name, Json],
        findings: Sequence[FindingRecord] = (),
        seed: int = 0,
        resumes: str = "",
        keep: str = "all",
        remote: RemoteRecord | None = None,
    ) -> str:
        """The id of a new run, recorded as running; ``remote`` is where, if that is not here.

        Raises:
            StoreError: the run that it ``resumes`` is not there any more, or the store cannot be written.
        """
        with self._transaction():
            if (
                resumes
                and not self._db.execute("SELECT 1 FROM runs WHERE id = ?", (resumes,)).fetchone()
            ):
                raise StoreError(f"run {resumes} has been removed from {self.folder} meanwhile")
            cursor = self._db.execute(
                "INSERT INTO runs (notebook, engine, python, state, started, parameters,"
                " seed, process, resumes, keep) VALUES (?, ?, ?, 'running', ?, ?, ?, ?, ?, ?)",
                (
                    notebook,
                    engine,
                    python,
                    time.time(),
                    json.dumps(dict(parameters)),
                    seed,
                    own_process(),
                    resumes,
                    keep,
                ),
            )
            run = str(cursor.lastrowid)
            self._begun.append(run)
            self._db.executemany(
                "INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (run, f.code, f.severity, f.message, f.hint, f.cell, f.number, f.line)
                    for f in findings
                ],
            )
            if remote:
                self._write_remote(run, remote)
        with _told(self.folder):
            self.run_folder(run).mkdir(parents=True, exist_ok=True)
        return run

    def record_step(self, run: str, step: StepRecord) -> None:
        """Write what is known of a step, in place of what was known before."""
        texts = [json.dumps(cell.outputs) for cell in step.cells]
        with self._transaction():
            self._db.execute(
                "INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    run,
                    step.index,
                    step.name,
                    step.state,
                    step.started,
                    step.seconds,
                    step.message,
                    step.error,
                    step.peak_bytes,
                    step.reason,
                    step.reused,
                    step.cpu_seconds,
                    step.source,
                    json.dumps(step.changed),
                ),
            )
            for table in ("cells", "variables"):
                self._db.execute(
                    f"DELETE FROM {table} WHERE run = ? AND position = ?", (run, step.index)
                )
            self._db.executemany(
                "INSERT INTO cells VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        run,
                        step.index,
                        ordinal,
                        cell.id,
                        cell.number,
                        cell.source,
                        cell.count,
                        cell.seconds,
                        *self._kept(outputs),
                    )
                    for ordinal, (cell, outputs) in enumerate(zip(step.cells, texts, strict=True))
                ],
            )
            self._db.executemany(
                "INSERT INTO variables VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        run,
                        step.index,
                        v.name,
                        v.type,
                        v.shape,
                        v.bytes,
                        v.version,
                        v.preview,
                        v.obstacle,
                    )
                    for v in step.variables
                ],
            )

    def _kept(self, outputs: str) -> tuple[str, str]:
        """The outputs of a cell as they are kept in its row, and the digest of those that are not."""
        return (outputs, "") if len(outputs) <= LIMIT else ("[]", self._contents.put(outputs))

    def end(self, run: str, state: str, seconds: float, metrics: Mapping[str, float]) -> None:
        """Record the end of a run."""
        with self._transaction():
            self._db.execute(
                "UPDATE runs SET state = ?, seconds = ?, metrics = ? WHERE id = ?",
                (state, seconds, json.dumps(dict(metrics)), run),
            )

    def note_remote(self, run: str, remote: RemoteRecord, *, state: str = "running") -> None:
        """Record what is known of a run elsewhere, in place of what was known, and its state."""
        with self._transaction():
            self._write_remote(run, remote)
            self._db.execute("UPDATE runs SET state = ? WHERE id = ?", (state, run))

    def _write_remote(self, run: str, remote: RemoteRecord) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO remote VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run,
                remote.profile,
                remote.pipeline,
                remote.order,
                json.dumps(dict(remote.arguments)),
                json.dumps(dict(remote.tasks)),
                remote.experiment,
                remote.account,
                remote.id,
                remote.name,
                remote.namespace,
                remote.url,
                remote.message,
                remote.seen,
                remote.kept,
            ),
        )

    def note_verified(self, run: str, word: str) -> None:
        """Record that a run was verified: ``word`` is "same" or "different"."""
        with self._transaction():
            self._db.execute("UPDATE runs SET verified = ? WHERE id = ?", (word, run))

    def keep_result(self, record: ResultRecord, outputs: Mapping[str, object]) -> None:
        """Keep the result of a step, and what its cells have given."""
        tables = (record.inputs, record.read, record.written)
        with self._transaction():
            short, digests = self._contents.put_outputs(outputs)
            self._db.execute(
                f"INSERT INTO results ({_RESULT}, contents)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    record.run,
                    record.notebook,
                    record.step,
                    record.code,
                    *(json.dumps(dict(table)) for table in tables),
                    json.dumps(record.passing),
                    json.dumps(record.bundles),
                    record.body,
                    json.dumps(short),
                    json.dumps(digests),
                ),
            )

    def use_result(self, run: str, record: ResultRecord) -> bool:
        """Note that a run uses a result; false where it has been removed meanwhile.

        From then on the result and its bundles stay as long as the run does.
        """
        with self._transaction():
            found = self._db.execute("SELECT 1 FROM results WHERE id = ?", (record.id,)).fetchone()
            if found:
                self._db.execute("INSERT OR IGNORE INTO uses VALUES (?, ?)", (run, record.id))
        return found is not None

    @contextmanager
    def clearing(self) -> Iterator[Clearing]:
        """What removes runs and files; no step claims a bundle and nobody else clears meanwhile."""
        with _told(self.folder), alone(self.bundles):
            yield Clearing(self.folder, self._db, self.runs)

    def give_back(self) -> None:
        """Give space back that the database does not fill any more."""
        with _told(self.folder):
            give_back(self._db)

    def learn(self, notebook: str, run: str, facts: Iterable[Learned]) -> None:
        """Keep what a run has shown of the steps of a notebook; what is known stays as it is."""
        with self._transaction():
            self._db.executemany(
                "INSERT OR IGNORE INTO learned (notebook, step, source, name, effect, run)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [(notebook, f.step, f.source, f.name, f.effect.value, run) for f in facts],
            )

    # Reading

    def used_results(self, run: str) -> frozenset[int]:
        """The results of other runs that a run uses or may use since it resumes them, by their ids."""
        with self._reading():
            rows = self._db.execute(
                "WITH RECURSIVE chain (run) AS (VALUES (CAST(? AS INTEGER)) UNION"
                " SELECT CAST(resumes AS INTEGER) FROM runs JOIN chain ON runs.id = chain.run"
                " WHERE resumes != '')"
                " SELECT result FROM uses JOIN chain USING (run) UNION"
                " SELECT results.id FROM results JOIN chain USING (run) WHERE run != CAST(? AS INTEGER)",
                (run, run),
            ).fetchall()
        return frozenset(result for (result,) in rows)

    def used_result(self, run: str, step: StepName) -> ResultRecord | None:
        """The result of another run that a run uses for a step, None where it uses none."""
        with self._reading():
            row = self._db.execute(
                f"SELECT id, {_RESULT} FROM results WHERE step = ? AND id IN"
                " (SELECT result FROM uses WHERE uses.run = ?) ORDER BY id DESC LIMIT 1",
                (step, run),
            ).fetchone()
        return _result(row) if row else None

    def results_in(self, run: str) -> list[ResultRecord]:
        """The results of steps that a run has made, and those of other runs that it uses."""
        with self._reading():
            rows = self._db.execute(
                f"SELECT id, {_RESULT} FROM results WHERE run = ? OR id IN"
                " (SELECT result FROM uses WHERE uses.run = ?) ORDER BY id",
                (run, run),
            ).fetchall()
        return [_result(row) for row in rows]

    def learned(self, notebook: str) -> tuple[Learned, ...]:
        """What runs have shown of the steps of a notebook, whatever their code was."""
        with self._reading():
            rows = self._db.execute(
                "SELECT step, source, name, effect, run FROM learned WHERE notebook = ?"
                " ORDER BY run DESC, step, source, name, effect LIMIT ?",
                (notebook, MOST_FACTS),
            ).fetchall()
        return tuple(
            Learned(StepName(step), source, name, Effect(effect), str(run))
            for step, source, name, effect, run in rows
        )

    def results(
        self, step: StepName, code: str, inputs: Mapping[str, str] | None = None
    ) -> Iterator[ResultRecord]:
        """The results of steps of this name and code that had these inputs, the newest first.

        The newest of all comes along, whatever its inputs were: it tells why there is no other.
        """
        looked_at = dict(islice((inputs or {}).items(), _MOST_INPUTS))
        same = " AND ".join("json_extract(inputs, ?) = ?" for _ in looked_at) or "1"
        wanted = [each for key, value in looked_at.items() for each in (f'$."{key}"', value)]
        with self._reading():  # one statement: runs that end at once may be removed between two
            rows = self._db.execute(
                f"SELECT id, {_RESULT} FROM results WHERE step = ? AND code = ? AND ({same} OR id ="
                " (SELECT max(id) FROM results WHERE step = ? AND code = ?)) ORDER BY id DESC LIMIT ?",
                (step, code, *wanted, step, code, MOST_RESULTS),
            ).fetchall()
        return map(_result, rows)

    def has_results(self, notebook: str) -> bool:
        """Whether there is any result of this notebook."""
        with self._reading():
            row = self._db.execute(
                "SELECT 1 FROM results WHERE notebook = ? LIMIT 1", (notebook,)
            ).fetchone()
        return row is not None

    def outputs_of(self, record: ResultRecord) -> Mapping[str, object] | None:
        """What the cells of a result have given, None where it is not stored any more."""
        found: Mapping[str, object]
        if not record.outputs:  # as results were kept at first
            found = json.loads(record.body)["outputs"]
            return found
        try:
            found = self._contents.get_outputs(json.loads(record.outputs))
        except LookupError:
            return None
        return found

    def peaks(self, notebook: str) -> dict[StepName, int]:
        """The most bytes that each step of a notebook has taken when it last ended well."""
        with self._reading():
            rows = self._db.execute(
                "SELECT name, peak_bytes FROM steps JOIN runs ON runs.id = steps.run"
                " WHERE runs.notebook = ? AND steps.state = 'done' AND runs.engine = 'local'"
                " ORDER BY runs.id",
                (notebook,),
            ).fetchall()
        return {StepName(name): peak for name, peak in rows}

    def figures(self, notebook: str) -> list[Figures]:
        """What the steps of a notebook have taken, each time that one ran and ended well."""
        with self._reading():
            rows = self._db.execute(
                "SELECT name, steps.seconds, cpu_seconds, peak_bytes FROM steps"
                " JOIN runs ON runs.id = steps.run WHERE runs.notebook = ?"
                " AND steps.state = 'done' AND reused = '' AND runs.engine = 'local'"
                " ORDER BY runs.id DESC, position",
                (notebook,),
            ).fetchall()
        return [Figures(*row) for row in rows]

    def latest_result(self, notebook: str, step: StepName) -> ResultRecord | None:
        """The newest result of a step of this notebook, whatever its code."""
        with self._reading():
            row = self._db.execute(
                f"SELECT id, {_RESULT} FROM results WHERE notebook = ? AND step = ?"
                " ORDER BY id DESC LIMIT 1",
                (notebook, step),
            ).fetchone()
        return _result(row) if row else None

    def runs(self, notebook: str | None = None) -> list[RunRow]:
        """All runs, the newest first; of one notebook where it is named (by its path or its name)."""
        with self._reading():
            rows = self._db.execute(f"{_ROWS} ORDER BY runs.id DESC").fetchall()
        return [
            _row(row) for row in rows if notebook is None or notebook in (row[1], Path(row[1]).name)
        ]

    def row(self, run: str) -> RunRow:
        """One line of the list of runs.

        Raises:
            NotRecordedError: the store holds no such run.
        """
        with self._reading():
            row = self._db.execute(f"{_ROWS} WHERE runs.id = ?", (run,)).fetchone()
        if row is None:
            raise self._unknown(run)
        return _row(row)

    def _unknown(self, run: str) -> NotRecordedError:
        return NotRecordedError(f"there is no run {run} in {self.folder}: `nbflow runs` lists them")

    def run(self, run: str) -> RunRecord:
        """One run with all that it left.

        Raises:
            NotRecordedError: the store holds no such run.
        """
        with self._reading():
            row = self._db.execute(
                "SELECT id, notebook, engine, state, started, python, seconds, parameters, metrics,"
                f" seed, process, verified, keep, {_BATCH} FROM runs WHERE id = ?",
                (run,),
            ).fetchone()
            if row is None:
                raise self._unknown(run)
            remote = self._remote(run)
            return RunRecord(
                id=str(row[0]),
                notebook=row[1],
                engine=row[2],
                state=state_now(row[3], row[10], remote.id if remote else ""),
                started=row[4],
                python=row[5],
                seconds=row[6],
                parameters=json.loads(row[7]),
                metrics=json.loads(row[8]),
                seed=row[9],
                process=row[10],
                verified=row[11],
                keep=row[12],
                batch=row[13],
                steps=self._steps(run),
                findings=self._findings(run),
                remote=remote,
            )

    def _remote(self, run: str) -> RemoteRecord | None:
        row = self._db.execute(
            "SELECT profile, pipeline, sent_as, arguments, tasks, experiment, account, id, name,"
            " namespace, url, message, seen, kept FROM remote WHERE run = ?",
            (run,),
        ).fetchone()
        if row is None:
            return None
        profile, pipeline, order, arguments, tasks, experiment, account, *rest = row
        id_, name, namespace, url, message, seen, kept = rest
        return RemoteRecord(
            profile=profile,
            pipeline=pipeline,
            order=order,
            arguments=json.loads(arguments),
            tasks={StepName(step): task for step, task in json.loads(tasks).items()},
            experiment=experiment,
            account=account,
            id=id_,
            name=name,
            namespace=namespace,
            url=url,
            message=message,
            seen=seen,
            kept=bool(kept),
        )

    def _steps(self, run: str) -> tuple[StepRecord, ...]:
        rows = self._db.execute(
            "SELECT name, position, state, started, seconds, message, error, peak_bytes, reason,"
            " reused, cpu_seconds, source, changed FROM steps WHERE run = ? ORDER BY position",
            (run,),
        ).fetchall()
        cells: dict[int, list[CellRecord]] = {}
        for r in self._db.execute(
            "SELECT position, id, number, source, count, seconds, outputs, content FROM cells"
            " WHERE run = ? ORDER BY position, ordinal",
            (run,),
        ):
            cells.setdefault(r[0], []).append(
                CellRecord(CellId(r[1]), r[2], r[3], r[4], r[5], self._outputs(r[6], r[7]))
            )
        variables: dict[int, list[VariableRecord]] = {}
        for r in self._db.execute(
            "SELECT position, name, type, shape, bytes, version, preview, obstacle FROM variables"
            " WHERE run = ? ORDER BY position, name",
            (run,),
        ):
            variables.setdefault(r[0], []).append(VariableRecord(*r[1:]))
        return tuple(
            StepRecord(
                name=StepName(name),
                index=index,
                state=state,
                started=started,
                seconds=seconds,
                message=message,
                error=error,
                peak_bytes=peak,
                cpu_seconds=cpu,
                reason=reason,
                reused=reused,
                source=source,
                changed=None if changed == "null" else tuple(json.loads(changed)),
                cells=tuple(cells.get(index, ())),
                variables=tuple(variables.get(index, ())),
            )
            for (
                name,
                index,
                state,
                started,
                seconds,
                message,
                error,
                peak,
                reason,
                reused,
                cpu,
                source,
                changed,
            ) in rows
        )

    def _outputs(self, text: str, digest: str) -> tuple[Mapping[str, object], ...]:
        try:
            return tuple(json.loads(self._contents.get(digest) if digest else text))
        except LookupError:
            lost = "nbflow: what this cell has given is no longer stored\n"
            return ({"output_type": "stream", "name": "stderr", "text": lost},)

    def _findings(self, run: str) -> tuple[FindingRecord, ...]:
        rows = self._db.execute(
            "SELECT code, severity, message, hint, cell, number, line FROM findings WHERE run = ?",
            (run,),
        )
        return tuple(
            FindingRecord(r[0], r[1], r[2], r[3], CellId(r[4]) if r[4] else None, r[5], r[6])
            for r in rows
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with _told(self.folder), transaction(self._db):
            yield

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with _told(self.folder):
            yield


def _row(row: tuple[Any, ...]) -> RunRow:
    id_, notebook, engine, state, started, seconds, parameters, process, profile, *rest = row
    elsewhere, metrics, batch = rest
    now = state_now(state, process, elsewhere)
    given = json.loads(parameters)
    return RunRow(
        id=str(id_),
        notebook=notebook,
        engine=engine,
        state=now,
        started=started,
        seconds=seconds,
        parameters=given,
        profile=profile or "",
        metrics=json.loads(metrics),
        batch=batch,
    )


def _result(row: tuple[Any, ...]) -> ResultRecord:
    id_, run, notebook, step, code, *tables, body, outputs = row
    inputs, read, written, passing, bundles = map(json.loads, tables)
    return ResultRecord(
        id=id_,
        run=str(run),
        notebook=notebook,
        step=StepName(step),
        code=code,
        inputs=inputs,
        read=read,
        written=written,
        passing=tuple(passing),
        bundles=tuple(bundles),
        body=body,
        outputs=outputs,
    )


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Turn what the disk or the database refuses into one sentence."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(
            f"the run store {folder} cannot be used: {error};"
            " free some space there, or set NBFLOW_HOME to another folder"
        ) from error
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        way_out = "another folder" if full else "a folder that you may write to"
        raise StoreError(
            f"the run store {folder} cannot be written: {error.strerror or error};"
            f" {'free some space there, or ' if full else ''}set NBFLOW_HOME to {way_out}"
        ) from error


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=30, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(
            "PRAGMA synchronous = NORMAL"
        )  # a power failure may take the last moments, no more
        db.execute("PRAGMA foreign_keys = ON")
        _migrate(db)
    except BaseException:
        db.close()
        raise
    return db


def _opened_for_reading(path: Path) -> sqlite3.Connection:
    """The database where no file can be made beside it, with what its log holds if that can be read."""
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        db = sqlite3.connect(path, timeout=30, isolation_level=None)
        try:
            db.execute("PRAGMA locking_mode = EXCLUSIVE")  # the index of the log is in memory then
            db.execute("SELECT 1 FROM sqlite_master").fetchone()
        except sqlite3.Error:  # a read-only disk
            db.close()
        else:
            return db
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def _prepare(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "bundles").mkdir(mode=0o700, exist_ok=True)
    (folder / "runs").mkdir(mode=0o700, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    reserve.keep(folder)


def _migrate(db: sqlite3.Connection) -> None:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise StoreError("the run store was written by a newer nbflow: upgrade nbflow to read it")
    if version == len(MIGRATIONS):
        return
    with transaction(db):
        (version,) = db.execute(
            "PRAGMA user_version"
        ).fetchone()  # another process may have been first
        for number in range(version, len(MIGRATIONS)):
            for statement in MIGRATIONS[number].split(";"):
                if statement.strip():
                    db.execute(statement)
            db.execute(f"PRAGMA user_version = {number + 1}")
