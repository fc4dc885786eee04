"""What each step installs: from the imports that it uses, pinned to what is installed."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from conversion import findings, write

from nbflow.codegen import rules
from nbflow.engines.local.keeping import Keep
from nbflow.engines.local.packages import Packages, owners
from nbflow.model import StepName
from nbflow.service.needs import step_needs
from nbflow.service.request import plan_of, request
from nbflow.service.requirements import Requirements, requirements

INSTALLED = Packages(
    "3.11.7",
    {
        "IPython": "ipython 9.0 aa",
        "pandas": "pandas 2.2 aa",
        "pyarrow": "pyarrow 15.0 aa",
        "sklearn": "scikit-learn 1.5 aa",
        "torch": "torch 2.3.0+cpu aa",
        "google": "google-cloud-storage 3.0 aa, protobuf 5.0 bb",
        "ours": "ours 0.1 aa",
        "forked": "forked 0.2 aa",
    },
    sources={"ours": "", "forked": "git+https://example.org/forked@abc"},
)
OWNERS = {"google.cloud.storage": ("google-cloud-storage",), "google.protobuf": ("protobuf",)}


def found(folder: Path, text: str, beside: Sequence[str] = (), image: str = "") -> Requirements:
    needs = step_needs(plan_of(request(str(write(folder, text)), {}, ()), Keep.ALL))
    there = {each.step.name: frozenset(beside) for each in needs}
    return requirements(needs, {}, there, INSTALLED, lambda names: OWNERS, image)


@pytest.mark.parametrize(
    ("source", "pins"),
    [
        ("x = 1", ()),
        ("import os, json.decoder", ()),
        ("import pandas as pd", ("pandas==2.2",)),
        ("from sklearn.svm import SVC", ("scikit-learn==1.5",)),
        ("import torch.nn", ("torch==2.3.0",)),
        ("def f():\n    import pandas\nf()", ("pandas==2.2",)),
        ("import pandas\npandas.read_parquet('x')", ("pandas==2.2", "pyarrow==15.0")),
        ("x = open('x')\nx.to_parquet", ()),
        ("from google.cloud import storage", ("google-cloud-storage==3.0", "protobuf==5.0")),
        ("import google.cloud.storage", ("google-cloud-storage==3.0",)),
        ("from google.protobuf import json_format", ("protobuf==5.0",)),
        ("import forked", ("forked @ git+https://example.org/forked@abc",)),
        ("import ours", ()),
        ("import nowhere", ()),
        ("%pip install pandas", ("pandas==2.2",)),
        ("%pip install 'pandas>=2'", ("pandas==2.2",)),
        ("%pip install pandas[all]", ("pandas[all]==2.2",)),
        ("%pip install pandas==1.0", ("pandas==1.0",)),
        ("!pip install new-one", ("new-one",)),
    ],
)
def test_a_step_installs(tmp_path: Path, source: str, pins: tuple[str, ...]) -> None:
    assert found(tmp_path, f"# %% step:a\n{source}").by_step == {
        "a": tuple(sorted(("ipython==9.0", *pins), key=str.lower))
    }


def test_each_step_installs_what_it_needs(tmp_path: Path) -> None:
    """Also what made the objects that reach it, and nothing else."""
    text = """
# %% imports
import json
# %% functions
def grid():
    import torch
    return torch.zeros(1)
# %% step:a
import pandas as pd
df = pd.DataFrame()
# %% step:b
from sklearn.svm import SVC
print(df)
# %% step:c
print(1)
# %% step:d
print(grid())
"""
    own = {
        step: {p.partition("==")[0] for p in pins}
        for step, pins in found(tmp_path, text).by_step.items()
    }
    assert own == {
        "a": {"ipython", "pandas"},
        "b": {"ipython", "pandas", "scikit-learn"},
        "c": {"ipython"},
        "d": {"ipython", "torch"},
    }


def test_what_pip_is_asked_for_holds_for_later_steps(tmp_path: Path) -> None:
    text = "# %% step:a\nx = 1\n# %% step:b\n%pip install new-one\n# %% step:c\nimport new_one"
    steps = found(tmp_path, text)
    assert ["new-one" in steps.by_step[StepName(name)] for name in "abc"] == [False, True, True]
    assert steps.findings == ()


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import nowhere", "nowhere"),
        ("import ours", "ours"),
        ("try:\n    import nowhere\nexcept ImportError:\n    pass", ""),
        ("import beside", ""),
        ("import pandas", ""),
    ],
)
def test_an_import_that_nothing_provides_is_told_once(
    tmp_path: Path, source: str, told: str
) -> None:
    steps = found(tmp_path, f"# %% step:a\n{source}\n# %% step:b\n{source}", beside=["beside"])
    assert [each.rule for each in steps.findings] == [rules.UNKNOWN_DISTRIBUTION] * bool(told)
    assert all(told in each.message for each in steps.findings)


def test_an_image_of_the_users_own_may_hold_anything(tmp_path: Path) -> None:
    assert found(tmp_path, "# %% step:a\nimport nowhere", image="own:1").findings == ()
    assert found(tmp_path, "# %% step:a image:own:1\nimport nowhere").findings == ()


def test_the_owners_of_a_shared_name() -> None:
    known = owners(sys.executable, dict(os.environ), ["IPython.core", "no.such"])
    assert known == {"IPython.core": ("ipython",), "no.such": ()}


ADDRESSES = [
    # what pip is asked for, the host where a secret was found
    ("git+https://me:topsecret@git.example.com/a/b.git", "git.example.com"),
    ("--extra-index-url https://user:pw@pypi.example.com/simple tools", ""),
    ("git+https://0123456789abcdef0123456789@example.com/a.git", "example.com"),
    ("git+ssh://git@example.com/a/b.git", ""),
    ("tools", ""),
]


@pytest.mark.parametrize(("asked", "host"), ADDRESSES)
def test_no_secret_of_an_address_is_written(asked: str, host: str, tmp_path: Path) -> None:
    path = write(tmp_path, f"# %% step:a\n%pip install {asked}\n# %% step:b\nprint(1)\n")
    told = [each for each in findings(path) if each.rule.code == "NB417"]
    assert [host in each.message for each in told] == ([True] if host else [])
    secrets = ("topsecret", "0123456789", "user:pw")
    made = [p for p in (tmp_path / "made").rglob("*") if p.is_file()]
    texts = [f.message + f.hint for f in findings(path)]
    texts += [each.read_text("utf-8", "replace") for each in made if "steps" not in each.parts]
    assert not [s for s in secrets for text in texts if s in text]
