"""What nbflow does in the kernel of a reference run besides its cells, and binds no name there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import nbformat
from nbclient import NotebookClient

import nbflow.runtime
from nbflow.model import Json, Name

#: What is called comes from the runtime, loaded by its path. Only data crosses from one notebook to another:
#: names are pickled together, so that what they share stays shared, without those that cannot be.
_SCRIPT: Final = """
def _work(namespace, package, target, task):
    import importlib, importlib.util, json, pickle, sys, types
    if "_nbflow_runtime" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            "_nbflow_runtime", package + "/__init__.py", submodule_search_locations=[package])
        module = importlib.util.module_from_spec(spec)
        sys.modules["_nbflow_runtime"] = module
        spec.loader.exec_module(module)
    runtime = sys.modules["_nbflow_runtime"]
    def override(values, arguments):
        from IPython import get_ipython
        overrides = importlib.import_module("_nbflow_runtime.overrides")
        brought = getattr(runtime, "brought", {})
        found = {name: brought[name] for name in arguments if name in brought}
        runtime.overriding = overrides.active(get_ipython(), {**found, **values})
        runtime.overriding.__enter__()
    def end_override():
        runtime.overriding.__exit__(None, None, None)
    def pass_over():
        from IPython import get_ipython
        importlib.import_module("_nbflow_runtime.own_lines").pass_over(get_ipython())
    def look():
        meaning = importlib.import_module("_nbflow_runtime.meaning")
        preview = importlib.import_module("_nbflow_runtime.preview")
        found = meaning.fingerprint_namespace(namespace)
        looks = {name: preview.preview(namespace[name]) for name in found}
        with open(target, "w", encoding="utf-8") as file:
            json.dump([found, looks], file)
    class Pickler(pickle.Pickler):
        def reducer_override(self, value):
            code = isinstance(value, (type, types.FunctionType))
            if code and value.__module__ == "__main__":
                raise pickle.PicklingError("code of a notebook does not leave it")
            return NotImplemented
    def pickled(names, path):
        with open(path, "wb") as file:
            Pickler(file, 5).dump({name: namespace[name] for name in names})
    def is_data(name, path):
        try:
            pickled([name], path)
        except Exception:
            return False
        return True
    def take(names, path):
        names = [name for name in names if name in namespace]
        try:
            pickled(names, path)
        except Exception:
            pickled([name for name in names if is_data(name, path)], path)
    def bring(path):
        with open(path, "rb") as file:
            runtime.brought = pickle.load(file)
        namespace.update(runtime.brought)
    locals()[task.pop("do")](**task)
_work(namespace, package, target, task)
"""


class KernelWork:
    """Works in the kernel of a client that runs; ``scratch`` is a folder for its files."""

    def __init__(self, client: NotebookClient, scratch: Path) -> None:
        self._client = client
        self._scratch = scratch

    def override(self, values: Mapping[Name, Json], arguments: Sequence[Name]) -> None:
        """Let assignments to parameters give these values, and those that were brought as ``arguments``."""
        self._do("override", values=dict(values), arguments=list(arguments))

    def end_override(self) -> None:
        """Let assignments be what they are again."""
        self._do("end_override")

    def pass_over(self) -> None:
        """Let the lines that speak to nbflow do what they do in a pipeline: nothing."""
        self._do("pass_over")

    def variables(self) -> tuple[dict[Name, str], dict[Name, str]]:
        """The fingerprints of all variables, and what they look like."""
        self._do("look")
        fingerprints, looks = json.loads(self._target.read_text(encoding="utf-8"))
        return fingerprints, looks

    def take(self, names: Sequence[Name], path: Path) -> None:
        """Write copies of the values of these names, where they are data, into a file."""
        self._do("take", names=list(names), path=str(path))

    def bring(self, path: Path) -> None:
        """Bind the names in a file of ``take``."""
        self._do("bring", path=str(path))

    @property
    def _target(self) -> Path:
        return self._scratch / "variables.json"

    def _do(self, what: str, **arguments: object) -> None:
        script = self._scratch / "work.py"
        script.write_text(_SCRIPT, encoding="utf-8")
        package = str(Path(nbflow.runtime.__file__).parent)
        # Through the module `builtins`, since a notebook may have rebound `open` or `exec`.
        source = (
            f"(lambda b: b.exec(b.compile(b.open({str(script)!r}).read(), 'nbflow', 'exec'), "
            f"b.dict(namespace=b.globals(), package={package!r}, target={str(self._target)!r}, "
            f"task={ {'do': what, **arguments}!r})))(__import__('builtins'))"
        )
        self._client.execute_cell(nbformat.v4.new_code_cell(source), 0, store_history=False)
