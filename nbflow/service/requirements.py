"""The distributions that each step needs: found from its imports, pinned to what is installed here."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from nbflow.analysis.needs import Import
from nbflow.codegen import rules
from nbflow.codegen.obstacle import sayable
from nbflow.diagnostics import Finding
from nbflow.engines.local.packages import Packages
from nbflow.model import StepName
from nbflow.service.needs import StepNeeds

#: What runs the cells of every step.
_ALWAYS: Final = "IPython"
#: With these, methods are used that want other libraries (``Import.wished``).
_FRAMES: Final = frozenset({"dask", "geopandas", "pandas", "polars", "seaborn", "xarray"})
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
#: What is asked of pip without naming one version: a name, perhaps extras, perhaps bounds.
_ASKED: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(\[[^]]*\])?\s*(?:[<>!~][^;@]*)?")
#: An address with a password or a token; a mere user, as of ``git@``, is none.
_SIGNED_IN: Final = re.compile(r"://(?:[^/@\s:]*:[^/@\s]+|[^/@\s]{20,})@(?P<host>[^/\s:]+)")

#: Leads from full names of modules to the distributions that hold them.
Owners = Callable[[Sequence[str]], Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Requirements:
    """For each step what pip is to install, and what is wrong with that."""

    by_step: Mapping[StepName, tuple[str, ...]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """What all steps together need."""
        return tuple(
            sorted({each for found in self.by_step.values() for each in found}, key=str.lower)
        )


def requirements(
    steps: Sequence[StepNeeds],
    own: Mapping[StepName, Sequence[Import]],
    beside: Mapping[StepName, frozenset[str]],
    installed: Packages,
    owners: Owners,
    image: str = "",
) -> Requirements:
    """What each step needs: for its own imports, and for those of the steps whose objects reach it.

    ``own`` are the imports of the modules beside the notebook that a step uses, ``beside`` the names of
    those that lie there; ``owners`` is asked only for modules that several distributions share. An
    ``image`` of the user's own may hold what nobody knows of.
    """
    imported = {each.step.name: (*each.imports, *own.get(each.step.name, ())) for each in steps}
    known = _Known(installed, _shared(imported, installed, owners))
    found: list[Finding] = list(_with_credentials(steps))
    by_step: dict[StepName, tuple[str, ...]] = {}
    for each in steps:
        reached = [name for name in imported if name in each.before or name == each.step.name]
        wanted = [
            one
            for name in reached
            for one in imported[name]
            if _top(one) not in beside.get(name, frozenset())
        ]
        pins = {_normal(pin): pin for pin in known.pins(wanted)}
        pins |= {_normal(pin): pin for pin in map(known.asked, each.installs)}
        by_step[each.step.name] = tuple(sorted(pins.values(), key=str.lower))
        asked = {_normal(text) for text in each.installs}
        if not (image or sayable(each.step.resources.image)):
            there = beside.get(each.step.name, frozenset())
            found.extend(known.unknown(imported[each.step.name], there, asked))
    return Requirements(by_step, tuple(_first_of_each(found)))


def _with_credentials(steps: Sequence[StepNeeds]) -> Iterator[Finding]:
    """Addresses with a user and a password, or a token, in what the notebook asks pip for."""
    for text in dict.fromkeys(text for each in steps for text in each.installs):
        found = _SIGNED_IN.search(text)
        if found:
            yield Finding(
                rules.CREDENTIALS,
                f"the address of {found['host']} that the notebook asks pip for holds a password or a token,"
                " which everyone who can read the pipeline would see.",
                "Take it out of the notebook: install that package into an image (`image:REF`), or give the"
                " step the address of an index as `secret:NAME:KEY:PIP_EXTRA_INDEX_URL`.",
            )


def _first_of_each(findings: Iterable[Finding]) -> Iterator[Finding]:
    told = set()
    for each in findings:
        if each.message not in told:
            told.add(each.message)
            yield each


def _shared(
    imported: Mapping[StepName, Sequence[Import]], installed: Packages, owners: Owners
) -> Mapping[str, tuple[str, ...]]:
    modules = sorted({each.module for found in imported.values() for each in found})
    shared = [name for name in modules if "," in installed.of(name.partition(".")[0])]
    wider = sorted({name.rpartition(".")[0] for name in shared if name.count(".") > 1})
    return owners([*shared, *wider]) if shared else {}


class _Known:
    """What is installed in the notebook's environment."""

    def __init__(self, installed: Packages, shared: Mapping[str, tuple[str, ...]]) -> None:
        self.installed, self.shared = installed, shared
        providers = (text for texts in installed.modules.values() for text in texts.split(", "))
        pairs = (text.split(" ")[:2] for text in providers)
        self.versions = {pair[0]: pair[1] for pair in pairs}
        self.names = {_normal(name): name for name in self.versions}

    def pins(self, imports: Sequence[Import]) -> Iterator[str]:
        """The pinned distributions of imports; none for what is unknown."""
        yield from (self._pin(name) for name in self._providers(_ALWAYS))
        frames = any(_top(each) in _FRAMES for each in imports)
        for each in imports:
            if each.wished and not frames:
                continue
            yield from (
                self._pin(name) for name in self._providers(each.module) if self._is_public(name)
            )

    def _providers(self, module: str) -> tuple[str, ...]:
        """The distributions that hold a module; what several share, those that hold most of its name."""
        top = module.partition(".")[0]
        if top in sys.stdlib_module_names:
            return ()
        texts = self.installed.of(top)
        everyone = tuple(text.split(" ")[0] for text in texts.split(", ")) if texts else ()
        if len(everyone) < 2:
            return everyone
        for name in (module, module.rpartition(".")[0]):
            if self.shared.get(name):
                return self.shared[name]
        return everyone

    def _is_public(self, name: str) -> bool:
        """Whether a distribution came from an index, or from an address that a pod can reach."""
        return self.installed.sources.get(name, "index") != ""

    def _pin(self, name: str) -> str:
        address = self.installed.sources.get(name, "")
        if address:
            return f"{name} @ {address}"
        return f"{name}=={self.versions[name].partition('+')[0]}"

    def asked(self, text: str) -> str:
        """What the notebook asks pip for, at the version that is installed unless it names one itself."""
        known = self.names.get(_normal(text))
        asked = _ASKED.fullmatch(text)
        if known is None or asked is None or not self._is_public(known):
            return text
        pin = self._pin(known)
        return f"{known}{asked[1]}{pin.removeprefix(known)}" if asked[1] else pin

    def unknown(
        self, imports: Iterable[Import], beside: frozenset[str], asked: set[str]
    ) -> Iterator[Finding]:
        """Imports for which nothing can be installed."""
        for each in imports:
            top = _top(each)
            if each.optional or top in beside or top in sys.stdlib_module_names:
                continue
            providers = self._providers(each.module)
            local = [name for name in providers if not self._is_public(name)]
            if not providers and _normal(top) not in asked:
                yield Finding(
                    rules.UNKNOWN_DISTRIBUTION,
                    f"no distribution that is installed in the notebook's environment holds the module"
                    f" {top}, so none is asked for.",
                    "Install it there, or write `%pip install` with its name into the notebook, or tag the"
                    " step with an `image:` that has it.",
                    each.location if each.location.number else None,
                )
            elif local:
                yield Finding(
                    rules.UNKNOWN_DISTRIBUTION,
                    f"the module {top} comes from {local[0]}, which was installed from a folder of this"
                    " machine, so pods cannot install it.",
                    "Put its package beside the notebook, install it from an index, or tag the step with an"
                    " `image:` that has it.",
                    each.location if each.location.number else None,
                )


def _top(each: Import) -> str:
    return each.module.partition(".")[0]


def _normal(requirement: str) -> str:
    """The name of a distribution as indexes compare it (PEP 503)."""
    found = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", found[0] if found else requirement).lower().rstrip("-")
