"""Magics and shell escapes, which stand in the tree as calls of IPython's shell."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Final

from nbflow.analysis.effects import ambient, library
from nbflow.analysis.effects.shell import Shell
from nbflow.analysis.effects.values import NOTHING, PLAIN, Value, fresh
from nbflow.analysis.source import PYTHON_BODIED

_BRACES: Final = re.compile(r"\{([^{}]+)\}")
_DOLLAR: Final = re.compile(r"\$([^\W\d]\w*)")
_WORD: Final = re.compile(r"[^\W\d]\w*")
_OPTION: Final = re.compile(r"^\s*(-{1,2}[^\s]+)(\s+|$)")
#: Options of code-running magics that take an argument.
_WITH_ARGUMENT: Final = library.words("-n -r -f -m -l -s -t -D -T -o -u")
_RUNS_CODE: Final = library.words(
    "time timeit prun memit lprun mprun debug snakeviz heat pyinstrument"
)
_ANYTHING: Final = library.words(
    "run load reset reset_selective rerun recall macro edit notebook loadpy pylab rep"
)
_LOOKS_AT_ALL: Final = library.words("who whos who_ls psearch save history hist pastebin logstart")
_LOOKS: Final = library.words("pinfo pinfo2 pdef pdoc psource pfile pycat page pprint inspect")
_SHELL_LINE: Final = library.words(
    "ls ll lf lx lk ldir mkdir rmdir rm mv cp cat man less more sx sc system bookmark dhist tail head"
)
_SHELL_CELL: Final = library.words(
    "bash sh script system sx ! cmd perl ruby pypy python python2 python3 zsh"
)
_SHOWS: Final = library.words("html HTML javascript js latex markdown svg SVG mermaid")
_INSTALLS: Final = library.words("pip conda mamba micromamba uv")
#: Magics that look at the texts of earlier cells.
_HISTORY: Final = library.words("macro recall rerun rep history hist save")
_SHELL_METHODS: Final = library.words("system getoutput getoutput_raw system_raw system_piped")
_MAGIC_METHODS: Final = library.words("magic run_line_magic run_cell_magic")
_BINDS_ANY: Final = library.words(
    "push reset del_var drop_by_id safe_execfile safe_run_module enable_pylab define_macro"
)
#: Stands for a text that is not a constant: it sets something, and names any file.
_UNKNOWN: Final = "{}="
_INSTALL: Final = re.compile(
    r"(?:^|[;&]\s*|-m\s+)(pip3?|conda|mamba|uv(?:\s+pip)?)\s+install\s+(.*)"
)


class Magics(Shell):
    """The walk over magics."""

    def __init__(self, inline_figures: bool) -> None:
        super().__init__(inline_figures)
        #: Further names that cells have given to magics.
        self.magic_names: dict[str, str] = {}

    def shell_call(self, name: str, node: ast.Call) -> Value:
        arguments = self.arguments(node)
        texts = [_text(value) for value in arguments.positional]
        if name in _SHELL_METHODS:
            return self.shell(texts[0] if texts else "", node, kept=name.startswith("getoutput"))
        if name in _MAGIC_METHODS:
            return self.magic_call(name, texts, node)
        if self.register(name, arguments, node):
            return fresh()
        if name in {"ex", "ev", "run_cell", "run_cell_async"}:
            return self.code_text(texts[0] if texts else _UNKNOWN, node)
        if name in _BINDS_ANY:
            self.any_name(binds=True)
        return self.unknown_call(arguments, node)

    def magic_call(self, method: str, texts: list[str], node: ast.AST) -> Value:
        """``get_ipython().run_line_magic(name, text)`` and the like."""
        name, text, body = (*texts, "", "", "")[:3]
        if name in {"", _UNKNOWN}:
            self.any_name(binds=True)
            for state in sorted(set(ambient.MAGICS.values())):
                self.change_state(state, node)
            return fresh()
        if method == "magic":
            name, _, text = name.lstrip("%").partition(" ")
        if method == "run_cell_magic":
            return self.cell_magic(name, text, body, node)
        return self.line_magic(name, text, node)

    def code_text(self, text: str, node: ast.AST) -> Value:
        """Code that a cell hands to the shell."""
        try:
            tree = ast.parse(text.strip())
        except (SyntaxError, ValueError, RecursionError):
            self.any_name(binds=True)
            return fresh()
        return fresh(holds=self._run(tree, node).held)

    # ---- the shell

    def shell(self, text: str, node: ast.AST, *, kept: bool = False) -> Value:
        """A command that the shell runs; its output, where it is kept."""
        self.expand(text, node)
        if self.keeps_exit_code and not kept:
            self.bind("_exit_code", PLAIN, node)
        installed = _INSTALL.search(text)
        if installed is not None:
            self.record.note("pip-install", installed.group(2).strip(), self.here(node))
        self.use_file(None, node, write=True)
        self.outside("shell", node)
        return fresh("list")

    def expand(self, text: str, node: ast.AST) -> None:
        """Read the names that IPython puts into the text of a magic."""
        for name in _DOLLAR.findall(text):
            self.read_known(name, node)
        for code in _BRACES.findall(text):
            try:
                tree = ast.parse(code.strip().partition("!")[0], mode="eval")
            except (SyntaxError, ValueError, RecursionError):
                continue
            for each in ast.walk(tree):
                if isinstance(each, ast.Name):
                    self.read_known(each.id, node)

    def read_known(self, name: str, node: ast.AST) -> None:
        """Read a name, if the notebook has bound it."""
        if self.environment.value(self.key(name, self.frame)) is not None:
            self.load(name, node)

    # ---- line magics

    def line_magic(self, name: str, text: str, node: ast.AST) -> Value:
        """``%name text``."""
        name = self.magic_names.get(name, name)
        if name in _RUNS_CODE:
            return self.code_magic(name, text, node)
        self.expand(text, node)
        own = self.own_magic(name, (text,), node)
        return self._library_magic(name, text, node) if own is None else own

    def _library_magic(self, name: str, text: str, node: ast.AST) -> Value:
        if name in _HISTORY:
            self.read_state("@out", node)
        if name in ambient.MAGICS:
            self.state_magic(name, text, node)
        if name in _INSTALLS:
            self.install(text, node)
        elif name in _ANYTHING:
            self.any_name(binds=True)
            self.use_file(None, node, write=name == "run")
        elif name in _LOOKS_AT_ALL:
            self.any_name()
        elif name == "store":
            self.stored(text, node)
        elif name == "xdel":
            self.forgotten(text, node)
        elif name in _LOOKS:
            for word in _WORD.findall(text)[:1]:
                self.read_known(word, node)
        elif name in _SHELL_LINE:
            return self.shell(text, node, kept=name in {"sx", "sc", "system"})
        elif name not in ambient.MAGICS:
            self.unknown_magic(text, node)
        return fresh()

    def state_magic(self, name: str, text: str, node: ast.AST) -> None:
        """A magic that sets something for all cells."""
        words = text.split()
        chosen = [word for word in words if not word.startswith("-")]
        if name == "matplotlib":
            self.inline_figures = (chosen or [""])[0] in {"inline"}
        if name == "config" and "close_figures" in text and "False" in text:
            self.inline_figures = False
        if name == "env" and "=" not in text and len(words) < 2:
            return
        if name == "alias_magic":
            self.magic_names.update(pairwise(chosen[:2]))
        if name == "pylab":
            self.inline_figures = "inline" in words
        if name in ("load_ext", "reload_ext", "aimport"):
            self.module_file(text.strip(), node)
        if ambient.MAGICS[name] == "@cwd":
            target = re.sub(r"^-q\s+", "", text.strip()).strip("\"'") if name == "cd" else ""
            self.move(target if target and not re.search(r"^-|[{$~]", target) else NOTHING, node)
            return
        self.change_state(ambient.MAGICS[name], node)

    def install(self, text: str, node: ast.AST) -> None:
        """``%pip install ...``"""
        words = text.split()
        if words[:1] == ["install"] or words[:2] == ["pip", "install"]:
            what = " ".join(words[words.index("install") + 1 :])
            self.record.note("pip-install", what, self.here(node))
        self.use_file(None, node, write=True)
        self.outside("shell", node)

    def forgotten(self, text: str, node: ast.AST) -> None:
        """``%xdel name``."""
        for word in text.split()[-1:]:
            if word.isidentifier():
                self.unbind(word, node)

    def stored(self, text: str, node: ast.AST) -> None:
        """``%store``, which keeps variables in a file of the user's profile."""
        words = text.split()
        if "-r" in words:
            names = [word for word in words if word.isidentifier()]
            for name in names:
                self.bind(name, fresh(), node)
            if not names:
                self.any_name(reads=False, binds=True)
            self.use_file(None, node, write=False)
            return
        for word in words:
            self.read_known(word, node)
        self.use_file(None, node, write=bool(words))

    def code_magic(self, name: str, text: str, node: ast.AST) -> Value:
        """A magic whose argument is Python."""
        code, options = _without_options(text)
        for word in options:
            self.read_known(word, node)
        try:
            tree = ast.parse(code.strip())
        except (SyntaxError, ValueError, RecursionError):
            self.expand(text, node)
            return fresh()
        if name != "timeit":
            return self._run(tree, node)
        self.forgetting(lambda: self._run(tree, node))
        return PLAIN

    def forgetting(self, walk: Callable[[], object]) -> None:
        """Walk code that runs in a namespace of its own, as ``%timeit`` does."""
        bound, deleted = dict(self.record.binds), dict(self.record.deletes)
        self.environment.push()
        walk()
        self.environment.pop()
        self.record.binds, self.record.deletes = bound, deleted

    def unknown_magic(self, text: str, node: ast.AST) -> None:
        """A magic of some extension: it may read the names that its text holds."""
        words = text.split()
        for flag, word in pairwise(words):
            if flag in {"-o", "--out", "--output"} and word.isidentifier():
                self.bind(word, fresh(), node)
        for name in dict.fromkeys(_WORD.findall(text)):
            self.read_known(name, node)

    # ---- cell magics

    def cell_magic(self, name: str, text: str, body: str, node: ast.AST) -> Value:
        """``%%name text`` over ``body``."""
        name = self.magic_names.get(name, name)
        own = self.own_magic(name, (text, body), node)
        self.expand(text, node)
        if own is not None:
            return own
        if name in {"writefile", "file"}:
            words = text.split()
            path = _path(words[-1]) if words else None
            self.use_file(path, node, write=True, read="-a" in words)
            if path is not None:
                self.wrote(self.places.name(path.const), body)
        elif name in _SHELL_CELL:
            self.expand(body, node)
            self.shell(text, node)
            installed = _INSTALL.search(body)
            if installed is not None:
                self.record.note("pip-install", installed.group(2).strip(), self.here(node))
            self._outputs_of(text, node)
        elif name in PYTHON_BODIED:
            self.around(name, text, node)
            return self.code_text(body, node)
        elif name not in _SHOWS:
            self.unknown_magic(text, node)
            self.unknown_magic(body, node)
        return fresh()

    def _outputs_of(self, text: str, node: ast.AST) -> None:
        words = text.split()
        for flag, word in pairwise(words):
            if flag in {"--out", "--err", "--proc"} and word.isidentifier():
                self.bind(word, PLAIN, node)

    def around(self, name: str, text: str, node: ast.AST | None) -> None:
        """A cell magic whose body stands in the tree as statements (``%%capture out``)."""
        words = text.split()
        if name == "capture":
            for word in words:
                if word.isidentifier():
                    self.bind(word, fresh(), node)
        else:
            code, _ = _without_options(text)
            self.read_names(code)


def _path(word: str) -> Value | None:
    """The constant path that a word of a magic names, or None where a variable is put into it."""
    return None if re.search(r"[{$]", word) else Value(const=word.strip("\"'"))


def _text(value: Value) -> str:
    return str(value.const) if value.const is not NOTHING else _UNKNOWN


def _without_options(text: str) -> tuple[str, list[str]]:
    """The code in a magic's argument, and the words given to its options."""
    words: list[str] = []
    while (option := _OPTION.match(text)) is not None:
        text = text[option.end() :]
        if option.group(1) in _WITH_ARGUMENT:
            word, _, text = text.partition(" ")
            words.append(word)
    return text, words
