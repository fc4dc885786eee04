"""The ambient state of libraries: generators, options, open figures.

Nothing here imports a library to look at its state; restoring imports it where it is installed.
"""

from __future__ import annotations

import importlib
import os
import random
import sys
import warnings
from typing import Any, Dict, List, Optional, Tuple

#: Modules after whose import ``seed_module`` is called and the named pieces are marked.
WATCHED: Dict[str, Tuple[str, ...]] = {
    "numpy": ("@numpy.printoptions",),
    "numpy.random": ("@numpy.random",),
    "torch": ("@torch.random",),
    "sklearn": ("@sklearn.config",),
}


def seed_all(seed: int) -> None:
    """Set the generators of this process that are loaded; the same in every step of a run."""
    random.seed(seed)
    for name in WATCHED:
        if name in sys.modules:
            seed_module(name, seed)


def seed_module(name: str, seed: int) -> None:
    """Set the generator of the library ``name``."""
    if name == "numpy.random":
        sys.modules[name].seed(seed & 0xFFFFFFFF)
    elif name == "torch":
        sys.modules[name].random.default_generator.manual_seed(seed)


# numpy, torch, scikit-learn --------------------------------------------------------------------


def _numpy_random() -> Any:
    module: Any = sys.modules.get("numpy.random")
    return None if module is None else module.get_state(legacy=False)


def _restore_numpy_random(value: Any) -> None:
    importlib.import_module("numpy.random").set_state(value)


def _numpy_printing() -> Any:
    module: Any = sys.modules.get("numpy")
    if module is None or not hasattr(module, "get_printoptions"):
        return None
    return module.get_printoptions(), module.geterr(), module.geterrcall()


def _restore_numpy_printing(value: Any) -> None:
    numpy = importlib.import_module("numpy")
    options, errors, called = value
    numpy.set_printoptions(**options)
    numpy.seterr(**errors)
    if called is not numpy.geterrcall():
        numpy.seterrcall(called)


def _torch_random() -> Any:
    module: Any = sys.modules.get("torch")
    if module is None or not hasattr(module, "get_rng_state"):
        return None
    return module.get_rng_state().numpy().tobytes()


def _restore_torch_random(value: bytes) -> None:
    torch = importlib.import_module("torch")
    torch.set_rng_state(torch.frombuffer(bytearray(value), dtype=torch.uint8))


def _sklearn_config() -> Any:
    module: Any = sys.modules.get("sklearn")
    return None if module is None or not hasattr(module, "get_config") else module.get_config()


def _restore_sklearn_config(value: Dict[str, Any]) -> None:
    importlib.import_module("sklearn").set_config(**value)


# pandas ----------------------------------------------------------------------------------------


def _pandas_options() -> Optional[Dict[str, Any]]:
    """The options that are not at their default."""
    config: Any = sys.modules.get("pandas._config.config")
    if config is None or "pandas" not in sys.modules:
        return None
    found = {}
    for name, option in list(config._registered_options.items()):
        value = _pandas_value(config, name)
        if value is not option.defval and value != option.defval:
            found[name] = value
    return found or None


def _pandas_value(config: Any, name: str) -> Any:
    place = config._global_config
    for part in name.split("."):
        place = place[part]
    return place


def _restore_pandas_options(value: Dict[str, Any]) -> None:
    pandas = importlib.import_module("pandas")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in set(_pandas_options() or ()) - set(value):
            pandas.reset_option(f"^{name}$".replace(".", "\\."))
        for name, option in value.items():
            pandas.set_option(name, option)


# matplotlib ------------------------------------------------------------------------------------

_NOT_STYLE = ("backend", "backend_fallback", "interactive", "webagg.port")


def _is_inline(backend: Any) -> bool:
    return backend in ("inline", "module://matplotlib_inline.backend_inline")


