"""torch: tensors as views of their storages, and optimizers with all that they know.

Modules need nothing of their own: pickle takes their class and their attributes, which are parameters
and buffers. A storage is one object however many tensors show it, so views, tied weights and the
parameters that an optimizer holds stay what they are to each other.
"""

from __future__ import annotations

import ctypes
import functools
import pickle
import sys
import weakref
from importlib import import_module
from typing import Any, Dict, Optional, Tuple

from . import restore

#: The name under which streams find this module, however the package itself was loaded.
NAME = "_nbflow_tensors"
#: A view takes its whole storage along up to this many times its own size (and a megabyte).
STORAGE_FACTOR, STORAGE_SLACK = 64, 1 << 20
#: A storage remembers under this attribute the device it was on, if it had to be loaded elsewhere.
_DEVICE = "_nbflow_device"
_STATE = ("grad", "_backward_hooks", "_post_accumulate_grad_hooks")
_ENDED = (
    "this tensor was computed in an earlier step, and the graph that leads back from it ended there: call"
    " backward() in the step that computes it, or tag both cells with the same step"
)


# Storages --------------------------------------------------------------------------------------


def reduced_storage(pickler: Any, storage: Any) -> Any:
    """The bytes of a storage, and the device that they were on."""
    device = getattr(storage, _DEVICE, str(storage.device))
    if storage.device.type == "meta" or _of_file(storage):
        return NotImplemented
    own = storage if storage.device.type == "cpu" else storage.cpu()
    held = pickler.memories.hold(_bytes(own))
    return _storage, (held, device, held.is_shared)


def _of_file(storage: Any) -> bool:
    """Whether it shows a file that the user has mapped."""
    return bool(getattr(storage, "filename", None)) and not storage.is_shared()


def _bytes(storage: Any) -> Any:
    """A buffer that shows a storage and keeps it alive."""
    size = storage.nbytes()
    shown: Any = (ctypes.c_char * size).from_address(storage.data_ptr() if size else 0)
    shown.owner = storage
    return shown


def reduced_typed_storage(_pickler: Any, storage: Any) -> Any:
    """The storage, and of what it is."""
    return _typed_storage, (storage._untyped_storage, storage.dtype)


def _storage(view: memoryview, device: str, shared: bool) -> Any:
    torch: Any = import_module("torch")
    made = _over(torch, view, shared)
    home = _home(torch, device)
    if home == "cpu":
        if device != "cpu":
            setattr(made, _DEVICE, device)
        return made
    return torch.empty(0, dtype=torch.uint8).set_(made).to(home).untyped_storage()


def _over(torch: Any, view: memoryview, shared: bool) -> Any:
    if not view.nbytes:
        return torch.UntypedStorage(0)
    shown = torch.frombuffer(view, dtype=torch.uint8)
    if view.nbytes <= restore.COPY_LIMIT and not shared:
        shown = shown.clone()  # its memory is its own, and can grow
    return shown.untyped_storage()


def _home(torch: Any, device: str) -> str:
    """The device, or "cpu" where it is not there."""
    kind, _, place = device.partition(":")
    if kind == "cuda":
        there = torch.cuda.is_available() and int(place or 0) < torch.cuda.device_count()
    elif kind == "mps":
        there = torch.backends.mps.is_available()
    else:
        there = False
    return device if there else "cpu"


def _typed_storage(storage: Any, dtype: Any) -> Any:
    torch: Any = import_module("torch")
    return torch.storage.TypedStorage(wrap_storage=storage, dtype=dtype, _internal=True)


# Tensors ---------------------------------------------------------------------------------------


def reduced_tensor(pickler: Any, tensor: Any) -> Any:
    """A tensor as a view of its storage; of other layouts as torch pickles them; with gradient and hooks."""
    torch: Any = sys.modules["torch"]
    if _says_itself(torch, type(tensor)):
        return NotImplemented
    ended = None if tensor.grad_fn is None else type(tensor.grad_fn).__name__
    state = _state(tensor, ended)
    if _is_plain(torch, tensor):
        place = _place(pickler, torch, tensor)
        arguments: Tuple[Any, ...] = (
            type(tensor),
            tensor.dtype,
            tensor.requires_grad,
            ended,
            *place,
        )
        return _tensor, arguments, state, None, None, _set_tensor
    if ended is not None:
        raise pickle.PicklingError(
            "its gradient's graph ends with this step, and it is no dense tensor"
        )
    maker, arguments = tensor.detach().__reduce_ex__(5)[:2]
    arguments = (maker, arguments, tensor.requires_grad)
    return _other_tensor, arguments, state, None, None, _set_tensor


def _says_itself(torch: Any, kind: Any) -> bool:
    """Whether a class says how it is pickled, or what an operation on it is."""
    usual = (torch.Tensor.__reduce_ex__, torch.nn.Parameter.__reduce_ex__)
    return (
        kind.__reduce_ex__ not in usual
        or kind.__torch_dispatch__ is not torch.Tensor.__torch_dispatch__
        or not hasattr(torch.Tensor, "untyped_storage")
    )


def _is_plain(torch: Any, tensor: Any) -> bool:
    return (
        tensor.layout is torch.strided
        and tensor.device.type in ("cpu", "cuda", "mps")
        and not (tensor.is_quantized or tensor.is_nested or tensor.is_conj() or tensor.is_neg())
    )


