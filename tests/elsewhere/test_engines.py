"""Which engine a name means, and that the profiles on the page are ones."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest

from nbflow.errors import EngineError, ProfileError
from nbflow.profiles import ArgoProfile, KfpProfile
from nbflow.profiles.file import ProfileFile
from nbflow.service import engines
from nbflow.service.elsewhere.connection import within

PAGE = Path(__file__).parents[2] / "docs" / "engines.md"


@pytest.fixture(autouse=True)
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NBFLOW_ENGINES", str(tmp_path / "engines.toml"))
    return tmp_path / "engines.toml"


def test_without_a_file_a_kind_stands_for_itself() -> None:
    assert engines.chosen("kfp") == KfpProfile("kfp", auth="sdk")
    assert engines.chosen("argo") == ArgoProfile("argo")
    assert engines.chosen("local") is None
    assert engines.chosen(None) is None


@pytest.mark.parametrize(
    ("text", "word", "name"),
    [
        ('[engines.a]\nkind = "argo"\n', "argo", "a"),
        ('[engines.a]\nkind = "argo"\n', "a", "a"),
        ('[engines.a]\nkind = "argo"\n[engines.argo]\nkind = "argo"\n', "argo", "argo"),
        ('default = "a"\n[engines.a]\nkind = "argo"\n', None, "a"),
        ('[engines.a]\nkind = "argo"\n[engines.b]\nkind = "kfp"\n', "argo", "a"),
    ],
)
def test_which_one_is_meant(path: Path, text: str, word: str | None, name: str) -> None:
    path.write_text(text)
    found = engines.chosen(word)
    assert found is not None
    assert found.name == name


def test_several_of_a_kind_have_to_be_named(path: Path) -> None:
    path.write_text('[engines.a]\nkind = "argo"\n[engines.b]\nkind = "argo"\n')
    with pytest.raises(ProfileError, match="several engines are argo: name one of a, b"):
        engines.chosen("argo")


def test_the_profiles_on_the_page_are_ones(path: Path) -> None:
    (text,) = re.findall(r"^```toml\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    path.write_text(text)
    file = ProfileFile()
    assert file.default == "team"
    found = {file.read(name) for name in file.names}
    kfp = {each.auth for each in found if isinstance(each, KfpProfile)}
    assert kfp == {"none", "service-account", "bearer", "cookie", "dex", "sdk"}
    assert any(isinstance(each, ArgoProfile) for each in found)


def test_what_takes_too_long_is_left_alone() -> None:
    end = threading.Event()
    with pytest.raises(EngineError, match="x has not answered within 0 s"):
        within(0.01, "x", end.wait)
    end.set()
    assert within(60, "x", lambda: 5) == 5
    with pytest.raises(ProfileError):
        within(60, "x", lambda: ProfileFile().read("nowhere"))
