"""What the analysis of a notebook begins with, and what it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nbflow.analysis.layout import CellRole
from nbflow.diagnostics import Finding
from nbflow.model import Learned, Name, Notebook, Pipeline, StepEffects, StepUse


@dataclass(frozen=True, slots=True)
class Source:
    """A notebook that another one calls, or why it cannot be read (a clause).

    ``file`` is the same for two paths that lead to the same file. ``modules`` are the texts of the modules
    that lie beside it, by dotted name.
    """

    file: str
    notebook: Notebook | None = None
    problem: str = ""
    modules: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Options:
    """What the analysis has to know of the run.

    ``inline_figures`` says that figures are closed at the end of each cell, as Jupyter's inline
    backend does. ``target`` is the place that the pipeline is meant for ("local").
    ``modules`` are the texts of the modules that lie beside the notebook, by dotted name.
    ``notebooks`` are those that it calls, directly or through others, by their paths from its folder
    (``references.path_from``); ``file`` is the notebook's own, as in ``Source``.
    ``learned`` is what earlier runs have shown of the steps.
    """

    inline_figures: bool = True
    target: str = "local"
    modules: Mapping[str, str] = field(default_factory=dict)
    notebooks: Mapping[str, Source] = field(default_factory=dict)
    file: str = ""
    learned: tuple[Learned, ...] = ()


@dataclass(frozen=True, slots=True)
class Boundary:
    """How a notebook meets one that calls it.

    ``asks`` are the names that it uses and does not bind, ``wishes`` those that it uses if they are there;
    ``gives`` are those that its steps bind, ``definitions`` the functions and classes of the notebook.
    ``changes`` are the names that come in and that it binds anew or changes, ``any_name`` says that it may
    bind names that nobody sees.
    """

    asks: tuple[Name, ...] = ()
    wishes: tuple[Name, ...] = ()
    gives: tuple[Name, ...] = ()
    definitions: frozenset[Name] = frozenset()
    changes: frozenset[Name] = frozenset()
    any_name: bool = False


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that is known of a notebook before it runs.

    ``effects`` and ``uses`` stand beside the pipeline's steps; ``cells`` are the roles of the code
    cells, in notebook order. ``notebooks`` are the called ones by the name of their call: the ids of their
    cells begin with that name and "/". ``shared`` are the names that preludes bind, by call.
    """

    pipeline: Pipeline
    findings: tuple[Finding, ...]
    effects: tuple[StepEffects, ...]
    cells: tuple[CellRole, ...]
    uses: tuple[StepUse, ...] = ()
    notebooks: Mapping[str, Notebook] = field(default_factory=dict)
    shared: Mapping[str, frozenset[Name]] = field(default_factory=dict)
    boundary: Boundary = Boundary()
