"""Runs converted pipelines by kfp.local: ``python sdk_run.py`` reads lines of ``[request, told, said]``.

They are paths: of the request and of what is told, in JSON, and of what the process of the run says. That
process is forked for each, as the SDK takes longer to import than a pipeline to run; when it has ended, a
line says so. What each task has written is taken where kfp.local starts it, as the
runner itself shows only lines. Steps install nothing, as all is there.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
import traceback
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kfp import dsl, local
from kfp.local import subprocess_task_handler
from kfp.local.orchestrator import task_executor

#: Per try of a task: the function that it runs, what it wrote to stdout and stderr, how it ended.
Tried = dict[str, Any]


def main(request: Mapping[str, Any]) -> dict[str, Any]:
    """What came of a run: its tries in order, and the sentence that kfp.local ended with."""
    tried: list[Tried] = []
    _install_nothing()
    task_executor.time = types.SimpleNamespace(sleep=lambda seconds: None)  # between tries
    runner = _docker(tried) if request["docker"] else _subprocess(tried)
    local.init(runner=runner, pipeline_root=request["root"])
    sys.path.insert(0, request["folder"])
    pipeline = importlib.import_module("pipeline")  # what was converted
    ended = ""
    try:
        pipeline.pipeline(**request["parameters"])
    except RuntimeError as error:
        ended = str(error)
    return {"tried": tried, "ended": ended}


def _install_nothing() -> None:
    real = dsl.component

    def component(**options: Any) -> Any:
        options.pop("packages_to_install", None)
        return real(install_kfp_package=False, **options)

    dsl.component = component


def _function(command: list[str]) -> str:
    return command[command.index("--function_to_execute") + 1]


def _subprocess(tried: list[Tried]) -> Any:
    real = subprocess_task_handler.subprocess.Popen

    def popen(command: list[str], **options: Any) -> Any:
        errors = Path(f"{sys.argv[2]}.{len(tried)}.stderr")
        with errors.open("w") as file:
            process = real(command, **{**options, "stderr": file})
        told: Tried = {"function": _function(command), "stdout": ""}
        tried.append(told)
        process.stdout = _Heard(process.stdout, told)
        wait = process.wait

        def waited(*args: Any) -> int:
            code = int(wait(*args))
            told.update(code=code, stderr=errors.read_text())
            return code

        process.wait = waited
        return process

    subprocess_task_handler.subprocess = types.SimpleNamespace(Popen=popen, PIPE=-1, STDOUT=-2)
    return local.SubprocessRunner(use_venv=False)


class _Heard:
    """A stream of lines that are kept as they are read."""

    def __init__(self, stream: Any, told: Tried) -> None:
        self._stream, self._told = stream, told

    def readline(self) -> str:
        line = str(self._stream.readline())
        self._told["stdout"] += line
        return line

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _docker(tried: list[Tried]) -> Any:
    """The runner, with containers that are there until they have been asked how they ended.

    kfp.local has them removed at their end, and takes one that is gone when it asks for one that has
    succeeded.
    """
    from docker.models import containers  # noqa: PLC0415  # only where it is used

    real = containers.ContainerCollection.run

    def run(self: Any, image: str, command: list[str], **options: Any) -> Any:
        container = real(self, image=image, command=command, **{**options, "auto_remove": False})
        told = {"function": _function(command)}
        tried.append(told)
        container.wait = _ending(container, told, container.wait)
        return container

    containers.ContainerCollection.run = run
    return local.DockerRunner(network_mode="none", init=True)


def _ending(container: Any, told: Tried, wait: Callable[[], Any]) -> Callable[[], Any]:
    def waited() -> Any:
        ended = wait()
        for name in ("stdout", "stderr"):
            asked = {"stdout": False, "stderr": False, name: True}
            told[name] = container.logs(**asked).decode("utf-8", "replace")
        told["code"] = ended["StatusCode"]
        container.remove(force=True)
        return ended

    return waited


def _serve() -> None:
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _answer(*json.loads(line))
        os.waitpid(pid, 0)
        sys.stdout.write("ended\n")
        sys.stdout.flush()


def _answer(request: str, told: str, said: str) -> None:
    """Run a request in a process that does nothing else, and end it."""
    with open(said, "wb") as file, open(os.devnull, "rb") as nothing:
        for number, own in enumerate((nothing, file, file)):
            os.dup2(own.fileno(), number)
    try:
        asked = json.loads(Path(request).read_text(encoding="utf-8"))
        os.chdir(asked["cwd"])
        os.environ.update(asked["env"])
        tempfile.tempdir = None
        sys.argv[1:] = [request, told]
        answer = main(asked)
        Path(told).write_text(json.dumps(answer), encoding="utf-8")
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


if __name__ == "__main__":
    _serve()
