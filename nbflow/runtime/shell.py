"""The IPython shell of a step: a kernel's shell without a kernel.

Where ipykernel is installed its own shell class is used, because libraries look at the class's name;
what it would send to a front end becomes events.
"""

from __future__ import annotations

import builtins
import getpass
import logging
import os
import sys
import zlib
from contextlib import suppress
from types import ModuleType, SimpleNamespace
from typing import Any, Callable, Dict, List, Optional, Tuple, Union

from . import live, own_lines
from .events import Events

#: Where the code of cells seems to lie; the same in every process, as it is part of stored functions.
CELL_FOLDER = "/tmp/ipykernel_0"
INLINE_BACKEND = "module://matplotlib_inline.backend_inline"


def cell_file(source: str) -> str:
    """The file name under which the code of a cell is compiled."""
    return f"{CELL_FOLDER}/{zlib.crc32(source.encode('utf-8', 'surrogatepass'))}.py"


def make(events: Events, *, kernel: bool = True) -> Any:
    """A new shell, made the current one, whose user module is ``sys.modules["__main__"]``.

    It needs no ipykernel if not ``kernel``; what ipykernel itself would import then takes no time.

    Raises ``ImportError`` where IPython is missing.
    """
    os.environ.setdefault("MPLBACKEND", INLINE_BACKEND)
    sys.argv = ["ipykernel_launcher.py", "-f", "kernel.json"]
    _insert_current_folder()
    shell = (_kernel_class() if kernel else _plain_class()).instance(
        config=_config(), user_module=ModuleType("__main__"), **_compiler_option()
    )
    # Python's own main module must outlive its place in sys.modules.
    shell.nbflow_main = sys.modules["__main__"]
    sys.modules["__main__"] = shell.user_module
    _connect(shell, events)
    _refuse_input()
    _find_sources(shell)
    own_lines.pass_over(shell)
    with suppress(Exception):  # as in a kernel, where it is no error that it is not there
        shell.extension_manager.load_extension("storemagic")
    return shell


def _insert_current_folder() -> None:
    """Put '' where a kernel has it: before the first folder of installed packages."""
    if "" in sys.path:
        return
    places = [i for i, path in enumerate(sys.path) if path.endswith(("site-packages",))]
    sys.path.insert(places[0] if places else 0, "")


def _config() -> Any:
    from traitlets.config import Config  # with IPython, which the helper's failure report is about

    config = Config()
    config.HistoryManager.enabled = False
    # Libraries take this section for the sign that they run in a notebook.
    config.IPKernelApp.connection_file = "kernel.json"
    return config


def _kernel_class() -> Any:
    try:
        from ipykernel.zmqshell import ZMQInteractiveShell
    except ImportError:
        return _plain_class()
    return ZMQInteractiveShell


def _plain_class() -> Any:
    """The shell without a kernel's parts, with the name by which libraries know a notebook."""
    from IPython.core.interactiveshell import InteractiveShell, InteractiveShellABC

    class ZMQInteractiveShell(InteractiveShell):  # type: ignore[misc]  # IPython has no types here
        pass

    InteractiveShellABC.register(ZMQInteractiveShell)
    return ZMQInteractiveShell


def _compiler_option() -> Dict[str, Any]:
    from IPython.core.compilerop import CachingCompiler

    class CellCompiler(CachingCompiler):  # type: ignore[misc]  # IPython has no types here
        """Names the code of a cell by its text, the same in every process."""

        def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
            del transformed_code
            name = cell_file(raw_code)
            live.current.sources[name] = (number, raw_code)
            return name

    return {"compiler_class": CellCompiler}


def _connect(shell: Any, events: Events) -> None:
    """Lead all that the shell sends to ``events``."""
    shell.kernel = _kernel(shell)
    shell.enable_gui = _gui_enabler(shell)
    if hasattr(shell.display_pub, "session"):
        _connect_kernel_shell(shell, events)
    else:
        _connect_plain_shell(shell, events)


def _kernel(shell: Any) -> Any:
    """A stand-in for libraries that ask ``get_ipython().kernel``."""
    return SimpleNamespace(
        shell=shell,
        session=None,
        comm_manager=SimpleNamespace(register_target=lambda *_: None, comms={}),
        eventloop=None,
        implementation="ipython",
        iopub_socket=None,
        log=logging.getLogger("ipykernel"),
        get_parent=lambda *_: {},
        parent_header={},
        _parent_header={},
        do_shutdown=lambda *_: None,
    )


