"""What a batch keeps of what its user has asked for, beside its members."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from nbflow.errors import ParameterError
from nbflow.model import Json
from nbflow.profiles import LOCAL
from nbflow.service.batch.draws import Draws
from nbflow.service.batch.outputs import absolute


@dataclass(frozen=True, slots=True)
class Settings:
    """How values are drawn, with which seed, and how many sets of them have been.

    ``output`` is where the executed notebooks of members are written, a template, or "". ``engine`` is the
    name of the engine elsewhere that members run on, or "", ``image`` the one of steps that name none, or "".
    ``jobs`` members run at once. ``code`` is the fingerprint of what the first of them have run, or "".
    """

    draws: Mapping[str, str] = field(default_factory=dict)
    seed: int | None = None
    drawn: int = 0
    output: str = ""
    engine: str = ""
    image: str = ""
    jobs: int = 1
    code: str = ""

    @classmethod
    def read(cls, kept: Mapping[str, Json]) -> Settings:
        """The settings that a batch has kept."""
        known: dict[str, Any] = {
            each.name: kept[each.name] for each in fields(cls) if each.name in kept
        }
        return cls(**known)

    def written(self) -> dict[str, Json]:
        """The settings as a batch keeps them: those that are not as they are by default."""
        default = asdict(Settings())
        return {name: value for name, value in asdict(self).items() if value != default[name]}


def next_draws(
    kept: Settings, texts: Mapping[str, str], count: int, seed: int | None
) -> tuple[Settings, Draws | None]:
    """What is drawn when ``count`` more sets are asked for, and the settings of the batch after that.

    With a ``seed`` it is the first sets of its sequence, without one those that follow on what was drawn.

    Raises:
        ParameterError: it is not said what is drawn, or how often.
    """
    if not count:
        if texts:
            raise ParameterError("it is not said how many sets of values are to be drawn")
        if seed is not None:
            raise ParameterError("a seed is for draws: say how many sets of values are to be drawn")
        return kept, None
    how = texts or kept.draws
    if not how:
        raise ParameterError("it is not said what is drawn, such as lr=loguniform(1e-4,0.1)")
    chosen = seed if seed is not None else kept.seed
    if chosen is None:
        chosen = secrets.randbits(32)
    before = kept.drawn if chosen == kept.seed else 0
    first = 0 if seed is not None else before
    made = Draws(how, chosen, first, first + count)
    return replace(kept, draws=how, seed=chosen, drawn=max(before, made.stop)), made


def placed(kept: Settings, output: str, engine: str | None, image: str | None) -> Settings:
    """The settings of a batch that is told where its members run and leave their notebooks, or is not.

    Raises:
        ParameterError: both do not go together.
    """
    place = kept.engine if engine is None else engine
    told = replace(
        kept,
        output=absolute(output) or kept.output,
        engine="" if place == LOCAL else place,
        image=image or kept.image,
    )
    if told.engine and told.output:
        raise ParameterError("executed notebooks are for batches on this machine, not elsewhere")
    if image and not told.engine:
        raise ParameterError("an image is for batches elsewhere: name an engine as well")
    return told