def _backend(matplotlib: Any) -> Optional[str]:
    """The backend, if it is another one than a fresh process would take."""
    now = dict.__getitem__(matplotlib.rcParams, "backend")
    default = os.environ.get("MPLBACKEND", "")
    if not isinstance(now, str) or now.lower() == default.lower():
        return None
    return None if _is_inline(now) and _is_inline(default) else now


def _interactive(matplotlib: Any) -> Optional[bool]:
    """Whether figures draw at once, if not as the backend wants it."""
    now = bool(matplotlib.is_interactive())
    inline: Any = sys.modules.get("matplotlib_inline.backend_inline")
    configured = getattr(inline, "configure_inline_support", None)
    usual = getattr(configured, "current_backend", "") == "inline"
    return None if now == usual or "matplotlib.pyplot" not in sys.modules else now


def _rc_params() -> Any:
    """What differs from a fresh matplotlib: parameters, backend, interactive mode."""
    matplotlib: Any = sys.modules.get("matplotlib")
    original = getattr(matplotlib, "rcParamsOrig", None)
    if original is None:
        return None
    usual = dict(dict.items(original))
    inline: Any = sys.modules.get("matplotlib_inline.config")
    if inline is not None and inline.InlineBackend.initialized():
        usual.update(inline.InlineBackend.instance().rc)
    changed = {
        name: value
        for name, value in dict.items(matplotlib.rcParams)
        if name not in _NOT_STYLE and name in usual and value != usual[name]
    }
    backend, interactive = _backend(matplotlib), _interactive(matplotlib)
    if not changed and backend is None and interactive is None:
        return None
    return changed, backend, interactive


def _restore_rc_params(value: Any) -> None:
    matplotlib = importlib.import_module("matplotlib")
    changed, backend, interactive = value
    earlier = _rc_params()
    for name in set(earlier[0] if earlier else ()) - set(changed):
        dict.__setitem__(matplotlib.rcParams, name, matplotlib.rcParamsOrig[name])
    if backend is not None:
        matplotlib.use(backend)
    for name, part in changed.items():
        dict.__setitem__(matplotlib.rcParams, name, part)
    if interactive is not None:
        matplotlib.interactive(interactive)


def _color_maps() -> Any:
    """The colour maps that cells or libraries have registered."""
    maps: Any = getattr(sys.modules.get("matplotlib"), "colormaps", None)
    builtin = getattr(maps, "_builtin_cmaps", None)
    if builtin is None:
        return None
    return {name: maps[name] for name in sorted(maps) if name not in builtin} or None


def _restore_color_maps(value: Dict[str, Any]) -> None:
    maps: Any = getattr(importlib.import_module("matplotlib"), "colormaps", None)
    for name in [name for name in maps if name not in maps._builtin_cmaps and name not in value]:
        maps.unregister(name)
    for name, color_map in value.items():
        maps.register(color_map, name=name, force=True)


def _pandas_accessors() -> Any:
    """The accessors that classes of the notebook give to frames, series and indexes."""
    pandas: Any = sys.modules.get("pandas")
    if pandas is None or not hasattr(pandas, "DataFrame"):
        return None
    found = {
        (kind, name): member._accessor
        for kind in ("DataFrame", "Series", "Index")
        for name, member in list(vars(getattr(pandas, kind)).items())
        if getattr(getattr(member, "_accessor", None), "__module__", "") == "__main__"
    }
    return found or None


def _restore_pandas_accessors(value: Dict[Tuple[str, str], Any]) -> None:
    pandas = importlib.import_module("pandas")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the one that is replaced
        for (kind, name), accessor in value.items():
            register = f"register_{kind.lower()}_accessor"
            getattr(pandas.api.extensions, register)(name)(accessor)


def _pandas_progress() -> Any:
    """The class of bars, and its settings, that ``tqdm.pandas()`` has given to frames."""
    method: Any = getattr(
        getattr(sys.modules.get("pandas"), "Series", None), "progress_apply", None
    )
    code = getattr(method, "__code__", None)
    if code is None:
        return None
    held = dict(zip(code.co_freevars, (c.cell_contents for c in method.__closure__ or ())))
    return (held["cls"], held["tqdm_kwargs"]) if {"cls", "tqdm_kwargs"} <= set(held) else None