def _gui_enabler(shell: Any) -> Callable[[Optional[str]], None]:
    known = (
        *(None, "", "inline", "nbagg", "webagg", "notebook", "ipympl", "widget", "asyncio"),
        *("tk", "qt", "qt5", "qt6", "gtk", "gtk3", "wx", "osx"),
    )

    def enable_gui(gui: Optional[str] = None) -> None:
        """Remember the event loop's name; a step shows no windows."""
        if gui not in known:
            from IPython.core.error import UsageError

            raise UsageError(f"Invalid GUI request {gui!r}, valid ones are: {list(known)}")
        shell.active_eventloop = gui

    return enable_gui


def _connect_kernel_shell(shell: Any, events: Events) -> None:
    from jupyter_client.session import Session

    class EventSession(Session):  # type: ignore[misc]  # jupyter_client is not typed here
        """A session whose messages become events instead of going to a socket."""

        def send(
            self, stream: Any, msg_or_type: Union[str, Dict[str, Any]], content: Any = None, *_a: Any,
            **_k: Any,
        ) -> None:  # fmt: skip
            del stream
            if isinstance(msg_or_type, str):
                _send(events, msg_or_type, content or {})
            else:
                _send(events, msg_or_type["header"]["msg_type"], msg_or_type["content"])

    session = EventSession()
    shell.kernel.session = session
    for part in (shell.displayhook, shell.display_pub):
        part.session = session
    shell.displayhook.topic = None


def _send(events: Events, kind: str, content: Dict[str, Any]) -> None:
    """One message of Jupyter's protocol as an event."""
    if kind == "execute_result":
        _send_result(events, content["execution_count"], content["data"], content["metadata"])
    elif kind in ("display_data", "update_display_data"):
        name = "display" if kind == "display_data" else "update_display"
        transient = content.get("transient", {})
        events.send(name, data=content["data"], metadata=content["metadata"], transient=transient)
    elif kind == "clear_output":
        events.send("clear_output", wait=bool(content.get("wait")))
    elif kind == "error":
        fields = {name: content[name] for name in ("ename", "evalue", "traceback")}
        events.send("error", **fields)


def _send_result(events: Events, count: int, data: Any, metadata: Any) -> None:
    events.send("result", count=count, data=data, metadata=metadata or {})


def _connect_plain_shell(shell: Any, events: Events) -> None:
    """The same for IPython without ipykernel, whose parts print instead of sending."""

    def publish(data: Any, metadata: Any = None, *_args: Any, **options: Any) -> None:
        sys.stdout.flush()
        transient = options.get("transient") or {}
        kind = "update_display" if options.get("update") else "display"
        events.send(kind, data=data, metadata=metadata or {}, transient=transient)

    def write_format_data(data: Any, metadata: Any = None) -> None:
        sys.stdout.flush()
        _send_result(events, shell.displayhook.prompt_count, data, metadata)

    showing: List[bool] = []

    def show_traceback(kind: type, value: BaseException, lines: Any) -> None:
        sys.stdout.flush()
        # As in ipykernel 7, an error of showing the result is one of the cell.
        shell._last_traceback_during_displayhook = bool(showing)
        events.send("error", ename=kind.__name__, evalue=str(value), traceback=list(lines))

    shell.display_pub.publish = publish
    shell.display_pub.clear_output = lambda wait=False: events.send("clear_output", wait=wait)
    shell.displayhook.write_output_prompt = lambda: showing.append(True)
    shell.displayhook.write_format_data = write_format_data
    shell.displayhook.finish_displayhook = showing.clear
    shell._showtraceback = show_traceback
    for name in ("PAGER", "GIT_PAGER"):
        os.environ[name] = "cat"
    shell.set_hook("show_in_pager", lambda *_, **__: None, 99)


def _refuse_input() -> None:
    """``input()`` and ``getpass()`` answer as in a kernel that nobody sits at."""
    from IPython.core.error import StdinNotImplementedError

    def refusal(name: str) -> Callable[..., str]:
        def refuse(*_args: Any, **_options: Any) -> str:
            raise StdinNotImplementedError(
                f"{name} was called, but this frontend does not support input requests."
            )

        return refuse

    builtins.input = refusal("raw_input")
    getpass.getpass = refusal("getpass")


def _find_sources(shell: Any) -> None:
    """Let tracebacks and ``inspect`` show the cells that loaded functions come from."""

    def learn(file: str, count: int, text: str) -> None:
        if file not in shell.compile._filename_map:
            try:
                text = shell.transform_cell(text)
            except Exception:  # the text serves tracebacks only
                pass
            shell.compile.cache(text, count, raw_code=live.current.sources[file][1])

    shell.nbflow_learn_source = learn


def versions() -> Tuple[str, str]:
    """The versions of Python and IPython."""
    import IPython

    return ".".join(map(str, sys.version_info[:3])), str(IPython.__version__)
