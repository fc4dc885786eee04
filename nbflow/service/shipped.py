"""The files beside a notebook that its steps need in their pods: modules that they import, data they read."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Final

from nbflow.analysis.footprint import relocated
from nbflow.analysis.needs import Import, needs_of_module
from nbflow.codegen import carried, rules
from nbflow.codegen.callees import Callees
from nbflow.diagnostics import Finding
from nbflow.engines.local.plan import Plan
from nbflow.model import Access, Location, StepEffects, StepName
from nbflow.runtime.files import ABOVE
from nbflow.service.needs import StepNeeds

#: As much as all files together may be: packed, as text in a manifest.
MOST: Final = 512 * 1024
#: A file larger than this is not even looked at.
_LARGEST: Final = 32 * 1024 * 1024
_MOST_FILES: Final = 500
_FILE: Final = "@file:"
_ANY: Final = "@files"
_HIDDEN: Final = frozenset({"__pycache__", "node_modules"})
_SECRET: Final = re.compile(
    r"\.env(\..*)?|.*\.(pem|key|pfx|p12|keystore)|id_(rsa|dsa|ecdsa|ed25519)|\.netrc|\.pypirc"
    r"|.*credentials?.*\.(json|ya?ml|toml|ini)|.*service[-_]?account.*\.json|kubeconfig",
    re.IGNORECASE,
)
_GLOB: Final = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Shipped:
    """The packed files (see ``carried``), their sizes by path, and the steps that need any of them.

    ``imports`` are what the modules among them import, by step; ``modules`` are, by step, the names of all
    those that lie beside its notebook.
    """

    text: str = ""
    sizes: Mapping[str, int] = field(default_factory=dict)
    steps: frozenset[StepName] = frozenset()
    imports: Mapping[StepName, tuple[Import, ...]] = field(default_factory=dict)
    modules: Mapping[StepName, frozenset[str]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def shipped(
    notebook: Path, plan: Plan, steps: Sequence[StepNeeds], is_installed: Callable[[str], bool]
) -> Shipped:
    """What goes along from the folder of ``notebook``; ``is_installed`` says what is a module without it."""
    return _Search(notebook, plan, steps, is_installed).found()


@dataclass
class _OfStep:
    """What one step needs: files by their paths from the folder, modules with what they import.

    ``texts`` are those in the modules that may name files, each with the folder from which it would.
    """

    files: dict[str, None] = field(default_factory=dict)
    imports: list[Import] = field(default_factory=list)
    modules: set[str] = field(default_factory=set)
    texts: list[tuple[str, str]] = field(default_factory=list)


class _Search:
    def __init__(
        self,
        notebook: Path,
        plan: Plan,
        steps: Sequence[StepNeeds],
        is_installed: Callable[[str], bool],
    ) -> None:
        self.folder, self.notebook, self.plan, self.steps = notebook.parent, notebook, plan, steps
        self.is_installed = is_installed
        self.findings: list[Finding] = []
        callees = Callees(plan.pipeline)
        #: Where the notebook of each step lies, from the folder of the pipeline's own.
        self.bases = {step.name: callees.folder(step.call) for step in plan.pipeline.steps}
        self.effects = {
            step.name: _relocated(plan.effects[step.name], self.bases[step.name], self.folder)
            for step in plan.pipeline.steps
        }
        self._secret: dict[str, None] = {}

    def found(self) -> Shipped:
        """Everything that was found."""
        own = {each.step.name: self._of(each) for each in self.steps}
        self.findings.extend(self._secrets())
        paths = sorted({path for each in own.values() for path in each.files})
        sizes = {path: (self.folder / path).stat().st_size for path in paths}
        text = self._text(sizes)
        needing = {name for name, each in own.items() if each.files}
        # Objects of a class in a module beside the notebook reach later steps.
        reached = {e.step.name for e in self.steps if any(own[b].modules for b in e.before)}
        return Shipped(
            text=text,
            sizes=sizes,
            steps=frozenset(needing | reached) if sizes else frozenset(),
            imports={name: tuple(each.imports) for name, each in own.items()},
            modules={each.step.name: self._beside(each.step.call, own) for each in self.steps},
            findings=tuple(dict.fromkeys(self.findings)),
        )

    def _beside(self, call: str, own: Mapping[StepName, _OfStep]) -> frozenset[str]:
        """The modules that steps of one notebook have found beside it."""
        steps = (each.step for each in self.steps if each.step.call == call)
        return frozenset[str]().union(*(own[step.name].modules for step in steps))

    def _text(self, sizes: Mapping[str, int]) -> str:
        if not sizes:
            return ""
        executable = frozenset(p for p in sizes if os.access(self.folder / p, os.X_OK))
        if sum(sizes.values()) <= _LARGEST and len(sizes) <= _MOST_FILES:
            contents = {path: (self.folder / path).read_bytes() for path in sizes}
            text = carried.packed(contents, executable)
            if len(text) <= MOST:
                return text
        largest = sorted(sizes, key=lambda path: -sizes[path])[:3]
        named = ", ".join(f"{path} ({_size(sizes[path])})" for path in largest)
        total = _size(sum(sizes.values()))
        self.findings.append(
            Finding(
                rules.FILES_TOO_LARGE,
                f"the files beside the notebook that the steps read are too large to travel with the"
                f" pipeline: {total} in {len(sizes)}, of them {named}.",
                "Read them from a bucket or another place that pods can reach, or put them on a volume:"
                " `volume:CLAIM:PATH`, and open them by that path.",
                self._first_read(largest[0]),
            )
        )
        return ""

    def _first_read(self, path: str) -> Location | None:
        for each in self.steps:
            for access in self.effects[each.step.name].reads:
                if access.name == f"{_FILE}{path}" and access.location.number:
                    return access.location
        return None

    # One step

    def _of(self, each: StepNeeds) -> _OfStep:
        found = _OfStep()
        self._modules(each, found)
        self._data(each, found)
        return found

    def _modules(self, each: StepNeeds, found: _OfStep) -> None:
        waiting = [one for one in each.imports if not one.wished]
        base = self.bases[each.step.name]
        roots = [self.folder / base, *self._named_folders(each.texts, base)]
        seen: set[str] = set()
        while waiting:
            module = waiting.pop(0).module.partition(".")[0]
            if module in seen:
                continue
            seen.add(module)
            for root in roots:
                files = list(_module_files(root, module, self.is_installed(module)))
                if files:
                    found.modules.add(module)
                    waiting.extend(self._module(files, base, found))
                    break

    def _module(self, files: Sequence[Path], base: str, found: _OfStep) -> Iterator[Import]:
        for file in files:
            path = self._path(file)
            self._take(path, found)
            if file.suffix != ".py" or file.name.startswith(("test_", "conftest")):
                continue
            needs = needs_of_module(path, file.read_text(encoding="utf-8", errors="replace"))
            found.imports.extend(needs.imports)
            folders = dict.fromkeys((base, posixpath.dirname(path)))
            found.texts.extend((folder, text) for folder in folders for text in needs.texts)
            yield from (one for one in needs.imports if not one.wished)

    def _named_folders(self, texts: Iterable[str], base: str) -> Iterator[Path]:
        """Folders of the notebook's that the code names: they may be put on the path."""
        for text in texts:
            path = self._clean(text, base)
            if path and _is_folder(self.folder / path):
                yield self.folder / path

    def _data(self, each: StepNeeds, found: _OfStep) -> None:
        effects = self.effects[each.step.name]
        reads = [access for access in effects.reads if access.name.startswith("@file")]
        named = {access.name.removeprefix(_FILE): access for access in reads if access.name != _ANY}
        unnamed = [access for access in reads if access.name == _ANY]
        before = len(found.files)
        for path, access in named.items():
            self._named(each, path, access, found)
        base = self.bases[each.step.name]
        for folder, text in (*((base, text) for text in each.texts), *found.texts):
            self._constant(each, text, folder, bool(unnamed), found)
        if unnamed and len(found.files) == before and not self._made_before(each, _ANY):
            self.findings.append(
                Finding(
                    rules.UNNAMED_FILES,
                    f"the step {each.step.name} looks for files by names that the code only makes when it"
                    " runs, so none of them goes along.",
                    "Write their paths as constants, or put the files on a volume: `volume:CLAIM:PATH`.",
                    unnamed[0].location,
                )
            )

    def _named(self, each: StepNeeds, path: str, access: Access, found: _OfStep) -> None:
        """A file that the analysis knows to be read."""
        clean = self._clean(path)
        if clean is None:
            if not (self._is_mounted(each, path) or self._is_its_own(each, access.name)):
                self._absolute(path, access)
        elif self._made_before(each, access.name):
            return
        elif _is_file(self.folder / clean):
            self._take(clean, found)
        elif _is_folder(self.folder / clean):
            self._take_folder(clean, found)
        elif not self._made_by(each, access.name):
            self.findings.append(
                Finding(
                    rules.FILE_MISSING,
                    f"the step {each.step.name} reads {path}, which does not lie beside the notebook and"
                    " which no step before it writes.",
                    "Put the file there, or correct the path.",
                    access.location,
                )
            )

    def _absolute(self, path: str, access: Access) -> None:
        if path.startswith(("/dev/", "/proc/", "/sys/")):
            return
        where = "is absolute" if path.startswith(("/", "~")) else "leads out of its folders"
        self.findings.append(
            Finding(
                rules.ABSOLUTE_PATH,
                f"the path {path} {where}: in a pod there is no such file unless an image or a volume has"
                " it, and what a step writes there does not reach the next.",
                "Use a path from the notebook's folder, or tag the step with `volume:CLAIM:PATH`.",
                access.location,
            )
        )

    def _constant(
        self, each: StepNeeds, text: str, base: str, unnamed: bool, found: _OfStep
    ) -> None:
        """A text that names a file from ``base``, though nothing says what is done with it."""
        path = self._clean(text, base)
        if not path or self._made_before(each, f"{_FILE}{path}"):
            return
        if _GLOB.search(path):
            for file in self._matching(path) if unnamed and ".." not in text else ():
                if _is_file(file):
                    self._take(self._path(file), found)
        elif _is_file(self.folder / path):
            self._take(path, found)
        elif unnamed and _is_folder(self.folder / path):
            self._take_folder(path, found)

    def _matching(self, pattern: str) -> list[Path]:
        try:
            return sorted(islice(self.folder.glob(pattern), _MOST_FILES + 1))
        except (OSError, ValueError, NotImplementedError):
            return []

    def _clean(self, text: str, base: str = "") -> str | None:
        """A text as a path from the notebook's folder, None where it is none; it is one from ``base``."""
        if (
            not 0 < len(text) < 250
            or text.startswith(("/", "~", "-"))
            or re.search(r"[\0-\x1f]|://", text)
        ):
            return None
        path = _path_from(self.folder, posixpath.join(base, text))
        parts = path.split("/")
        if path in (".", base) or parts[-1] == ".." or parts.count("..") > ABOVE:
            return None
        try:
            os.fsencode(path)
        except UnicodeEncodeError:
            return None
        return path

    def _take(self, path: str, found: _OfStep) -> None:
        file = self.folder / path
        if file.suffix == ".ipynb" or path.split("/").count("..") > ABOVE:
            return
        if _SECRET.fullmatch(file.name):
            self._secret[path] = None
            return
        found.files[path] = None

    def _take_folder(self, path: str, found: _OfStep) -> None:
        for file in islice(_files_below(self.folder / path), _MOST_FILES + 1):
            self._take(self._path(file), found)

    def _path(self, file: Path) -> str:
        return os.path.relpath(file, self.folder).replace(os.sep, "/")

    def _secrets(self) -> Iterator[Finding]:
        for path in self._secret:
            yield Finding(
                rules.SECRET_FILE,
                f"the file {path} looks like a secret, and is not put into the pipeline.",
                "Give the step what it needs with `secret:NAME:KEY:ENV`, out of a secret of the cluster.",
            )

    # Who writes what

    def _is_mounted(self, each: StepNeeds, path: str) -> bool:
        volumes = [volume.path.rstrip("/") for volume in each.step.resources.volumes]
        volumes += [
            str(volume.get("mount_point", "")).rstrip("/")
            for volume in self.plan.pipeline.metadata.volumes
        ]
        return any(path == mount or path.startswith(f"{mount}/") for mount in volumes if mount)

    def _is_its_own(self, each: StepNeeds, name: str) -> bool:
        """Whether this step is the first that writes the file."""
        for step in self.plan.pipeline.steps:
            if any(access.name == name for access in self.effects[step.name].mutates):
                return step.name == each.step.name
        return False

    def _made_before(self, each: StepNeeds, name: str) -> bool:
        """Whether the first step that touches a file writes it: what lies there is left from a run."""
        for step in self.plan.pipeline.steps:
            effects = self.effects[step.name]
            if any(access.name == name for access in effects.mutates):
                return True
            if step.name == each.step.name or any(access.name == name for access in effects.reads):
                return False
        return False

    def _made_by(self, each: StepNeeds, name: str) -> bool:
        """Whether a step up to this one may write the file."""
        for step in self.plan.pipeline.steps:
            for access in self.effects[step.name].mutates:
                if access.name in {name, _ANY} or name.startswith(f"{access.name}/"):
                    return True
            if step.name == each.step.name:
                break
        return False


