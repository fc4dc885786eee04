"""Pipelines with their versions, and experiments: found by name, and made where they are missing.

The server's filters do not tell capitals from small letters (backend/src/apiserver/filter/filter.go), so what
they find is looked at once more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from nbflow.engines.kfp.troubles import TroubleError
from nbflow.engines.kfp.wire import API, Ask, Wire
from nbflow.errors import EngineError

#: That of the SDK, where a profile names none.
EXPERIMENT: Final = "Default"
_EQUALS, _IS_SUBSTRING = "EQUALS", "IS_SUBSTRING"
#: Looks whether something is there by now.
_Look: TypeAlias = Callable[[], Mapping[str, Any] | None]


class Catalog:
    """What there is in a namespace; "" is that of a server which has but one."""

    def __init__(self, wire: Wire, namespace: str) -> None:
        self._wire, self._namespace = wire, namespace

    def run(self, name: str) -> Mapping[str, Any] | None:
        """The run of a name, the oldest where there are more."""
        return min(self._named("runs", name), key=lambda r: str(r.get("created_at")), default=None)

    def experiment(self, name: str) -> str:
        """The id of an experiment, which is made where it is missing."""
        found = self._experiment(name)
        if found is None:
            body = {"display_name": name, **self._where()}
            found = self._made(f"{API}/experiments", body, lambda: self._experiment(name))
        if found.get("storage_state") == "ARCHIVED":
            raise EngineError(
                f"the experiment {name} is archived; restore it in the UI, or name another one"
            )
        return str(found["experiment_id"])

    def version(self, pipeline: str, run: str, manifest: bytes) -> tuple[str, str]:
        """The ids of a pipeline and of the version with this text, both made where they are missing.

        A version is named after the run that it was made for, and after its text.
        """
        of = self._pipeline(pipeline)
        if of is None:
            body = {"display_name": pipeline, **self._where()}
            of = self._made(f"{API}/pipelines", body, lambda: self._pipeline(pipeline))
        key = str(of["pipeline_id"])
        digest = hashlib.sha256(manifest).hexdigest()[:12]
        found = self._version(key, digest)
        if found is None:
            query = {"name": f"{run}-{digest}", "pipelineid": key}
            ask = Ask(
                "POST", f"{API}/pipelines/upload_version", query, file=("pipeline.yaml", manifest)
            )
            found = self._sent(ask, lambda: self._version(key, digest))
        return key, str(found["pipeline_version_id"])

    # What is there

    def _experiment(self, name: str) -> Mapping[str, Any] | None:
        return next(self._named("experiments", name), None)

    def _pipeline(self, name: str) -> Mapping[str, Any] | None:
        return next(self._named("pipelines", name), None)

    def _version(self, pipeline: str, digest: str) -> Mapping[str, Any] | None:
        path = f"pipelines/{pipeline}/versions"
        for version in self._found(path, digest, _IS_SUBSTRING, namespaced=False):
            if str(version.get("display_name")).endswith(f"-{digest}") and not version.get("error"):
                return version
        return None

    def _named(self, path: str, name: str) -> Iterator[Mapping[str, Any]]:
        """What has a name to the letter."""
        return (each for each in self._found(path, name) if each.get("display_name") == name)

    def _found(
        self, path: str, name: str, operation: str = _EQUALS, *, namespaced: bool = True
    ) -> Iterator[Mapping[str, Any]]:
        """What the server finds, page by page (backend/api/v2beta1/filter.proto)."""
        predicate = {"operation": operation, "key": "display_name", "string_value": name}
        query = {
            "page_size": "50",
            "filter": json.dumps({"predicates": [predicate]}),
            **(self._where() if namespaced else {}),
        }
        kind = path.rpartition("/")[2]
        kind = "pipeline_versions" if kind == "versions" else kind
        while True:
            page = self._wire.get(f"{API}/{path}", query)
            yield from page.get(kind) or ()
            token = page.get("next_page_token")
            if not token:
                return
            query["page_token"] = str(token)

    def _where(self) -> dict[str, str]:
        return {"namespace": self._namespace} if self._namespace else {}

    # What is made

    def _made(self, path: str, body: object, look: _Look) -> Mapping[str, Any]:
        return self._sent(Ask("POST", path, body=body), look)

    def _sent(self, ask: Ask, look: _Look) -> Mapping[str, Any]:
        """What a request has made; where its answer was lost or somebody was faster, what is there."""
        try:
            made = self._wire.repeated(lambda: self._wire.once(ask), sure=False)
        except TroubleError as trouble:
            # Older servers answer 500 or 400 where newer ones answer 409.
            if not trouble.unsure and trouble.status not in (400, 409):
                raise
            made = look()
            if made is None and trouble.unsure and trouble.status != 504:
                made = self._wire.once(ask)
            if made is None:
                raise
        return dict(made)
