"""A page of the browser that shows JupyterLab, and what tests do with it again and again."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from lab import REPOSITORY, Lab
from notebook_cells import code, written

T = TypeVar("T")
#: The pictures of the last tests, for whoever wants to look.
SHOTS = REPOSITORY / ".screenshots"
#: The pictures of the documentation.
IMAGES = REPOSITORY / "docs" / "images"
AXE = REPOSITORY / "js" / "node_modules" / "axe-core" / "axe.min.js"


class LabPage:
    """A page, the JupyterLab that it shows, and the folder below its root that the test has for itself."""

    def __init__(self, page: Any, lab: Lab, folder: str) -> None:
        self.page = page
        self.lab = lab
        self.folder = folder
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._logged)

    @property
    def path(self) -> Path:
        """The folder of the test, on disk."""
        return self.lab.root / self.folder

    def write(self, name: str, *cells: tuple[str, ...]) -> Path:
        """A notebook in the folder of the test; each cell is its source and its tags."""
        made = [code(number, source, tags) for number, (source, *tags) in enumerate(cells, 1)]
        return written(self.path / name, made)

    def open(self, name: str = "") -> None:
        """Show JupyterLab, with a notebook of the folder where one is named, and nothing of before."""
        place = f"/lab/tree/{self.folder}/{name}" if name else "/lab"
        self.page.goto(f"{self.lab.address}{place}?token={self.lab.token}&reset")
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")
        self.page.locator("#jp-main-dock-panel").wait_for()

    def panel(self) -> Any:
        """The side panel, opened where it is not."""
        found = self.page.locator("#nbflow-panel")
        if not found.is_visible():
            self.page.locator('.jp-SideBar [data-id="nbflow-panel"]').click()
        found.wait_for()
        return found

    def execute(self, command: str, **arguments: object) -> Any:
        """Execute a command of JupyterLab."""
        return self.page.evaluate(
            "([command, args]) => { window.jupyterapp.commands.execute(command, args); }",
            [command, arguments],
        )

    def use_theme(self, name: str) -> None:
        """Show JupyterLab in a theme: "JupyterLab Light" or "JupyterLab Dark"."""
        self.execute("apputils:change-theme", theme=name)
        self.page.locator(f"body[data-jp-theme-name='{name}']").wait_for(state="attached")

    def violations(self, selector: str) -> list[str]:
        """What axe finds wrong and serious within the element, one line each (https://github.com/dequelabs/axe-core)."""
        if not self.page.evaluate("'axe' in window"):
            self.page.add_script_tag(path=AXE)
        found = self.page.evaluate("selector => axe.run(selector)", selector)
        return [
            f"{each['id']}: {node['html'][:200]}"
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
            for node in each["nodes"]
        ]

    def until(self, found: Callable[[], T | None]) -> T:
        """What is found, as soon as there is something."""
        for _ in range(600):
            if value := found():
                return value
            self.page.wait_for_timeout(100)
        raise AssertionError("it did not come to pass")

    def shot(self, name: str) -> None:
        """A picture of the page as it is now, for whoever wants to look."""
        SHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png")

    def picture(self, name: str) -> None:
        """A picture that the documentation has; it is put there where ``NBFLOW_PICTURES`` is "write"."""
        self.shot(name)
        kept = IMAGES / f"{name}.png"
        if os.environ.get("NBFLOW_PICTURES") == "write":
            shutil.copy(SHOTS / kept.name, kept)
        assert kept.exists()

    def ask(self, verb: str, path: str, body: object = None) -> Any:
        """The answer of nbflow's server to a request of the user of the page."""
        answer = self.page.request.fetch(
            f"{self.lab.address}/nbflow/api/{path}",
            method=verb,
            headers={"Authorization": f"token {self.lab.token}"},
            data=None if body is None else json.dumps(body),
        )
        assert answer.ok, answer.text()
        return answer.json()

    def ran(self, name: str, **parameters: object) -> str:
        """The number of a run of a notebook of the folder, when it has ended."""
        order = {"path": f"{self.folder}/{name}", "parameters": parameters}
        run: str = self.ask("POST", "runs", order)["id"]
        cursor, state = 0, "running"
        while state == "running":
            asked = f"runs/{run}/events?folder={self.folder}&since={cursor}&wait=10"
            events = self.ask("GET", asked)
            cursor, state = events["cursor"], events["state"]
        return run

    def saved(self, name: str) -> Any:
        """A notebook of the folder as it is on disk."""
        return json.loads((self.path / name).read_text(encoding="utf-8"))

    def _logged(self, message: Any) -> None:
        if message.type == "error":
            self.problems.append(f"{message.text} ({message.location.get('url', '')})")
