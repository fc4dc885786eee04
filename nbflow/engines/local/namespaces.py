"""The names of each notebook of a pipeline: its own, and those that the notebooks it calls give back.

What a called notebook takes is committed among its names by the step that calls it. What it gives back
is looked for among its names when a step of its caller asks, so that a step that runs again is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from nbflow.engines.local.keeping import NOT_KEPT
from nbflow.engines.local.outcome import Outcome, Written
from nbflow.engines.local.plan import CLASS, MODULE, Place
from nbflow.engines.local.versions import Names, Version, Versions
from nbflow.model import Call, Name, Pipeline
from nbflow.runtime.bundle import BundleError, holds_code


@dataclass(frozen=True, slots=True)
class _Span:
    """A call with the index of the step that hands over, and of the last step of its notebook."""

    call: Call
    first: int
    last: int


class Namespaces:
    """The names of all notebooks of a pipeline.

    ``holds_code`` says whether a bundle holds functions or classes of a notebook, or instances of these:
    such values stay in their notebook.
    """

    def __init__(self, pipeline: Pipeline, holds_code: Callable[[str], bool]) -> None:
        self._holds_code = holds_code
        self._crossed: dict[str, bool] = {}
        names = ("", *(call.name for call in pipeline.calls))
        self._own: dict[str, Versions] = {name: Versions() for name in names}
        self._spans: dict[str, _Span] = {c.name: _span(pipeline, c) for c in pipeline.calls}
        self._steps = [step.name for step in pipeline.steps]
        self._home = [step.call for step in pipeline.steps]

    def of(self, call: str) -> Names:
        """The names of the notebook of that call, "" for the pipeline's own."""
        inner = [span for span in self._spans.values() if span.call.within == call]
        return _View(self, self._own[call], inner) if inner else self._own[call]

    def commit(self, version: Version) -> None:
        """Add what a step has written to the names of its notebook."""
        self._own[self._home[version.writer]].commit(version)

    def commit_all(self, index: int, outcome: Outcome) -> None:
        """Add all that a step has left to the names of its notebook, and of the one that it calls."""
        for version in versions_of(index, outcome):
            self.commit(version)
        span = self._spans.get(self._steps[index])
        if span is not None:
            self._hand_over(span.call, index, outcome.handed)

    def _hand_over(self, call: Call, index: int, handed: Mapping[Name, Written]) -> None:
        """Commit what a called notebook is given, among its names."""
        versions = self.of(self._home[index])
        for name in call.taken:
            version = versions.before(name, index)
            if version is not None and not version.deleted:
                self.hand_over(call, replace(version, writer=index))
            elif name in handed:
                self.hand_over(call, Version(name, index, handed[name].bundle))

    def hand_over(self, call: Call, version: Version) -> None:
        """Add what the step that calls a notebook has handed over to that notebook's names."""
        self._own[call.name].commit(self.across(call, version))

    def retract(self, writer: int) -> None:
        """Forget all versions that a step made."""
        for own in self._own.values():
            own.retract(writer)

    def across(self, call: Call, version: Version) -> Version:
        """A version as it is on the other side of a call."""
        if not version.bundle:
            return version
        if version.bundle not in self._crossed:
            self._crossed[version.bundle] = self._holds_code(version.bundle)
        if not self._crossed[version.bundle]:
            return version
        reason = (
            f"it holds functions or classes of a notebook, and only data crosses the call `{call.name}`:"
            " put them into a module beside the notebooks"
        )
        return replace(version, bundle="", obstacle=reason)

    def made_by(self, span: _Span, name: Name) -> Version | None:
        """What a called notebook gives back under a name, None where it has made nothing."""
        version = self.of(span.call.name).before(name, span.last + 1)
        if version is None or version.writer <= span.first or version.deleted:
            return None
        return self.across(span.call, version)

    def seen_from(self, reader: int, writer: int, outcome: Outcome) -> Outcome:
        """What a step has done, as far as it matters to a step that may be of another notebook.

        Into a called notebook only the step that calls it has written.
        """
        home, wanted = self._home[writer], self._home[reader]
        if home == wanted:
            return outcome
        if wanted and self._spans[wanted].first == writer:
            taken = dict.fromkeys(self._spans[wanted].call.taken, Written("", ""))
            return replace(
                outcome,
                written=taken,
                dropped={},
                deleted=(),
                unpicklable={},
                ambient={},
                classes={},
                modules={},
            )
        lost = (*outcome.dropped, *outcome.deleted, *outcome.unpicklable)
        names = frozenset((*outcome.written, *lost))
        while home != wanted and home:
            call = self._spans[home].call
            names &= frozenset(call.given)
            home = call.within
        if home != wanted:
            names = frozenset()
        return replace(
            outcome,
            written={name: each for name, each in outcome.written.items() if name in names},
            dropped={name: each for name, each in outcome.dropped.items() if name in names},
            deleted=tuple(name for name in outcome.deleted if name in names),
            unpicklable={n: each for n, each in outcome.unpicklable.items() if n in names},
            ambient={},
            classes={},
            modules={},
        )


class _View:
    """The names of a notebook that calls others."""

    def __init__(self, spaces: Namespaces, own: Versions, inner: list[_Span]) -> None:
        self._spaces = spaces
        self._own = own
        self._inner = inner

    def before(self, name: Name, reader: int) -> Version | None:
        """The version of ``name`` that step ``reader`` reads, or None where no step before it wrote it."""
        found = self._own.before(name, reader)
        for span in reversed(self._inner):
            if name not in span.call.given or span.last >= reader:
                continue
            if found is not None and found.writer > span.first:
                break
            made = self._spaces.made_by(span, name)
            if made is not None:
                return made
        return found

    def all_before(self, reader: int) -> Iterator[Version]:
        """The version of every name that step ``reader`` would read."""
        names = {version.name: None for version in self._own.all_before(reader)}
        for span in self._inner:
            names.update(dict.fromkeys(span.call.given if span.last < reader else ()))
        for name in names:
            version = self.before(name, reader)
            if version is not None:
                yield version


def has_code(place: Place, key: str) -> bool:
    """Whether a bundle holds code of a notebook; one that cannot be read does not: who loads it says so."""
    try:
        return holds_code(str(place.bundles), key)
    except (OSError, BundleError):
        return False


def versions_of(index: int, outcome: Outcome) -> Iterator[Version]:
    """The versions that a step has made, in the order in which they count."""
    for name, written in outcome.written.items():
        yield Version(name, index, written.bundle)
    for name in outcome.dropped:
        yield Version(name, index, obstacle=NOT_KEPT)
    for name in outcome.deleted:
        yield Version(name, index)
    for name, found in outcome.unpicklable.items():
        yield Version(name, index, obstacle=f"a {found.type} cannot be stored ({found.reason})")
    for name, bundle in outcome.ambient.items():
        yield Version(name, index, bundle)
    for name, bundle in outcome.modules.items():
        yield Version(MODULE + name, index, bundle)
    for key, bundle in outcome.classes.items():
        yield Version(CLASS + key, index, bundle)


def _span(pipeline: Pipeline, call: Call) -> _Span:
    around = [pipeline.around(step) for step in pipeline.steps]
    inside = [index for index, names in enumerate(around) if call.name in names]
    return _Span(call, inside[0], inside[-1])
