"""An order as the Workflow that is submitted, and the mark by which it is known again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from nbflow.engines.argo.drivers import driver
from nbflow.engines.remote import Order
from nbflow.errors import EngineError, ParameterError
from nbflow.model import quiet_json
from nbflow.profiles import ArgoProfile

#: The annotation whose value is the same for the same order.
MARK: Final = "nbflow/order"
#: Argo labels the pods of a run with its name.
_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def workflow(order: Order, profile: ArgoProfile, namespace: str) -> dict[str, Any]:
    """The Workflow of an order, named ``order.run``.

    Raises:
        EngineError: the manifest is none, or the name is not legal.
        ParameterError: the manifest has no such parameter.
    """
    if not _NAME.fullmatch(order.run):
        raise EngineError(
            f"{order.run} cannot be the name of a run on Argo: at most 63 small letters, digits and "
            "hyphens, the first and the last no hyphen"
        )
    made = _parsed(order)
    metadata = dict(made.get("metadata") or {})
    metadata.pop("generateName", None)
    annotations = {**(metadata.get("annotations") or {}), MARK: mark(order)}
    metadata |= {"name": order.run, "namespace": namespace, "annotations": annotations}
    spec = dict(made.get("spec") or {})
    if order.arguments:
        spec["arguments"] = _given(spec.get("arguments") or {}, order)
    if profile.service_account:
        spec.setdefault("serviceAccountName", profile.service_account)
    if profile.pull_secrets:
        spec.setdefault("imagePullSecrets", [{"name": name} for name in profile.pull_secrets])
    return {**made, "metadata": metadata, "spec": spec}


def namespace(order: Order) -> str:
    """The namespace that the manifest itself names, or ""."""
    return str((_parsed(order).get("metadata") or {}).get("namespace") or "")


def mark(order: Order) -> str:
    """The same text for the same manifest and arguments."""
    told = json.dumps([order.manifest, order.name, dict(order.arguments)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:40]


def _parsed(order: Order) -> dict[str, Any]:
    yaml = driver("yaml")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        made = yaml.load(order.manifest, Loader=loader)
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        line = f" (line {place.line + 1})" if place else ""
        raise EngineError(
            f"the manifest of {order.name} is not YAML{line}: convert the notebook anew"
        ) from None
    if not isinstance(made, dict) or made.get("kind") != "Workflow":
        raise EngineError(
            f"the manifest of {order.name} is no Workflow of Argo: `nbflow convert --to argo` makes one"
        )
    return made


def _given(arguments: Mapping[str, Any], order: Order) -> dict[str, Any]:
    parameters = [dict(each) for each in arguments.get("parameters") or ()]
    known = [each.get("name") for each in parameters]
    for name in order.arguments:
        if name not in known:
            there = f"it has {', '.join(map(str, known))}" if known else "it has none"
            raise ParameterError(f"the pipeline {order.name} has no parameter `{name}`: {there}")
    for each in parameters:
        if each["name"] in order.arguments:
            each["value"] = quiet_json(order.arguments[each["name"]])
    return {**arguments, "parameters": parameters}
