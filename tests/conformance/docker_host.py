"""Containers of a real engine, without a network, for what a manifest describes (see ``hosts``)."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import docker.errors
import requests
from hosts import Container, Ended

#: As Argo's emissary starts what is to run: all that it makes may be read by all.
_START = ("sh", "-c", 'umask 0; exec "$@"', "sh")


@dataclass(frozen=True, slots=True)
class DockerHost:
    """Runs containers, by default as the user with a number; what they leave lies below ``folder``."""

    address: str
    folder: Path
    user: int = 0

    def run(self, container: Container) -> Ended:
        """What came of it."""
        with self._created(container) as created:
            created.start()
            try:
                code = int(created.wait(timeout=container.seconds)["StatusCode"])
            except (requests.ReadTimeout, requests.ConnectionError):
                created.kill()
                code = -9
            out = created.logs(stdout=True, stderr=False).decode("utf-8", "replace")
            error = created.logs(stdout=False, stderr=True).decode("utf-8", "replace")
            return Ended(code, out, error, dict(self._outputs(container, created)))

    @contextmanager
    def _created(self, container: Container) -> Iterator[Any]:
        client = docker.DockerClient(base_url=self.address)
        user = self.user if container.user is None else container.user
        group = user if container.group is None else container.group
        there = {**container.files, **container.folders}
        created = client.containers.create(
            container.image,
            command=list(container.command),
            entrypoint=list(_START),
            environment=dict(container.env),
            volumes=[f"{outside}:{inside}" for inside, outside in there.items()],
            network_mode="none",
            user=f"{user}:{group}",
            init=True,
        )
        try:
            yield created
        finally:
            created.remove(force=True)
            client.close()

    def _outputs(self, container: Container, created: Any) -> Iterator[tuple[str, Path]]:
        """The files that are wanted and there, taken out of a container that has ended."""
        for path in container.outputs:
            try:
                stream, _ = created.get_archive(path)
            except docker.errors.NotFound:
                continue
            target = self.folder / "outputs" / container.name / Path(path).name
            target.parent.mkdir(parents=True, exist_ok=True)
            with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as archive:
                (member,) = archive.getmembers()
                content = archive.extractfile(member)
                assert content is not None
                target.write_bytes(content.read())
            yield path, target
