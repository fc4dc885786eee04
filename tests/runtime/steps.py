"""Runs steps in processes of their own, as an engine does, one after the other."""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cloudpickle

import nbflow.runtime

MAIN = str(Path(nbflow.runtime.__file__).with_name("__main__.py"))
BROUGHT = str(Path(cloudpickle.__file__).parent)


@dataclass
class Ended:
    """One step that has ended: its outcome and its events."""

    outcome: dict[str, Any]
    events: list[dict[str, Any]]
    text: str

    def stream(self, name: str = "stdout") -> str:
        """What the step's cells wrote."""
        return "".join(
            event["text"]
            for event in self.events
            if event["event"] == "stream" and event["name"] == name
        )

    def kinds(self) -> list[str]:
        """The kinds of its events, in order."""
        return [event["event"] for event in self.events]


class Helper:
    """A helper process and this end of its socket."""

    def __init__(self) -> None:
        self.socket, theirs = socket.socketpair()
        number = theirs.fileno()
        words = ["helper", "--socket", str(number), "--cloudpickle", BROUGHT]
        self.process = subprocess.Popen(
            [sys.executable, MAIN, *words],
            pass_fds=[number],
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )
        theirs.close()
        self.ready = self.receive()

    def receive(self) -> dict[str, Any]:
        """The next frame."""
        size = struct.unpack(">I", self._exactly(4))[0]
        frame: dict[str, Any] = json.loads(self._exactly(size))
        return frame

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                raise EOFError("the helper has gone")
            data += part
        return data

    def send(self, frame: dict[str, Any], descriptors: tuple[int, ...] = ()) -> None:
        """Send a frame, with descriptors."""
        data = json.dumps(frame).encode()
        socket.send_fds(self.socket, [struct.pack(">I", len(data)) + data], descriptors)

    def run(self, spec: str) -> tuple[bytes, bytes]:
        """Run a step; what it wrote to its events and to its standard descriptors."""
        events, events_end = os.pipe()
        out, out_end = os.pipe()
        self.send({"op": "step", "id": 1, "spec": spec}, (events_end, out_end, out_end))
        os.close(events_end)
        os.close(out_end)
        with os.fdopen(events, "rb") as heard, os.fdopen(out, "rb") as written:
            found = heard.read(), written.read()
        frames = [self.receive(), self.receive()]
        assert [frame["op"] for frame in frames] == ["started", "exited"]
        return found

    def stop(self) -> int:
        """End the helper; its exit code."""
        self.socket.close()
        return self.process.wait(timeout=20)


@dataclass
class Chain:
    """Steps that follow each other: each begins with the latest version of everything."""

    folder: Path
    helper: Helper | None = None
    versions: dict[str, str] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    ambient: dict[str, str] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    sources: dict[int, str] = field(default_factory=dict)
    number: int = 0

    def run(self, *sources: str, prelude: tuple[str, ...] = (), **settings: Any) -> Ended:
        """Run a step of these cells and take over what it has stored."""
        path = self._spec(sources, prelude, settings)
        if self.helper is not None:
            events, text = self.helper.run(str(path))
        else:
            events, text = self._spawned(str(path))
        lines = [json.loads(line) for line in events.splitlines()]
        outcome = path.with_name(f"outcome{self.number}.json")
        found = json.loads(outcome.read_text()) if outcome.exists() else {}
        ended = Ended(found, lines, text.decode())
        if found.get("ok"):
            self._take_over(found)
        self.number += 1
        return ended

    def _spec(self, sources: tuple[str, ...], prelude: tuple[str, ...], settings: Any) -> Path:
        store = self.folder / "store"
        store.mkdir(exist_ok=True)
        cells = []
        for source in sources:
            count = len(self.sources) + 1
            self.sources[count] = source
            cells.append({"id": f"cell-{count}", "source": source, "count": count})
        loads: dict[str, list[str]] = {}
        for name, bundle in self.versions.items():
            loads.setdefault(bundle, []).append(name)
        spec = {
            "version": 1,
            "step": f"step{self.number}",
            "index": self.number,
            "prelude": [
                {"id": f"prelude-{place}", "source": source, "count": place + 1, "show": False}
                for place, source in enumerate(prelude)
            ],
            "cells": cells,
            "loads": [{"bundle": self._path(b), "names": names} for b, names in loads.items()],
            "absent": sorted(self.absent),
            "ambient": {name: self._path(b) for name, b in self.ambient.items()},
            "classes": {key: self._path(b) for key, b in self.classes.items()},
            "history": self.sources if settings.get("keep_out") else {},
            "store": str(store),
            "outcome": str(self.folder / f"outcome{self.number}.json"),
            "cwd": str(self.folder),
            "seed": 7,
            **settings,
        }
        path = self.folder / f"spec{self.number}.json"
        path.write_text(json.dumps(spec))
        return path

    def _path(self, bundle: str) -> str:
        return str(self.folder / "store" / f"{bundle}.nbb")

    def _spawned(self, spec: str) -> tuple[bytes, bytes]:
        events, events_end = os.pipe()
        words = ["step", "--spec", spec, "--events", str(events_end), "--cloudpickle", BROUGHT]
        with subprocess.Popen(
            [sys.executable, MAIN, *words],
            pass_fds=[events_end],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        ) as process:
            os.close(events_end)
            with os.fdopen(events, "rb") as heard:
                found = heard.read()
            text, _ = process.communicate(timeout=60)
        return found, text

    def _take_over(self, outcome: dict[str, Any]) -> None:
        self.versions.update({n: w["bundle"] for n, w in outcome["written"].items()})
        self.absent -= set(outcome["written"])
        for name in outcome["deleted"]:
            self.versions.pop(name, None)
            self.absent.add(name)
        self.classes.update(outcome["classes"])
        self.ambient.update({n: p["bundle"] for n, p in outcome["ambient"].items()})
