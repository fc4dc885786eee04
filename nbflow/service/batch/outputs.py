"""Where the executed notebooks of members are written, besides the folders of their runs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nbflow.analysis import Analysis
from nbflow.errors import ParameterError
from nbflow.model import Json, Name, defaults
from nbflow.notebook.addresses import is_address
from nbflow.service.output import check_output, filled, write_output
from nbflow.store import MemberRecord, RunRecord

#: By which the number of a member stands in a template, where no parameter has that name.
_NUMBER = "member"


def absolute(template: str) -> str:
    """A template that leads to the same place from everywhere."""
    if not template or is_address(template):
        return template
    here = os.getcwd().replace("{", "{{").replace("}", "}}")
    return os.path.normpath(os.path.join(here, template))


@dataclass(frozen=True, slots=True)
class Outputs:
    """The places that a template names (``out/{depth}.ipynb``) for members of an analysed notebook.

    ``notebook`` is where that one lies, as it is known.
    """

    template: str
    analysis: Analysis
    notebook: str

    def of(self, position: int, parameters: Mapping[Name, Json]) -> str:
        """The place for a member, or "" where none was asked for.

        Raises:
            ParameterError: the template names what there is not.
        """
        values = {_NUMBER: position, **defaults(self.analysis.pipeline.parameters), **parameters}
        return filled(self.template, values) if self.template else ""

    def check(self, known: Sequence[MemberRecord], planned: Sequence[Mapping[Name, Json]]) -> None:
        """Nothing, where each member has a place of its own that can be written, as far as that shows.

        Raises:
            ParameterError: it has not.
            NbflowError: it cannot be written.
        """
        if not self.template:
            return
        taken: dict[str, int] = {}
        for position, parameters in enumerate(_together(known, planned), start=1):
            place = self.of(position, parameters)
            if place in taken:
                raise ParameterError(
                    f"the output {self.template}: members {taken[place]} and {position} would both be"
                    f" written to {place}; {{{_NUMBER}}} stands for the number of a member"
                )
            if place == self.notebook or _is_file(place, self.notebook):
                raise ParameterError(
                    f"the output {self.template}: member {position} would be written over the notebook itself"
                )
            taken[place] = position
            if not is_address(place) or len(taken) == 1:
                check_output(place)

    def write(self, member: MemberRecord, run: RunRecord) -> str:
        """The place to which the executed notebook of a run of a member has been written, or "".

        Raises:
            NotebookError: it cannot be written.
        """
        place = self.of(member.position, member.parameters)
        return write_output(run, place).executed if place else ""


def _is_file(place: str, other: str) -> bool:
    """Whether two places are one file."""
    try:
        return os.path.samefile(place, other)
    except (OSError, ValueError):  # one of them is none
        return False


def _together(
    known: Sequence[MemberRecord], planned: Sequence[Mapping[Name, Json]]
) -> Iterator[Mapping[Name, Json]]:
    """The parameters of all members that a batch has when those that are planned were added to it."""
    seen = set()
    for parameters in (*(member.parameters for member in known), *planned):
        key = json.dumps(dict(parameters), sort_keys=True)
        if key not in seen:
            seen.add(key)
            yield parameters
