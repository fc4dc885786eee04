"""Kernels for those who need many, forked from this process, which has imported what a kernel imports.

A kernel of its own, as new as one that Jupyter starts: it has run no cell, no thread and no loop, and has
its own folder, environment and session. Only its imports are not paid again.

Run as ``python warm_kernels.py DESCRIPTOR`` with a socket. A line asks for a kernel: ``[arguments, folder,
environment]`` in JSON; the answer is a line with its process id. It ends with the socket, and its kernels
with it.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import signal
import socket
import sys

del sys.path[0]  # the folder of this file, which no kernel has

_PR_SET_PDEATHSIG = 1
#: Names the process that a kernel belongs to; read when its modules are imported.
_PARENT = "JPY_PARENT_PID"
#: What a kernel imports when it starts.
_IMPORTS = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "sqlite3",
    "tornado.locks",
    "tornado.platform.asyncio",
    "tornado.queues",
)


def _serve(asked: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for kernels
    with asked, asked.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            pid = os.fork()
            if pid == 0:
                os.close(asked.fileno())
                _become_kernel(*json.loads(line))
            lines.write(f"{pid}\n")
            lines.flush()


def _become_kernel(arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    parent = os.environ[_PARENT]
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(parent):  # it ended before it was asked for
        os._exit(1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update({**environment, _PARENT: parent})
    sys.argv[:] = ["ipykernel_launcher.py", *arguments]
    importlib.import_module("ipykernel.kernelapp").launch_new_instance()
    sys.exit()


if __name__ == "__main__":
    os.environ[_PARENT] = str(os.getpid())
    for name in _IMPORTS:
        importlib.import_module(name)
    _serve(socket.socket(fileno=int(sys.argv[1])))
