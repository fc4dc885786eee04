"""One step in a pod: versions come in crates, the step runs in a process of its own, crates go out.

What is to run is a task: JSON that was made when the notebook was converted (see ``task``). Nothing but
the standard library is used here, and nothing of the user's runs in this process.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from . import child, crate, files, hearing, page, preview, spec
from . import home as homes
from .crate import AMBIENT, CLASS, FILE, MODULE, VARIABLE, Version
from .task import Task

Key = Tuple[str, str]


class StepError(Exception):
    """The step did not end well; the text is for the user. ``events`` is what its cells have told."""

    def __init__(self, text: str, events: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__(text)
        self.events = events


@dataclass(frozen=True)
class Ended:
    """What a step has left: the value, type and size of each variable, numbers of metrics, a page.

    ``events`` is what its cells have told, as ``events`` has it.
    """

    described: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    page: str = ""
    events: Sequence[Mapping[str, Any]] = ()


def run(
    task: Task,
    *,
    runtime: str,
    taken: Iterable[str],
    given: Mapping[str, str],
    state: str,
    parameters: Mapping[str, Any],
    seed: int,
    carried: Iterable[str] = (),
    fingerprints: Optional[str] = None,
) -> Ended:
    """Run a step.

    ``runtime`` is the folder of this package, beside which that of cloudpickle lies. ``taken`` are the
    paths of the crates that it is given, ``given`` leads from each variable that has an artifact to the
    path of that, ``state`` is the path of the crate for all the rest. ``carried`` are the parts of the
    archive of files from the notebook's folder. Fingerprints of all variables are written to
    ``fingerprints``, where that is a path.

    Raises ``StepError``.
    """
    with tempfile.TemporaryDirectory(prefix="nbflow-") as folder, homes.home(task.home) as home:
        pod = _Pod(task, folder, home, runtime, fingerprints)
        files.unpack(carried, pod.work)
        return pod.run(taken, given, state, parameters, seed)


class _Pod:
    def __init__(
        self, task: Task, folder: str, home: str, runtime: str, fingerprints: Optional[str]
    ) -> None:
        self.task, self.folder, self.home = task, folder, home
        self.fingerprints = fingerprints
        self.store = os.path.join(folder, "bundles")
        #: Where the notebook's folder is, and beside it what cells put into temporary files.
        self.work = os.path.join(home, files.WORK)
        self.temporary = os.path.join(home, "tmp")
        self.process = child.Child(runtime, folder, {"TMPDIR": self.temporary})
        own = os.path.join(folder, "step")
        self.outcome = os.path.join(own, "outcome.json")
        for made in (self.store, self.work, self.temporary, own):
            os.makedirs(made)
        self.place = crate.bundle_place(self.store)
        self.before: Dict[Key, Version] = {}

    def run(
        self,
        taken: Iterable[str],
        given: Mapping[str, str],
        state: str,
        parameters: Mapping[str, Any],
        seed: int,
    ) -> Ended:
        """See ``run``."""
        self._take(taken)
        files.bring_back(self._of(FILE), self.place, self.home)
        look = files.look(self.home)
        heard = self.process.run(self._spec(parameters, seed))
        try:
            outcome = self._outcome(heard)
            new = {(version.kind, version.name): version for version in self._new(outcome, look)}
            self._check_nothing_is_missed(new.values())
        except StepError as error:
            error.events = heard.events
            raise
        self._give({**self.before, **new}, given, state)
        written = outcome["written"]
        return Ended(
            described={name: written[name] for name in given if name in written},
            metrics=_numbers(written, self.task.metrics),
            page=page.render(self.task, heard.events),
            events=heard.events,
        )

    def _take(self, paths: Iterable[str]) -> None:
        versions = [version for path in paths for version in crate.read(path, self.place)]
        for earlier, later in crate.lost(versions):
            raise StepError(
                f"step `{self._name(later)}` has changed {later.name[1:]} without what step"
                f" `{self._name(earlier)}` has changed of it, which could not be foreseen; tag"
                f" `{self._name(later)}` with `prev:{self._name(earlier)}`"
            )
        for file, reader in crate.overlooked(versions):
            name, writer = self.task.steps[reader], self._name(file)
            raise StepError(
                f"step `{name}` has looked for the file {_path(file)} without what step `{writer}` has"
                f" changed there, which could not be foreseen; tag `{name}` with `prev:{writer}`"
            )
        self.before = crate.latest(versions)

    def _name(self, version: Version) -> str:
        return self.task.steps[version.writer]

    def _of(self, kind: str) -> List[Version]:
        return [self.before[key] for key in sorted(self.before) if key[0] == kind]

    # The specification of the step, as ``spec`` reads it

    def _spec(self, parameters: Mapping[str, Any], seed: int) -> Dict[str, Any]:
        loads: Dict[str, List[str]] = {}
        for version in self._needed():
            loads.setdefault(self.place(version.content), []).append(version.name)
        return {
            **self.task.fixed(parameters),
            "loads": [{"bundle": path, "names": names} for path, names in loads.items()],
            "absent": [v.name for v in self._of(VARIABLE) if v.deleted],
            "ambient": self._places(AMBIENT),
            "classes": self._places(CLASS),
            "modules": self._places(MODULE),
            "store": self.store,
            "outcome": self.outcome,
            "cwd": self.work,
            "seed": seed,
            "fingerprints": self.fingerprints,
        }

    def _places(self, kind: str) -> Dict[str, str]:
        return {v.name: self.place(v.content) for v in self._of(kind) if v.content}

    def _needed(self) -> List[Version]:
        """The variables that the step begins with, and those that lie in one bundle with them."""
        there = [version for version in self._of(VARIABLE) if not version.deleted]
        read = [v for v in there if self.task.reads_all or v.name in self.task.reads]
        for version in read:
            if version.obstacle and not self.task.reads_all:
                raise StepError(
                    f"`{version.name}` was made in step `{self._name(version)}` and cannot travel:"
                    f" {version.obstacle}; run the two as one step"
                )
        holders = [v for v in self._of(AMBIENT) if spec.may_hold(v.name)]
        classes = [v for v in self._of(CLASS) if spec.class_name(v.name) in self.task.reads]
        bundles = {version.content for version in (*read, *holders, *classes) if version.content}
        return [version for version in there if version.content in bundles]

    # Its end

    def _outcome(self, heard: hearing.Heard) -> Dict[str, Any]:
        """What the step has left behind; a step that has failed raises ``StepError``."""
        if heard.fault:
            raise StepError(f"step `{self.task.step}` could not be run: {heard.fault}")
        try:
            with open(self.outcome, encoding="utf-8") as file:
                outcome: Dict[str, Any] = json.load(file)
        except FileNotFoundError:
            raise StepError(f"step `{self.task.step}` {child.why(heard.code)}") from None
        if not outcome["ok"]:
            error = outcome["error"]
            number = self.task.number(error["cell"])
            line = _line_of(heard, error["cell"])
            where = f", line {line}" if line else ""
            raise StepError(f"cell {number}{where}: {error['ename']}: {error['evalue']}")
        return outcome

    def _new(self, outcome: Mapping[str, Any], look: files.Look) -> Iterable[Version]:
        variables = {name: (each["bundle"], "") for name, each in outcome["written"].items()}
        variables.update((name, ("", "")) for name in outcome["deleted"])
        for name, found in outcome["unpicklable"].items():
            variables[name] = ("", f"a {found['type']} cannot be stored ({found['reason']})")
        for name, (content, obstacle) in variables.items():
            loose = name not in self.task.gives
            yield self._version(VARIABLE, name, content, obstacle=obstacle, loose=loose)
        for name, each in outcome["ambient"].items():
            foreseen = name in self.task.foreseen
            yield self._version(AMBIENT, name, each["bundle"], foreseen=foreseen)
        for name, content in outcome["classes"].items():
            yield self._version(CLASS, name, content)
        for name, content in outcome["modules"].items():
            yield self._version(MODULE, name, content)
        if self.task.index + 1 < len(self.task.steps):
            for each in files.kept(look, self.home, self.place):
                yield self._version(FILE, each.name, each.content, form=each.form, new=each.new)
        if self.task.apart and outcome["looked"]:
            yield crate.look(self.task.index, self.task.apart, outcome["looked"])

    def _version(self, kind: str, name: str, content: str, **more: Any) -> Version:
        earlier = self.before.get((kind, name))
        base = earlier.writer if earlier else -1
        return Version(kind, name, self.task.index, content, base=base, **more)

    def _check_nothing_is_missed(self, new: Iterable[Version]) -> None:
        """A change that a later step would miss, as it is not given anything of this one, is told."""
        for version in new:
            names = self.task.missed if version.kind == FILE else (_name(version),)
            readers = [
                reader
                for name in names
                if version.kind != FILE or files.is_named(name, version.name)
                for reader in self.task.missed.get(name, ())
            ]
            reads = "reads" if readers else "may see"
            readers = readers or list(self._seers(version))
            if readers and not self._means_the_same(version):
                reader = readers[0]
                raise StepError(
                    f"step `{self.task.step}` changes `{_path(version)}` in a way that could not"
                    f" be foreseen, and step `{reader}` {reads} it without waiting; tag `{reader}` with"
                    f" `prev:{self.task.step}`"
                )

    def _seers(self, version: Version) -> Sequence[str]:
        """The first step that may see a change of ambient state, though it does not name it."""
        usual = version.foreseen or version.name in spec.USUAL
        if version.kind != AMBIENT or usual or version.name.startswith("@module:"):
            return ()
        return self.task.missed.get("@", ())

    def _means_the_same(self, version: Version) -> bool:
        """Whether a variable means what it has meant before: caches fill, sets change their order."""
        earlier = self.before.get((version.kind, version.name))
        if version.kind != VARIABLE or earlier is None or not (earlier.content and version.content):
            return False
        prints = [
            self.process.fingerprint(self._spec({}, 0), self.place(each.content), each.name)
            for each in (earlier, version)
        ]
        return prints[0] is not None and prints[0] == prints[1]

    def _give(self, after: Mapping[Key, Version], given: Mapping[str, str], state: str) -> None:
        for name, path in given.items():
            own = after.get((VARIABLE, name))
            beside = [
                version
                for version in after.values()
                if version == own or (own and own.content and version.content == own.content)
            ]
            self._write(path, beside)
        travelling = [version for version in after.values() if self._travels(version)]
        # A list that ambient state holds is the one that a variable names: they lie in one bundle.
        held = {v.content for v in travelling if v.kind != VARIABLE and v.content}
        beside = [v for v in after.values() if v.content in held and v not in travelling]
        self._write(state, (*travelling, *beside))

    def _travels(self, version: Version) -> bool:
        """Whether a version goes on to all steps that come after this one."""
        if version.kind == FILE and version.content and not self.task.files_read_later:
            return os.path.getsize(self.place(version.content)) <= _LARGE_FILE
        if version.kind != VARIABLE or version.deleted:
            return True
        return version.loose and (self.task.all_read_later or version.name in self.task.read_later)

    def _write(self, path: str, versions: Iterable[Version]) -> None:
        crate.write(path, versions, lambda version: self.place(version.content))


def _line_of(heard: hearing.Heard, cell: str) -> int:
    """The line of the cell at which its last error was raised, 0 where it is not told."""
    told = [e["traceback"] for e in heard.events if e["event"] == "error" and e["cell"] == cell]
    return child.line_of(told[-1]) if told else 0


def _name(version: Version) -> str:
    """The name of a version as steps read it: of a class that stands in a cell, its own."""
    own = spec.class_name(version.name) if version.kind == CLASS else version.name
    return version.name if "<" in version.name or "#" in version.name else own


def _path(version: Version) -> str:
    """What the user knows a version by: of a file the path from the notebook's folder."""
    if version.kind == FILE:
        return os.path.relpath(version.name, files.WORK)
    return _name(version).lstrip("@")


#: A larger file stays behind where no later step is known to read files, in bytes.
_LARGE_FILE = 64 << 20


def _numbers(written: Mapping[str, Mapping[str, Any]], names: Iterable[str]) -> Dict[str, float]:
    """Those of the variables that are numbers, numpy's included."""
    known = {name: written[name] for name in names if name in written}
    found = {n: preview.number(each["type"], each["preview"]) for n, each in known.items()}
    return {name: value for name, value in found.items() if value is not None}
