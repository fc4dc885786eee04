"""A step where artifacts are files at paths that are known beforehand, as in Argo Workflows.

Its order says all: JSON that was made when the notebook was converted. Values of parameters come in the
environment, as JSON; a text need not be.
"""

from __future__ import annotations

import base64
import json
import lzma
import os
import sys
import tempfile
import zlib
from typing import Any, Dict, Mapping, Optional, Sequence

from . import archive, distributions, page, pod
from .task import Task

#: The name of this run, from which the states of generators are drawn.
RUN = "NBFLOW_RUN"
#: Kubernetes shows what lies here as the reason why the container ended.
_REASON = "/dev/termination-log"
_LONGEST_REASON = 4000
_TYPES: Dict[str, Any] = {
    "bool": bool,
    "int": int,
    "float": (float, int),
    "list": list,
    "dict": dict,
}


def main(arguments: Sequence[str]) -> int:
    """Run the step of the order ``arguments[0]``, packed or "@" and the path of that; the exit code.

    The other arguments are the distributions that it needs.
    """
    order = _order(arguments[0])
    task = Task.parse(order["task"])
    for path in (*order["given"].values(), order["state"]):
        os.makedirs(os.path.dirname(path), exist_ok=True)
    try:
        ended = _run(task, order, arguments[1:])
    except pod.StepError as error:
        _write(order.get("page"), page.render(task, error.events))
        _tell(str(error))
        return 1
    _write(order.get("page"), ended.page)
    _write(order.get("metrics"), json.dumps(dict(ended.metrics)))
    return 0


def _run(task: Task, order: Mapping[str, Any], pins: Sequence[str]) -> pod.Ended:
    run_id = os.environ.pop(RUN, "")
    values = {name: _value(name, **about) for name, about in order["parameters"].items()}
    try:
        distributions.provide(pins, order["packages"])
    except distributions.InstallError as error:
        raise pod.StepError(str(error)) from None
    with tempfile.TemporaryDirectory(prefix="nbflow-runtime-") as folder:
        return pod.run(
            task,
            runtime=archive.unpack(folder),
            taken=order["taken"],
            given=order["given"],
            state=order["state"],
            parameters=values,
            seed=zlib.crc32(run_id.encode()),
            carried=[order["carried"]] if "carried" in order else [],
        )


def _order(text: str) -> Mapping[str, Any]:
    if text.startswith("@"):
        with open(text[1:], encoding="ascii") as file:
            text = file.read()
    order: Mapping[str, Any] = json.loads(lzma.decompress(base64.b64decode(text)))
    return order


def _value(name: str, *, variable: str, kind: str, optional: bool) -> Any:
    """The value of a parameter, of its type; it is taken out of the environment."""
    text = os.environ.pop(variable)
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    if optional and (value is None or text == "None"):
        return None
    if kind == "str":
        return value if isinstance(value, str) else text
    if kind not in _TYPES:
        return value
    fits = isinstance(value, _TYPES[kind]) and (kind == "bool" or not isinstance(value, bool))
    if not fits:
        raise pod.StepError(f"the parameter `{name}` is of type {kind}, `{text}` does not fit")
    return float(value) if kind == "float" else value


def _write(path: Optional[str], text: str) -> None:
    if path:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def _tell(sentence: str) -> None:
    """Say why the step has failed: in its log, and where the cluster shows it."""
    sys.stderr.write(f"{sentence}\n")
    if os.path.exists(_REASON):
        with open(_REASON, "wb") as file:
            file.write(sentence.encode()[:_LONGEST_REASON])