def _restore_pandas_progress(value: Any) -> None:
    cls, settings = value
    cls.pandas(**settings)


# sympy -----------------------------------------------------------------------------------------

#: How expressions are shown; ``init_printing`` sets these beside IPython's formatters.
_SHOWN = ("_repr_latex_", "_repr_png_", "_repr_svg_")


def _sympy_printing() -> Any:
    """How ``init_printing`` lets expressions be shown and printed."""
    base = getattr(sys.modules.get("sympy.core._print_helpers"), "Printable", None)
    printer = getattr(sys.modules.get("sympy.printing.printer"), "Printer", None)
    if base is None or printer is None:
        return None
    usual = vars(base).get("_repr_disabled")
    shown = {}
    for name in _SHOWN:
        member = vars(base).get(name)
        if getattr(member, "__module__", "") == "sympy.interactive.printing":
            shown[name] = member
        elif name != "_repr_latex_" or member is usual:
            shown[name] = None
    printed = dict(printer._global_settings)
    fresh = not printed and not any(shown.values()) and "_repr_latex_" not in shown
    return None if fresh else (shown, printed)


def _restore_sympy_printing(value: Any) -> None:
    shown, printed = value
    base = importlib.import_module("sympy.core._print_helpers").Printable
    for name, member in shown.items():
        setattr(base, name, base._repr_disabled if member is None else member)
    settings = importlib.import_module("sympy.printing.printer").Printer._global_settings
    settings.clear()
    settings.update(printed)


def open_figures() -> List[Tuple[int, Any, Any]]:
    """The figures that pyplot holds open, the active one last.

    Each with its number and, for backends that show a figure once, whether it has been shown.
    """
    helpers: Any = sys.modules.get("matplotlib._pylab_helpers")
    if helpers is None:
        return []
    return [
        (number, manager.canvas.figure, getattr(manager, "_shown", None))
        for number, manager in helpers.Gcf.figs.items()
    ]


def restore_figures(figures: List[Tuple[int, Any, Any]]) -> None:
    """Let pyplot hold exactly these figures open."""
    if not figures and "matplotlib.pyplot" not in sys.modules:
        return
    pyplot = importlib.import_module("matplotlib.pyplot")
    gcf = sys.modules["matplotlib._pylab_helpers"].Gcf
    gcf.figs.clear()
    for number, figure, shown in figures:
        manager = pyplot._get_backend_mod().new_figure_manager_given_figure(number, figure)
        if shown is not None:
            manager._shown = shown
        gcf._set_new_active_manager(manager)
    inline: Any = sys.modules.get("matplotlib_inline.backend_inline")
    if inline is not None:
        # They are open, not newly drawn: nothing is to be shown at the end of the next cell.
        inline.show._to_draw, inline.show._draw_called = [], False


#: How each piece is captured and restored, and the value of a fresh process where that is None.
PIECES: Dict[str, Tuple[Any, ...]] = {
    "@numpy.random": (_numpy_random, _restore_numpy_random),
    "@numpy.printoptions": (_numpy_printing, _restore_numpy_printing),
    "@torch.random": (_torch_random, _restore_torch_random),
    "@sklearn.config": (_sklearn_config, _restore_sklearn_config),
    "@pandas.options": (_pandas_options, _restore_pandas_options, {}),
    "@pandas.accessors": (_pandas_accessors, _restore_pandas_accessors, {}),
    "@pandas.progress": (_pandas_progress, _restore_pandas_progress),
    "@sympy.printing": (_sympy_printing, _restore_sympy_printing),
    "@matplotlib.colormaps": (_color_maps, _restore_color_maps, {}),
    "@matplotlib.rcParams": (_rc_params, _restore_rc_params, ({}, None, None)),
}
