"""What of Python code asks for a GPU, and whether it fails where there is none.

The tables are small and closed: what is not in them asks for nothing. They hold what libraries do on a
machine without a GPU, as their documentation says.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

#: Libraries that have no use for a machine without a GPU, and those that take one where there is one.
_NEED: Final = frozenset(
    {
        "cucim", "cudf", "cugraph", "cuml", "cupy", "cupyx", "cuspatial", "dask_cuda", "flash_attn",
        "kvikio", "numba.cuda", "nvidia.dali", "pycuda", "rmm", "tensorrt",
    }
)  # fmt: skip
_TAKE: Final = frozenset({"bitsandbytes", "flax", "jax", "tensorflow", "vllm"})
#: Extensions of the notebook that use a GPU where there is one.
_EXTENSIONS: Final = frozenset({"cudf.pandas", "cuml.accel"})

_DEVICE: Final = re.compile(r"/?(?:device:)?(?:cuda|gpu)(?::\d+)?", re.IGNORECASE)
#: What keywords, keys and variables are called that hold the name of a device.
_WORDS: Final = frozenset(
    {
        "accelerator", "backend", "dev", "device", "device_map", "device_name", "device_type",
        "devices", "map_location", "platform", "task_type",
    }
)  # fmt: skip
#: Keywords that may hold the name of a device in these calls alone.
_ONLY_IN: Final = {"backend": frozenset({"devices", "jit", "local_devices", "pmap"})}
#: Values that mean a GPU whatever takes them.
_VALUES: Final = {"tree_method": "gpu_hist", "predictor": "gpu_predictor"}
#: Switches for what only a GPU can do.
_SWITCHES: Final = frozenset({"load_in_4bit", "load_in_8bit"})
_COUNTS: Final = frozenset({"gpus", "num_gpus"})
#: Calls whose arguments are names of devices.
_CALLS: Final = frozenset(
    {"MirroredStrategy", "device", "devices", "set_default_device", "set_device", "to"}
)
#: Calls that warn and go on where the GPU that they name is missing.
_FORGIVE: Final = frozenset({"GradScaler", "MirroredStrategy", "autocast"})
#: Calls that need one, whatever they are given, and one that takes it where it is.
_NEEDING: Final = frozenset(
    {
        "CuDNNGRU", "CuDNNLSTM", "StandardGpuResources", "cuda", "index_cpu_to_all_gpus",
        "index_cpu_to_gpu", "require_gpu",
    }
)  # fmt: skip
_TAKING: Final = frozenset({"prefer_gpu"})
#: What of ``torch.cuda`` fails without a GPU when it is called; the rest does nothing, or asks.
_TORCH_CUDA: Final = frozenset(
    {
        "Event", "Stream", "current_device", "current_stream", "get_device_name",
        "get_device_properties", "mem_get_info", "set_device", "synchronize",
    }
)  # fmt: skip
#: Attributes that are asked whether there is a GPU.
ASK_WHETHER: Final = frozenset(
    {
        "device_count", "get_available_gpus", "is_available", "is_built_with_cuda", "is_gpu_available",
        "list_physical_devices",
    }
)  # fmt: skip
#: What conditions are about that stand before the use of a GPU.
_ABOUT: Final = re.compile(r"accel|cuda|device|gpu", re.IGNORECASE)
#: What is raised for want of a GPU.
RAISED: Final = frozenset({"AssertionError", "BaseException", "Exception", "RuntimeError"})


@dataclass(frozen=True, slots=True)
class Asked:
    """Code that asks for a GPU: its text, where it stands, and whether it fails without one."""

    what: str
    node: ast.AST
    needed: bool = True


def of_import(module: str) -> bool | None:
    """Whether a module needs a GPU (True) or takes one where there is one (False); None for others."""
    parts = module.split(".")
    names = {".".join(parts[:count]) for count in range(1, len(parts) + 1)}
    if not names.isdisjoint(_NEED):
        return True
    return None if names.isdisjoint(_TAKE) else False


def is_extension(name: str) -> bool:
    """Whether an extension of the notebook uses a GPU where there is one."""
    return name in _EXTENSIONS


def of_call(node: ast.Call) -> Iterator[Asked]:
    """What a call asks for."""
    name = last_name(node.func)
    forgives = name in _FORGIVE
    if name in _NEEDING and (name != "cuda" or isinstance(node.func, ast.Attribute)):
        yield Asked(f".{name}()" if name == "cuda" else f"{name}()", node)
    elif name in _TAKING:
        yield Asked(f"{name}()", node, needed=False)
    elif name in _TORCH_CUDA and _is_torch_cuda(node.func):
        yield Asked(f"torch.cuda.{name}()", node)
    values = [each.value for each in node.keywords if _may_name(each.arg, name)]
    values += node.args if name in _CALLS or forgives else []
    for value in values:
        yield from (_weaker(each) if forgives else each for each in _devices(value))
    if name == "pipeline" and any(
        each.arg == "device" and _is_count(each.value, 0) for each in node.keywords
    ):
        yield Asked("device=0", node)
    if name == "update" and len(node.args) == 2 and str(text_of(node.args[0])).startswith("jax_"):
        yield from _devices(node.args[1])
    if name.endswith("TrainingArguments") and any(
        each.arg == "fp16" and _is_true(each.value) for each in node.keywords
    ):
        yield Asked("fp16=True", node)
    for each in node.keywords:
        yield from _of_pair(each.arg or "", each.value)


def of_assignment(targets: list[ast.expr], value: ast.expr) -> Iterator[Asked]:
    """What an assignment asks for: to a variable, an attribute or an item with such a name."""
    for target in targets:
        name = last_name(target)
        if (name.lower() in _WORDS and name not in _ONLY_IN) or name == "JAX_PLATFORMS":
            yield from _devices(value)
        yield from _of_pair(name, value)


def of_dict(node: ast.Dict) -> Iterator[Asked]:
    """What the items of a dict ask for: parameters of a library often stand there."""
    for key, value in zip(node.keys, node.values, strict=True):
        name = text_of(key) or ""
        if name in _WORDS and name not in _ONLY_IN:
            yield from _devices(value)
        yield from _of_pair(name, value)


def asks_whether(node: ast.AST) -> bool:
    """Whether code asks if there is a GPU."""
    return any(
        isinstance(each, ast.Attribute) and each.attr in ASK_WHETHER for each in ast.walk(node)
    )


def is_guard(test: ast.expr) -> bool:
    """Whether a condition is about devices: what stands under it is meant for both answers."""
    names = (
        each.id if isinstance(each, ast.Name) else each.attr
        for each in ast.walk(test)
        if isinstance(each, (ast.Name, ast.Attribute))
    )
    return any(_ABOUT.search(name) for name in names)


def _may_name(keyword: str | None, call: str) -> bool:
    """Whether a keyword of a call may hold the name of a device."""
    return keyword in _WORDS and (keyword not in _ONLY_IN or call in _ONLY_IN[keyword])


def _of_pair(name: str, value: ast.expr) -> Iterator[Asked]:
    """What a keyword or a key with its value asks for."""
    if name in _VALUES and text_of(value) == _VALUES[name]:
        yield Asked(f"{name}={_VALUES[name]!r}", value)
    elif name in _SWITCHES and _is_true(value):
        yield Asked(f"{name}=True", value)
    elif name in _COUNTS and _is_count(value, 1):
        yield Asked(f"{name}={ast.unparse(value)}", value)
    elif name == "device_map" and text_of(value) == "auto":
        yield Asked("device_map='auto'", value, needed=False)


def _devices(node: ast.expr) -> Iterator[Asked]:
    """The GPUs that an expression names; one that stands under a condition may be left out."""
    match node:
        case ast.Constant(value=str(text)) if _DEVICE.fullmatch(text):
            yield Asked(repr(text), node)
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]) if re.match(
            r"(cuda|gpu):$", text, re.IGNORECASE
        ):
            yield Asked(ast.unparse(node), node)
        case ast.IfExp(body=body, orelse=orelse):
            yield from (_weaker(each) for side in (body, orelse) for each in _devices(side))
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            yield from (each for element in elements for each in _devices(element))
        case _:
            pass


def _weaker(asked: Asked) -> Asked:
    return Asked(asked.what, asked.node, needed=False)


def _is_torch_cuda(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and last_name(node.value) == "cuda"


def _is_count(node: ast.expr, least: int) -> bool:
    """Whether a value is a number of GPUs, or of a GPU; -1 is all of them where they are counted."""
    match node:
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            return number >= least
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1)):
            return least > 0
        case _:
            return False


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def last_name(node: ast.expr | None) -> str:
    """The last name of a dotted one, or the key of an item."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
        case _:
            return ""


def text_of(node: ast.expr | None) -> str | None:
    """A constant text."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
