"""Shared generators of random numbers that a step sets before it draws from them.

What such a generator was before does not matter to the step. The functions that set one are wrapped: at
the call it shows whether the generator is still as the step has found it.
"""

from __future__ import annotations

import functools
import random
import sys
from typing import Any, Callable, Dict, Optional, Tuple

from . import observed

#: Where the functions are that set a generator: module and name, by the module that brings it.
_SEEDERS: Dict[str, Tuple[str, Tuple[str, ...]]] = {
    "numpy.random": ("@numpy.random", ("numpy.random.seed",)),
    "torch": ("@torch.random", ("torch.manual_seed", "torch.random.manual_seed")),
}


class Seeding:
    """The generators of one step; ``unchanged(name)`` says whether one is as the step has found it."""

    def __init__(self, unchanged: Callable[[str], bool]) -> None:
        self.unchanged = unchanged
        self.seeded: Dict[str, None] = {}
        self.used: Dict[str, None] = {}

    def set(self, name: str) -> None:
        """A generator is about to be set to a state of the step's own."""
        if name not in self.seeded and name not in self.used:
            (self.seeded if self.unchanged(name) else self.used)[name] = None

    def found(self, *names: str) -> None:
        """Generators have been given the state that the step finds."""
        for name in names:
            self.seeded.pop(name, None)
            self.used.pop(name, None)


_current: Optional[Seeding] = None


def _seeded(name: str, seed: Any) -> None:
    if seed is None:
        observed.chance_taken()
    elif _current is not None and name:
        _current.set(name)


def _of_random(original: Any) -> Any:
    def seed(self: Any, a: Any = None, *more: Any, **options: Any) -> Any:
        _seeded("@random" if self is random._inst else "", a)
        return original(self, a, *more, **options)

    return functools.wraps(original)(seed)


def _of_library(name: str, original: Any) -> Any:
    def seed(*args: Any, **options: Any) -> Any:
        _seeded(name, (*args, *options.values(), None)[0])
        return original(*args, **options)

    return functools.wraps(original)(seed)


def wrap_library(module: str) -> None:
    """Wrap what sets the generators of a library that has been imported."""
    if module == "numpy.random":
        _wrap_numpy()
    name, places = _SEEDERS.get(module, ("", ()))
    for place in places:
        owner, _, attribute = place.rpartition(".")
        original = getattr(sys.modules.get(owner), attribute, None)
        if original is not None and not hasattr(original, "__wrapped__"):
            setattr(sys.modules[owner], attribute, _of_library(name, original))


def _wrap_numpy() -> None:
    """See when numpy makes a generator by chance.

    Its ``RandomState(7)`` asks for chance as well before it takes the seed, so that chance itself says
    nothing here.
    """
    bits: Any = sys.modules.get("numpy.random.bit_generator")
    if bits is not None and hasattr(bits, "randbits"):
        bits.randbits = observed.unwatched_bits
    module: Any = sys.modules.get("numpy.random")
    if module is not None and not hasattr(module.default_rng, "__wrapped__"):
        module.default_rng = _of_library("", module.default_rng)


def wrap() -> None:
    """Wrap what sets Python's own generator, and those of libraries that are there."""
    generator: Any = random.Random
    if not hasattr(generator.seed, "__wrapped__"):
        generator.seed = _of_random(generator.seed)
        random.seed = random._inst.seed
    for module in _SEEDERS:
        wrap_library(module)


def begin(unchanged: Callable[[str], bool]) -> Seeding:
    """The generators of the step that begins now."""
    global _current  # noqa: PLW0603
    wrap()
    _current = Seeding(unchanged)
    return _current