def _place(pickler: Any, torch: Any, tensor: Any) -> Tuple[Any, ...]:
    """Storage, offset, size and stride of a tensor; the storage is a copy where it shows a little of it."""
    storage, offset = tensor.untyped_storage(), tensor.storage_offset()
    size, stride = tuple(tensor.size()), tuple(tensor.stride())
    pickler.roots[id(storage)] = storage
    reach = sum((n - 1) * step for n, step in zip(size, stride)) + 1 if tensor.numel() else 0
    shown = reach * tensor.element_size()
    if (
        id(storage) in pickler.linked
        or storage.nbytes() <= STORAGE_FACTOR * max(shown, 1) + STORAGE_SLACK
    ):
        return storage, offset, size, stride
    pickler.copied[id(storage)] = pickler.copied.get(id(storage), 0) + 1
    part = torch.empty(0, dtype=tensor.dtype, device=tensor.device)
    part = part.set_(storage, offset, (reach,), (1,)).clone()
    return part.untyped_storage(), 0, size, stride


def _state(tensor: Any, ended: Optional[str]) -> Optional[Dict[str, Any]]:
    """Gradient, hooks and attributes, as far as there are any."""
    names = _STATE if ended is None else ("grad",) if tensor.retains_grad else ()
    found = {name: getattr(tensor, name, None) for name in names}
    found["attributes"] = dict(vars(tensor)) or None
    return {name: value for name, value in found.items() if value is not None} or None


def _tensor(
    kind: Any,
    dtype: Any,
    requires_grad: bool,
    ended: Optional[str],
    storage: Any,
    offset: int,
    size: Tuple[int, ...],
    stride: Tuple[int, ...],
) -> Any:
    torch: Any = import_module("torch")
    made = torch.empty(0, dtype=dtype, device=storage.device).set_(storage, offset, size, stride)
    if ended is not None:
        made = _after(torch, ended, made)
    if kind is torch.Tensor:
        return made if ended is not None else made.requires_grad_(requires_grad)
    if ended is not None:
        return made.as_subclass(kind)
    return torch.Tensor._make_subclass(kind, made, requires_grad)


def _after(torch: Any, ended: str, tensor: Any) -> Any:
    """``tensor`` as the result of a computation whose graph is gone: going back through it is an error."""
    with torch.enable_grad():
        start = torch.empty(0, dtype=tensor.dtype, device=tensor.device, requires_grad=True)
        return _function(ended).apply(start, [tensor])


@functools.lru_cache(maxsize=None)
def _function(ended: str) -> Any:
    """A function of autograd whose results show a graph's last part by the name that it had."""
    torch: Any = import_module("torch")

    class Ended(torch.autograd.Function):  # type: ignore[misc]  # the base is only known at run time
        @staticmethod
        def forward(_context: Any, _start: Any, box: Any) -> Any:
            return box[0]

        @staticmethod
        def backward(_context: Any, *_gradients: Any) -> Any:
            raise RuntimeError(_ENDED)

    Ended._backward_cls.__name__ = ended
    return Ended


def _other_tensor(maker: Any, arguments: Tuple[Any, ...], requires_grad: bool) -> Any:
    made = maker(*arguments)
    return made.requires_grad_() if requires_grad else made


def _set_tensor(made: Any, state: Dict[str, Any]) -> None:
    """Give a tensor its gradient, its hooks, and the attributes that the user has given to it."""
    vars(made).update(state.pop("attributes", {}))
    for name, value in state.items():
        if name == "grad" and not made.is_leaf:
            made.retain_grad()
        setattr(made, name, value)


# Optimizers ------------------------------------------------------------------------------------

_PATCHED = "_wrapped_by_lr_sched"
_COMPUTED = frozenset({"_zero_grad_profile_name", "_hook_for_profile", "step"})


def reduced_optimizer(_pickler: Any, optimizer: Any) -> Any:
    """An optimizer with its hooks and its other attributes, which its own pickle leaves out."""
    reduced = optimizer.__reduce_ex__(5)
    if not isinstance(reduced[2], dict):
        return reduced
    own = vars(optimizer)
    others = {n: v for n, v in own.items() if n not in reduced[2] and n not in _COMPUTED}
    tracked = hasattr(own.get("step"), _PATCHED)
    if "step" in own and not tracked:
        others["step"] = own["step"]
    return (*reduced[:2], (reduced[2], others, tracked), None, None, _set_optimizer)


def _set_optimizer(made: Any, state: Tuple[Dict[str, Any], Dict[str, Any], bool]) -> None:
    own, others, tracked = state
    made.__setstate__(own)
    vars(made).update(others)
    if tracked:
        made.step = _tracked(made)


def _tracked(optimizer: Any) -> Any:
    """The method ``step`` as a scheduler of learning rates wraps it: it notes that it was called."""
    reference, function = weakref.ref(optimizer), type(optimizer).step

    @functools.wraps(function)
    def step(*args: Any, **kwargs: Any) -> Any:
        owner: Any = reference()
        owner._opt_called = True
        return function.__get__(owner, type(owner))(*args, **kwargs)

    setattr(step, _PATCHED, True)
    return step


restore.publish(sys.modules[__name__], NAME)
