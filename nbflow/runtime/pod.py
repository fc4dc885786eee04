"""One step in a pod: versions come in crates, the step runs in a process of its own, crates go out.

What is to run is a task: JSON that was made when the notebook was converted (see ``task``). Nothing but
the standard library is used here, and nothing of the user's runs in this process.
"""

from __future__ import annotations

import json
import os
import tempfile
import zlib
from dataclasses import dataclass, field, replace
from typing import Any, Collection, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from . import bundle, child, crate, files, hearing, page, preview, spaces, spec
from . import home as homes
from .crate import AMBIENT, ARGUMENT, CLASS, FILE, MODULE, VARIABLE, Key, Version
from .guarded import Guard
from .task import Task


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
        parts = (task.place or "work").split("/")
        self.work = os.path.join(home, "files", *["_"] * (files.ABOVE - len(parts)), *parts)
        self.cwd = os.path.normpath(os.path.join(self.work, task.folder))
        self.temporary = os.path.join(home, "tmp")
        self.guard = Guard(task.secrets)
        self.process = child.Child(runtime, folder, {"TMPDIR": self.temporary}, self.guard)
        own = os.path.join(folder, "step")
        self.outcome = os.path.join(own, "outcome.json")
        called = [os.path.join(self.work, each) for each in task.folders]
        for made in (self.store, self.work, *called, self.temporary, own):
            os.makedirs(made, exist_ok=True)
        self.place = crate.bundle_place(self.store)
        #: The call that this step hands over to, if it does.
        self.called = next((each for each in task.calls if each["first"] == task.index), None)
        #: What the step was given, of all notebooks; and what of it those of its own are given.
        self.given: Dict[Key, Version] = {}
        self.before: Dict[Tuple[str, str], Version] = {}

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
            new = {version.key: version for version in self._new(outcome, look)}
            self._check_nothing_is_missed(new.values())
            self._check_secrets_stay(new.values())
        except StepError as error:
            error.events = heard.events
            raise
        self._give({**self.given, **new}, given, state)
        written = {**outcome["written"], **outcome["handed"]}
        start = f"{self.task.call}/" if self.task.call else ""
        numbers = _numbers(written, self.task.metrics)
        return Ended(
            described=self.guard.hidden({n: written[n] for n in given if n in written}),
            metrics={start + name: value for name, value in numbers.items()},
            page=page.render(self.task, heard.events),
            events=heard.events,
        )

    def _take(self, paths: Iterable[str]) -> None:
        own = spaces.around(self.task.call, self.task.calls)
        # Nobody else has any use for the state of a notebook that was called: only data leaves it.
        versions = [
            version
            for path in paths
            for version in crate.read(path, self.place)
            if version.kind in (VARIABLE, FILE) or version.space in own
        ]
        for earlier, later in crate.lost(versions):
            start = len(later.space) + 1 if later.space else 0
            raise StepError(
                f"step `{self._name(later)}` has changed {later.name[1:]} without what step"
                f" `{self._name(earlier)}` has changed of it, which could not be foreseen; tag"
                f" `{self._name(later)[start:]}` with `prev:{self._name(earlier)[start:]}`"
            )
        for file, reader in crate.overlooked(versions):
            name, writer = self.task.steps[reader], self._name(file)
            tagged, first = self._beside(name, writer)
            raise StepError(
                f"step `{name}` has looked for the file {self._shown(file)} without what step `{writer}` has"
                f" changed there, which could not be foreseen; tag `{tagged}` with `prev:{first}`"
            )
        self.given = crate.latest(versions)
        self.before = self._seen(self.given)

    def _beside(self, one: str, other: str) -> Tuple[str, str]:
        """What two steps are called in the notebook that both are a part of."""
        ways = one.split("/"), other.split("/")
        if not self.task.calls:
            return one, other
        while min(map(len, ways)) > 1 and ways[0][0] == ways[1][0]:
            ways = ways[0][1:], ways[1][1:]
        return ways[0][0], ways[1][0]

    def _seen(self, versions: Mapping[Key, Version]) -> Dict[Tuple[str, str], Version]:
        """What steps of this one's notebook are given of these."""
        task = self.task
        return spaces.seen(versions.values(), task.call, task.calls, task.index, self._holds_code)

    def _holds_code(self, content: str) -> bool:
        return bundle.holds_code(self.store, content)

    def _name(self, version: Version) -> str:
        return self.task.steps[version.writer]

    def _of(self, kind: str) -> List[Version]:
        return [self.before[key] for key in sorted(self.before) if key[0] == kind]

    # The specification of the step, as ``spec`` reads it

    def _spec(self, parameters: Mapping[str, Any], seed: int) -> Dict[str, Any]:
        loads: Dict[str, List[str]] = {}
        for version in self._needed():
            if not self.called and not self._is_argument(version):
                loads.setdefault(self.place(version.content), []).append(version.name)
        taken = self.called["taken"] if self.called else ()
        return {
            **self.task.fixed(parameters, self._places(ARGUMENT)),
            "loads": [{"bundle": path, "names": names} for path, names in loads.items()],
            "hand_over": [name for name in taken if (VARIABLE, name) not in self.before],
            "absent": [v.name for v in self._of(VARIABLE) if v.deleted],
            "ambient": self._places(AMBIENT),
            "classes": self._places(CLASS),
            "modules": self._places(MODULE),
            "store": self.store,
            "outcome": self.outcome,
            "cwd": self.cwd,
            # Random numbers of its own for each notebook: crc32 of nothing is 0.
            "seed": seed ^ zlib.crc32(self.task.call.encode()),
            "fingerprints": self.fingerprints,
        }

    def _places(self, kind: str) -> Dict[str, str]:
        return {v.name: self.place(v.content) for v in self._of(kind) if v.content}

    def _is_argument(self, version: Version) -> bool:
        """Whether a value is there once the cell of parameters has run."""
        argument = self.before.get((ARGUMENT, version.name))
        return argument is not None and argument.writer == version.writer

    def _needed(self) -> List[Version]:
        """The variables that the step begins with, and those that lie in one bundle with them."""
        there = [version for version in self._of(VARIABLE) if not version.deleted]
        read = [v for v in there if self.task.reads_all or v.name in self.task.reads]
        for version in read:
            if version.obstacle and not self.task.reads_all:
                firsts = [each["first"] for each in self.task.calls]
                together = version.space == self.task.call and version.writer not in firsts
                raise StepError(
                    f"`{version.name}` was made in step `{self._name(version)}` and cannot travel:"
                    f" {version.obstacle}{'; run the two as one step' if together else ''}"
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
            text = f"cell {number}{where}: {error['ename']}: {error['evalue']}"
            raise StepError(self.guard.hidden(text.rstrip(": ")))
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
        yield from self._handed(outcome["handed"])
        if self.task.index + 1 < len(self.task.steps):
            for each in files.kept(look, self.home, self.place):
                yield self._version(FILE, each.name, each.content, form=each.form, new=each.new)
        if self.task.apart and outcome["looked"]:
            yield crate.look(self.task.index, self.task.apart, outcome["looked"])

    def _handed(self, handed: Mapping[str, Any]) -> Iterable[Version]:
        """What the notebook that this step calls begins with; ``handed`` is what the prelude has made."""
        call = self.called
        if call is None:
            return
        for name in call["taken"]:
            version = self.before.get((VARIABLE, name))
            if version is None and name in handed:
                version = Version(VARIABLE, name, 0, handed[name]["bundle"])
            if version is not None and not version.deleted:
                crossed = spaces.across(call["name"], version, self._holds_code)
                loose = name not in self.task.gives
                own = replace(
                    crossed, writer=self.task.index, base=-1, loose=loose, space=call["name"]
                )
                yield own
                if name in call["arguments"]:
                    yield replace(own, kind=ARGUMENT)

    def _version(self, kind: str, name: str, content: str, **more: Any) -> Version:
        earlier = self.before.get((kind, name))
        base = earlier.writer if earlier else -1
        space = "" if kind == FILE else self.task.call
        return Version(kind, name, self.task.index, content, base=base, space=space, **more)

    def _is_first(self, version: Version) -> bool:
        """Whether it is a module that no step before has imported."""
        return version.kind == MODULE and (MODULE, version.name) not in self.before

    def _check_nothing_is_missed(self, new: Collection[Version]) -> None:
        """A change that a later step would miss, as it is not given anything of this one, is told."""
        for version in new:
            missed = self._missed(version)
            if missed and not self._means_the_same(version, new):
                reads, reader, tagged, first = missed
                raise StepError(
                    f"step `{self.task.step}` changes `{self._shown(version)}` in a way that could not be"
                    f" foreseen, and step `{reader}` {reads} it without waiting; tag `{tagged}` with"
                    f" `prev:{first}`"
                )

    def _check_secrets_stay(self, new: Iterable[Version]) -> None:
        """What would leave the pod with the value of a secret in it is told."""
        for version in new:
            leaves = version.name in self.task.gives or self._travels(version)
            if not (version.content and leaves):
                continue
            variable = self.guard.held(self.place(version.content))
            if variable:
                raise StepError(
                    f"`{self._shown(version)}` holds the value of the secret `{variable}`, which would be"
                    f" stored with the run; give the step that reads it the `secret:` tag of"
                    f" `{self.task.step}` and read `{variable}` there, or make it without the secret"
                )

    def _missed(self, version: Version) -> Tuple[str, ...]:
        """How a later step uses what was changed, and what ``Task.missed`` has of that step, if one does."""
        table = self.task.missed
        if version.kind == FILE:
            own = os.path.relpath(os.path.join(self.home, version.name), self.work)
            found = [table[name] for name in table if files.is_named(name, own)]
            return ("reads", *found[0]) if found else ()
        if version.space != self.task.call:
            return ()
        if _name(version) in table:
            return ("reads", *table[_name(version)])
        if version.name.startswith("@module:"):
            parts = version.name.split(".")
            modules = [".".join(parts[:end]) for end in range(1, len(parts))]
            return next((("may see", *table[name]) for name in modules if name in table), ())
        usual = version.foreseen or version.name in spec.USUAL
        if version.kind != AMBIENT or usual:
            return ()
        return ("may see", *table["@"]) if "@" in table else ()

    def _shown(self, version: Version) -> str:
        """What the user knows a version by: of a file the path from the notebook's folder."""
        if version.kind == FILE:
            return os.path.relpath(os.path.join(self.home, version.name), self.cwd)
        return _name(version).lstrip("@").replace("module:", "")

    def _means_the_same(self, version: Version, new: Iterable[Version]) -> bool:
        """Whether it means what it has meant before: caches fill, sets change their order.

        A module means what its file does that all steps find, unless one of ``new``, or what was given, is
        that file, or that of a module which it names.
        """
        earlier = self.before.get((version.kind, version.name))
        if version.kind == MODULE and version.content:
            if earlier and earlier.content != version.content:
                return False
            files = [each.name for each in (*self._of(FILE), *new) if each.kind == FILE]
            parts = {part for name in files for part in name.replace(".", "/").split("/")}
            named = {each.name.partition(".")[0] for each in new if self._is_first(each)}
            with open(self.place(version.content), "rb") as file:
                text = file.read()  # and its path
            return not any(name.encode() in text for name in named & parts)
        valued = version.kind in (VARIABLE, AMBIENT)
        if not valued or earlier is None or not (earlier.content and version.content):
            return False
        prints = [
            self.process.fingerprint(self._spec({}, 0), self.place(each.content), each.name)
            for each in (earlier, version)
        ]
        return prints[0] is not None and prints[0] == prints[1]

    def _give(self, after: Mapping[Key, Version], given: Mapping[str, str], state: str) -> None:
        seen = self._seen(after)
        for name, path in given.items():
            found = seen.get((VARIABLE, name))
            key = (self.task.step, VARIABLE, name) if self.called else found and found.key
            own = after.get(key) if key else None
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


#: A larger file stays behind where no later step is known to read files, in bytes.
_LARGE_FILE = 64 << 20


def _numbers(written: Mapping[str, Mapping[str, Any]], names: Iterable[str]) -> Dict[str, float]:
    """Those of the variables that are numbers, numpy's included."""
    known = {name: written[name] for name in names if name in written}
    found = {n: preview.number(each["type"], each["preview"]) for n, each in known.items()}
    return {name: value for name, value in found.items() if value is not None}
