"""Called notebooks among the steps of a pipeline: whose names a step sees, and where each one lies."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from nbflow.codegen.names import identifiers
from nbflow.model import Call, CellId, Name, Pipeline, Step, StepName


@dataclass(frozen=True)
class Callees:
    """The notebooks that a pipeline's own calls, directly or through others; "" stands for that one."""

    pipeline: Pipeline

    @cached_property
    def _calls(self) -> Mapping[str, Call]:
        return {call.name: call for call in self.pipeline.calls}

    @cached_property
    def spans(self) -> Mapping[str, tuple[int, int]]:
        """For each call the number of the step that hands over, and of the last step of its notebook."""
        found: dict[str, tuple[int, int]] = {}
        for index, step in enumerate(self.pipeline.steps):
            for name in self.pipeline.around(step):
                if name in self._calls:
                    found[name] = (found.get(name, (index, index))[0], index)
        return found

    @cached_property
    def cells(self) -> Mapping[CellId, str]:
        """The call in whose notebook each cell stands."""
        steps = self.pipeline.steps
        return {cell: step.call for step in steps for cell in (*step.prelude, *step.cells)}

    def of(self, step: Step) -> Call | None:
        """The call in whose notebook a step stands."""
        return self._calls.get(step.call)

    def folder(self, call: str) -> str:
        """The folder of a called notebook, from that of the pipeline's own."""
        return posixpath.dirname(self._calls[call].path) if call else ""

    def folders(self) -> tuple[str, ...]:
        """The folders of all called notebooks that lie elsewhere."""
        return tuple(sorted({self.folder(call) for call in self._calls} - {""}))

    def above(self) -> int:
        """Through how many folders the way to a called notebook leads upwards, at most."""
        paths = (call.path.split("/") for call in self.pipeline.calls)
        return max((parts.count("..") for parts in paths), default=0)

    def reached(self, name: Name, writer: Step) -> Iterator[str]:
        """The notebooks that know a name which a step writes: its own, and callers that it is given back to.

        Ambient state stays where it is.
        """
        space: str = writer.call
        yield space
        while space and name in self._calls[space].given:
            space = self._calls[space].within
            yield space

    def beside(self, one: Step, other: Step) -> tuple[StepName, StepName]:
        """What two steps are called in the innermost notebook that both are a part of."""
        around = {*self._outwards(one.call)}
        space = next(space for space in self._outwards(other.call) if space in around)
        return self._seen_from(one, space), self._seen_from(other, space)

    def _seen_from(self, step: Step, space: str) -> StepName:
        """What a step is called in the notebook ``space``: the name of the call that it is part of."""
        name, within = step.name, step.call
        while within != space and within:
            name, within = StepName(within), self._calls[within].within
        return StepName(name.removeprefix(f"{space}/")) if space else name

    def relocated(self, name: Name, call: str) -> Name:
        """What a file is called from the folder of the pipeline's own notebook."""
        kind, _, path = name.partition(":")
        folder = self.folder(call)
        if not folder or not path or path.startswith("~"):
            return name
        return f"{kind}:{posixpath.normpath(posixpath.join(folder, path))}"

    def told(self, index: int) -> Iterator[dict[str, object]]:
        """The calls that matter to step ``index``, as ``Task`` has them."""
        step = self.pipeline.steps[index]
        own = {*self._outwards(step.call)}
        for call in self.pipeline.calls:
            first, last = self.spans[call.name]
            inside = step.call in self._outwards(call.within)
            if call.name in own or (inside and (last < index or first == index)):
                yield {
                    "name": call.name,
                    "within": call.within,
                    "first": first,
                    "last": last,
                    "taken": list(call.taken),
                    "arguments": list(call.arguments),
                    "given": list(call.given),
                }

    def _outwards(self, space: str) -> Iterator[str]:
        """A notebook, and those around it."""
        yield space
        while space:
            space = self._calls[space].within
            yield space

    def files(self) -> dict[StepName, str]:
        """For each step the path of its files, without an ending; each called notebook has a folder."""
        found: dict[StepName, str] = {}
        for space in ("", *self._calls):
            own = [step.name for step in self.pipeline.steps if step.call == space]
            short = [str(name.removeprefix(f"{space}/")) if space else str(name) for name in own]
            start = f"{found[StepName(space)]}/" if space else ""
            paths = (start + name for name in identifiers(short))
            found |= dict(zip(own, paths, strict=True))
        return found
