"""A notebook that was converted is submitted, and its tasks are known by the names in its manifest."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import yaml
from kfp_orders import client, words
from kfp_server import kfp_server

from nbflow.engines.remote import Order
from nbflow.service.convert import convert

pytest.importorskip("kfp", reason="the SDK of Kubeflow Pipelines is not installed")


def _notebook(folder: Path) -> Path:
    cells = [
        ("parameters", "n = 2\nname = 'a'"),
        ("step:load data", "rows = list(range(n))"),
        ("step:train", "total = sum(rows)"),
        ("step:show", "print(name, total)"),
    ]
    document = {
        "cells": [
            {
                "id": f"c{number}",
                "cell_type": "code",
                "metadata": {"tags": [tag]},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
            for number, (tag, source) in enumerate(cells)
        ],
        "metadata": {
            "kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path = folder / "churn.ipynb"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_a_converted_notebook_runs_to_its_end(tmp_path: Path) -> None:
    made = convert(
        str(_notebook(tmp_path)), "kfp", output=str(tmp_path / "made"), python=sys.executable
    )
    manifest = (made.folder / "pipeline.yaml").read_text("utf-8")
    log = "a 3\nnbflow_runtime.pod.StepError: cell 4, line 1: NameError: total\n"
    with kfp_server(plays=True, outcomes={"show": ("failed", log)}) as server:
        engine = client(server)
        handle = engine.submit(Order(manifest, "churn", "churn-x7", {"n": 3, "name": "b"}))
        assert server.run("churn-x7").parameters == {"n": 3, "name": "b"}
        last = list(engine.watch(handle))[-1]
        told = next(iter(yaml.safe_load_all(manifest)))["root"]["dag"]["tasks"]
        assert set(last.tasks) == set(told) == {"runtime", "load-data", "train", "show"}
        assert words(last)["show"] == "failed"
        assert last.tasks["show"].message == "cell 4, line 1: NameError: total"
        assert "".join(engine.logs(handle, "show", follow=True)) == log