def _relocated(effects: StepEffects, base: str, folder: Path) -> StepEffects:
    """The effects of a step, with files as they are called from the folder of the pipeline's notebook."""

    def moved(each: Access) -> Access:
        path = relocated(each.name, base).removeprefix(_FILE)
        if not each.name.startswith(_FILE) or path.startswith(("/", "~")):
            return each
        return replace(each, name=_FILE + _path_from(folder, path))

    reads, mutates = (tuple(map(moved, found)) for found in (effects.reads, effects.mutates))
    return replace(effects, reads=reads, mutates=mutates)


def _path_from(folder: Path, path: str) -> str:
    """A path from a folder in its shortest form: in a folder ``a``, ``../a/x`` is ``x``."""
    return os.path.relpath(folder / path, folder).replace(os.sep, "/")


def _module_files(root: Path, module: str, is_installed: bool) -> Iterator[Path]:
    """The files of a module beside the notebook: one, or all in its folder.

    A folder without ``__init__.py`` is a module only where no other one has its name.
    """
    if not module.isidentifier():
        return
    if (root / f"{module}.py").is_file():
        yield root / f"{module}.py"
        return
    package = root / module
    marked = (package / "__init__.py").is_file()
    if marked or (not is_installed and package.is_dir() and any(package.glob("**/*.py"))):
        yield from islice(_files_below(package), _MOST_FILES + 1)
    yield from sorted(root.glob(f"{module}.*.so"))


def _is_file(path: Path) -> bool:
    """Whether there is a file that can be read."""
    try:
        return path.is_file() and os.access(path, os.R_OK)
    except OSError:
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _files_below(folder: Path) -> Iterator[Path]:
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _HIDDEN)
        for name in sorted(names):
            file = Path(top, name)
            if (
                not name.startswith(".")
                and not name.endswith((".pyc", ".ipynb"))
                and _is_file(file)
            ):
                yield file


def _size(count: int) -> str:
    size, unit = float(count), "bytes"
    for larger in ("KB", "MB", "GB"):
        if size < 1024:
            break
        size, unit = size / 1024, larger
    return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
