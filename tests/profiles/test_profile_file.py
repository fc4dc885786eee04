"""The file of profiles: what is read of it, what is written, and what is wrong, with its line."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from nbflow.errors import ProfileError
from nbflow.profiles import ArgoProfile, KfpProfile, Profile, Secret
from nbflow.profiles.file import ProfileFile, place

SECRET = "hunter2"
FULL = """\
# mine
default = "team"

[engines.team]  # the cluster of the team
kind = "kfp"
host = "https://kubeflow.example.com"
auth = "dex"
username = "me@example.com"
password = "keyring:kubeflow:me"
verify_tls = false

[engines.lab]
kind = "argo"
context = "lab"
pull_secrets = ["one", "two"]
"""
TEAM = KfpProfile(
    "team",
    host="https://kubeflow.example.com",
    auth="dex",
    username="me@example.com",
    password=Secret("keyring", "kubeflow:me"),
    verify_tls=False,
)
LAB = ArgoProfile("lab", context="lab", pull_secrets=("one", "two"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "engines.toml"


def test_profiles_are_read(path: Path) -> None:
    path.write_text(FULL)
    file = ProfileFile(path)
    assert (file.names, file.default) == (("team", "lab"), "team")
    assert (file.read("team"), file.read("lab")) == (TEAM, LAB)
    assert (file.kind("lab"), file.kind("other")) == ("argo", "")


@pytest.mark.parametrize(
    "text",
    [
        'engines.lab = {kind = "argo", context = "lab", pull_secrets = ["one", "two"]}\n',
        '[engines]\nlab.kind = "argo"\nlab.context = "lab"\nlab.pull_secrets = [\n "one",\n "two"]\n',
    ],
)
def test_every_way_to_write_toml_will_do(path: Path, text: str) -> None:
    path.write_text(text)
    assert ProfileFile(path).read("lab") == LAB


def test_a_file_that_is_not_there_holds_none(path: Path) -> None:
    file = ProfileFile(path)
    assert (file.names, file.default) == ((), "")
    with pytest.raises(ProfileError, match="`nbflow engine add` makes one"):
        file.read("x")
    assert not path.exists()


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[engines.a\n", 1, "this is not TOML"),
        ('[engines.a]\nkind = "kfp"\nkind = "kfp"\n', 3, 'key "kind" already exists'),
        (f"\n\ntoken = {SECRET}\n", 3, "this is not TOML"),
        (f'token = "{SECRET}"\n', 1, "there is no setting token; profiles are tables"),
        ('default = "b"\n', 1, "the default b is not among the profiles"),
        ("default = 1\n", 1, "default has to be the name of a profile"),
        ('engines = "a"\n', 1, "engines has to be a table of profiles"),
        ("[engines]\na = 1\n", 2, "engines.a has to be a table"),
        ('\n[engines.a]\nhost = "http://h"\n', 2, "kind is one of kfp or argo"),
        ('[engines.a]\nkind = "k8s"\n', 2, "kind is one of kfp or argo"),
        ('[engines.a]\nkind = "kfp"\nhots = "http://h"\n', 3, "there is no setting hots; those of"),
        ('[engines.a]\nkind = "argo"\nauth = "dex"\n', 3, "auth is a setting of kfp, not of argo"),
        ('[engines.a]\nkind = "kfp"\nverify_tls = "no"\n', 3, "verify_tls has to be true or false"),
        ('[engines.a]\nkind = "kfp"\nnamespace = 1\n', 3, "namespace has to be a text"),
        (
            '[engines.a]\nkind = "argo"\npull_secrets = "x"\n',
            3,
            "pull_secrets has to be a list of texts",
        ),
        ('[engines.a]\nkind = "kfp"\n', 1, "it has no host; only auth = sdk goes without"),
        ('[engines.a]\nkind = "kfp"\nhost = "kubeflow"\n', 3, "begins with https:// or http://"),
        (
            f'[engines.a]\nkind = "kfp"\nhost = "https://me:{SECRET}@h"\n',
            3,
            "host holds a user or a password",
        ),
        (
            '[engines.a]\nkind = "kfp"\nhost = "http://h"\nauth = "password"\n',
            4,
            "auth is one of none, service-account, bearer, cookie, dex or sdk",
        ),
        (
            '[engines.a]\nkind = "kfp"\nhost = "http://h"\nauth = "dex"\nusername = "me"\n',
            4,
            "auth = dex needs password",
        ),
        (
            f'[engines.a]\nkind = "kfp"\nhost = "http://h"\nauth = "bearer"\ntoken = "{SECRET}"\n',
            5,
            "token says where the secret stands, not what it is: env:VARIABLE, file:PATH or keyring",
        ),
        (
            '[engines.a]\nkind = "argo"\ntoken = ["env:A"]\n',
            3,
            "token says where the secret stands",
        ),
        ('[engines.a]\nkind = "argo"\ntoken = "env:A"\n', 3, "a token needs the host"),
    ],
)
def test_what_is_wrong_is_a_sentence_with_file_and_line(
    path: Path, text: str, line: int, words: str
) -> None:
    path.write_text(text)
    with pytest.raises(ProfileError) as caught:
        _read(path)
    told = str(caught.value)
    assert told.startswith(f"{path}, line {line}: ")
    assert words in told
    assert SECRET not in told
    assert "\n" not in told


def _read(path: Path) -> tuple[Profile, str]:
    file = ProfileFile(path)
    default = file.default
    return file.read("a"), default


def test_one_that_is_wrong_does_not_stop_the_others(path: Path) -> None:
    path.write_text(FULL + '\n[engines.bad]\nkind = "kfp"\n')
    assert ProfileFile(path).read("lab") == LAB
    ProfileFile(path).remove("bad")
    assert ProfileFile(path).names == ("team", "lab")


def test_it_is_written_for_its_user_alone_and_comments_stay(tmp_path: Path) -> None:
    path = tmp_path / "new" / "engines.toml"
    ProfileFile(path).add("a", {"kind": "argo", "context": "x"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.write_text(FULL)
    ProfileFile(path).add("new", {"kind": "argo", "pull_secrets": ("x",)})
    ProfileFile(path).add("lab", {"kind": "argo", "context": "y"}, replace=True)
    assert path.read_text() == FULL.replace(
        'context = "lab"\npull_secrets = ["one", "two"]\n', ""
    ) + ('context = "y"\n\n[engines.new]\nkind = "argo"\npull_secrets = ["x"]\n')
    assert [each.name for each in tmp_path.rglob("*")] == ["new", "engines.toml"]


def test_what_was_added_and_removed_leaves_the_file_as_it_was(path: Path) -> None:
    path.write_text(FULL)
    ProfileFile(path).add("new", {"kind": "argo"})
    ProfileFile(path).remove("new")
    assert path.read_text().rstrip("\n") == FULL.rstrip("\n")


def test_the_default_stands_before_the_profiles(path: Path) -> None:
    path.write_text('[engines.a]\nkind = "argo"\n')
    ProfileFile(path).set_default("a")
    assert path.read_text() == 'default = "a"\n\n[engines.a]\nkind = "argo"\n'
    ProfileFile(path).remove("a")
    assert (ProfileFile(path).default, ProfileFile(path).names) == ("", ())


def test_a_link_to_the_file_stays_one(tmp_path: Path, path: Path) -> None:
    (tmp_path / "real.toml").write_text(FULL)
    path.symlink_to("real.toml")
    ProfileFile(path).set_default("lab")
    assert path.is_symlink()
    assert ProfileFile(tmp_path / "real.toml").default == "lab"


@pytest.mark.parametrize(
    ("name", "table", "words"),
    [
        ("local", {"kind": "argo"}, "means this machine"),
        ("", {"kind": "argo"}, "is no name"),
        ("a b", {"kind": "argo"}, "is no name"),
        ("kfp", {"kind": "argo"}, "an engine called kfp has to be of that kind"),
        ("lab", {"kind": "argo"}, "there is an engine lab in .*; --replace"),
        ("new", {"kind": "kfp", "token": SECRET}, "token says where the secret stands"),
    ],
)
def test_what_cannot_be_added_changes_nothing(
    path: Path, name: str, table: dict[str, object], words: str
) -> None:
    path.write_text(FULL)
    with pytest.raises(ProfileError, match=words) as caught:
        ProfileFile(path).add(name, table)
    assert SECRET not in str(caught.value)
    assert path.read_text() == FULL


def test_where_the_file_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("NBFLOW_ENGINES", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")  # which the specification says to ignore
    assert place() == tmp_path / ".config" / "nbflow" / "engines.toml"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "own"))
    assert place() == tmp_path / "own" / "nbflow" / "engines.toml"
    monkeypatch.setenv("NBFLOW_ENGINES", "~/e.toml")
    assert place() == tmp_path / "e.toml"


def test_what_cannot_be_read_or_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="cannot be read: Is a directory"):
        ProfileFile(tmp_path)
    (tmp_path / "file").write_bytes(b"\xff")
    with pytest.raises(ProfileError, match="it is not a text"):
        ProfileFile(tmp_path / "file")
