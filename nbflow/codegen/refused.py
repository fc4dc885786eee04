"""What tags ask for and Kubernetes takes on no engine: a pod with it would never begin.

Its rules: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ for texts, and
https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/ for amounts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from nbflow.codegen.amounts import amount
from nbflow.codegen.obstacle import BRACES, Obstacle
from nbflow.model import Step

_VALUE: Final = re.compile(r"([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?")
_NAME: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
_DOMAIN: Final = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
)
_OWN: Final = ("cpu", "memory", "ephemeral-storage")


def obstacles(step: Step) -> Iterator[Obstacle]:
    """All of them, in the order of the kinds of tags."""
    yield from _texts(step)
    yield from _kinds(step)
    yield from _pairs(step)


def _texts(step: Step) -> Iterator[Obstacle]:
    """Keys and values that are no labels; annotations may hold any text."""
    own = step.resources
    for word, pairs, free in (
        ("label", own.labels, False),
        ("node", own.node_selector, False),
        ("toleration", [(each.key, each.value) for each in own.tolerations], False),
        ("annotation", own.annotations, True),
    ):
        for key, value in pairs:
            tag = f"{word}:{key}:{value}".rstrip(":")
            if BRACES in value:  # each engine tells it in its own words
                continue
            if not _is_key(key):
                yield _key(step, tag)
            elif not free and not _VALUE.fullmatch(value):
                yield Obstacle(
                    step.name,
                    tag,
                    "a value may have 63 characters in Kubernetes: letters, digits, '.', '-' and '_', with a"
                    " letter or a digit at both ends",
                    f"shorten or change {value!r}"
                    + ("; an `annotation:` may hold any text" if word == "label" else ""),
                )


def _key(step: Step, tag: str) -> Obstacle:
    return Obstacle(
        step.name,
        tag,
        "a key in Kubernetes is a name of at most 63 letters, digits, '.', '-' and '_', with or without a"
        " domain before it (`example.com/name`)",
        "change the key",
    )


def _is_key(key: str) -> bool:
    domain, slash, name = key.rpartition("/")
    return bool(_NAME.fullmatch(name)) and (not slash or bool(_DOMAIN.fullmatch(domain)))


def _kinds(step: Step) -> Iterator[Obstacle]:
    """Resources that are none, and parts of what is counted in whole ones."""
    own = step.resources
    for kind, pairs in (("limit", own.limits), ("request", own.requests)):
        for key, value in pairs:
            tag = f"{kind}:{key}:{value}"
            if key in _OWN or key.startswith("hugepages-"):
                continue
            if "/" not in key:
                yield Obstacle(
                    step.name,
                    tag,
                    f"Kubernetes knows no resource {key!r}",
                    "name one of cpu, memory and ephemeral-storage, or a device with its domain"
                    " (`nvidia.com/gpu`)",
                )
            elif not _is_key(key):
                yield _key(step, tag)
            elif amount(value) != int(amount(value)):
                yield Obstacle(step.name, tag, "devices are counted in whole ones", "round it up")


def _pairs(step: Step) -> Iterator[Obstacle]:
    """Requests that go beyond the limit, or differ from it where Kubernetes shares nothing out."""
    own = step.resources
    limits = dict(own.limits)
    for key, value in own.requests:
        if key not in limits:
            continue
        whole = "/" in key or key.startswith("hugepages-")
        above = amount(value) > amount(limits[key])
        if above or (whole and amount(value) != amount(limits[key])):
            yield Obstacle(
                step.name,
                f"request:{key}:{value}",
                f"the limit of the step is {limits[key]}, "
                + ("and both must be the same" if whole else "which is less"),
                f"make the limit at least as large, or leave out `request:{key}`",
            )
