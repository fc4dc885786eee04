"""Which names of a live kernel a restore would overwrite: told before anything is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from nbflow.magics.landing import Landed
from nbflow.magics.prelude_names import Made, made_by
from nbflow.runtime import bundle, namespace, pickling, preview
from nbflow.service.restoring import Standing
from nbflow.store import VariableRecord

#: Values that take more bytes than this are not compared: they count as others.
_COMPARED: Final = 32 << 20


@dataclass(frozen=True, slots=True)
class Overwritten:
    """A name that stands for something else in the kernel: a value of type ``here``.

    ``there`` is the type that it has in the run, "" where it is not there or made by the prelude.
    """

    name: str
    here: str
    there: str


def overwritten(shell: Any, standing: Standing, earlier: Landed | None) -> tuple[Overwritten, ...]:
    """The names, sorted, but for those that an ``earlier`` restore has put there."""
    user_ns: Mapping[str, Any] = shell.user_ns
    made = made_by(shell, standing.spec.prelude)
    put = {*made, *standing.variables, *standing.spec.absent}
    present = namespace.variables(user_ns, namespace.hidden(shell))
    return tuple(
        Overwritten(name, preview.type_name(user_ns[name]), _there(standing, name))
        for name in present
        if name in put
        and not (earlier is not None and earlier.names.get(name, _NOTHING) is user_ns[name])
        and not _is_same(name, user_ns[name], standing, made)
    )


_NOTHING: Final = object()


def _there(standing: Standing, name: str) -> str:
    return standing.variables[name].type if name in standing.variables else ""


def _is_same(name: str, value: Any, standing: Standing, made: Mapping[str, Made]) -> bool:
    """Whether the restore would put the same there."""
    if name in standing.variables:
        return _is_stored(name, value, standing.variables[name], standing)
    return name in made and made[name].is_same(name, value)


def _is_stored(name: str, value: Any, record: VariableRecord, standing: Standing) -> bool:
    """Whether pickling a value gives what the run has stored."""
    alone = any(load.names == (name,) for load in standing.spec.loads)
    if not alone or preview.type_name(value) != record.type or record.bytes > _COMPARED:
        return False
    try:
        payload = pickling.dump(value).payload
    except Exception:  # pickling runs the value's own code
        return False
    return payload.nbytes <= _COMPARED and bundle.digest(payload, [name]) == record.version
