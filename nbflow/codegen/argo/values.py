"""Texts that neither Argo nor Kubernetes reads as anything but text.

Argo replaces what stands between two pairs of braces, Kubernetes what looks like ``$(NAME)`` in a
container's command, arguments and environment, where it takes ``$$`` for one dollar.
"""

from __future__ import annotations

from nbflow.codegen.obstacle import BRACES
from nbflow.model import Json, quiet_json


def value(given: Json) -> str:
    """A parameter's value as it stands in a manifest and as ``argo submit -p`` takes it: JSON."""
    return quiet_json(given)


def environment(text: str) -> str:
    """The text for a variable of the environment, which then has it as it was."""
    return text.replace("$", "$$")


def quiet(text: str) -> str:
    """A text for people, on one line, without anything that Argo would replace."""
    return " ".join(text.split()).replace(BRACES, "{ {")
