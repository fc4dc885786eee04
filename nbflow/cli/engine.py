"""``nbflow engine``: the engines elsewhere that this user knows, and whether they answer."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final

import click

from nbflow.errors import ProfileError
from nbflow.profiles import AUTHS, KfpProfile, Profile
from nbflow.profiles.file import ProfileFile, place
from nbflow.profiles.secret import Secret
from nbflow.profiles.settings import KINDS, kinds_with, settings, sign_in
from nbflow.wording.progress import glyph
from nbflow.wording.words import table

_SECRET: Final = "env:VARIABLE, file:PATH or keyring:SERVICE:USER"
#: What each setting says; every setting of every kind of profile is an option of ``engine add``.
_HELP: Final = {
    "host": "The address of the API.",
    "namespace": "The namespace of runs that name none.",
    "experiment": "The experiment of runs that name none.",
    "auth": f"How to sign in: {', '.join(AUTHS)}.  [default: as the other settings fit]",
    "token": f"Where the token stands: {_SECRET}.",
    "cookie": f"Where the cookie NAME=VALUE stands: {_SECRET}.",
    "username": "Who signs in to Dex.",
    "password": f"Where the password for Dex stands: {_SECRET}.",
    "ca": "A file of certificates to trust.",
    "verify_tls": "Whether to check the certificate of the host.  [default: yes]",
    "image": "The image of steps that name none, where the notebook names none.",
    "kubeconfig": "The file with the connection.  [default: what kubectl would take]",
    "context": "The context in that file.",
    "server": "The address of Argo's own pages, for links.",
    "service_account": "The service account of the pods.",
    "pull_secrets": "A secret to pull images with; may be given several times.",
}


@click.group("engine")
def command() -> None:
    """Name engines elsewhere, and how to reach them.

    They are kept in one file: $NBFLOW_ENGINES, or nbflow/engines.toml in your configuration. No
    secret is in it, only where each stands: in the environment, in a file or in the keyring.
    """


def _setting_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The command with an option for each setting of any kind of profile."""
    names = dict.fromkeys(name for kind in KINDS for name in settings(kind))
    for name in reversed(names):
        kinds = kinds_with(name)
        only = f"Of {kinds[0]}: " if len(kinds) < len(KINDS) else ""
        text = only + _HELP[name]
        form = settings(kinds[0])[name]
        spelled = f"--{name.replace('_', '-')}"
        if form == "true or false":
            option = click.option(f"{spelled}/--no{spelled[1:]}", name, default=None, help=text)
        elif form == "a list of texts":
            one = spelled.removesuffix("s")
            option = click.option(one, name, metavar="NAME", multiple=True, help=text)
        else:
            metavar = "PLACE" if form == "secret" else "TEXT"
            option = click.option(spelled, name, metavar=metavar, help=text)
        function = option(function)
    return function


@command.command("add", short_help="Add an engine.")
@click.argument("name")
@click.option("--kind", type=click.Choice(list(KINDS)), required=True, help="What it is.")
@_setting_options
@click.option("--default", "as_default", is_flag=True, help="Submit there where none is named.")
@click.option("--replace", is_flag=True, help="Put it in the place of an engine of this name.")
def _add(name: str, kind: str, as_default: bool, replace: bool, **given: object) -> None:
    """Add an engine under NAME; nothing is sent to it."""
    said = {key: _absolute(key, value) for key, value in given.items() if value not in (None, ())}
    table_ = {"kind": kind, **said}
    if kind == "kfp" and "auth" not in table_:
        table_["auth"] = sign_in(table_)
    file = ProfileFile()
    made = file.add(name, table_, replace=replace)
    if as_default:
        file.set_default(name)
    click.echo(f"{name} is added to {file.path}: {_where(made)}")
    click.echo(f"`nbflow engine test {name}` tries it")


@command.command("list", short_help="List the engines.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def _list(as_json: bool) -> None:
    """List the engines that are known, with the default marked by a star."""
    file = ProfileFile()
    found = [(name, *_read(file, name)) for name in file.names]
    if as_json:
        records = [_record(name, made, wrong, file.default) for name, made, wrong in found]
        click.echo(json.dumps(records, indent=2))
        return
    if not found:
        click.echo(f"no engines are named in {place()}; `nbflow engine add` adds one")
        return
    rows = [("engine", "kind", "where", "signs in by", "namespace")]
    for name, made, wrong in found:
        star = f"{name} *" if name == file.default else name
        rows.append((star, file.kind(name), *_cells(made)) if made else (star, "?", wrong, "", ""))
    click.echo(table(rows), nl=False)


@command.command("test", short_help="Tell whether an engine can be used.")
@click.argument("name", metavar="ENGINE")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def _test(name: str, as_json: bool) -> int:
    """Try what runs on ENGINE need, one thing after the other; no run is made."""
    # Deferred: only this command talks to engines.
    from nbflow.service.engines import chosen, engine  # noqa: PLC0415

    profile = chosen(name)
    if profile is None:
        raise ProfileError("local is this machine: there is nothing to sign in to")
    checks = engine(profile).test()
    if as_json:
        found = [{"what": each.what, "good": each.good, "detail": each.detail} for each in checks]
        click.echo(json.dumps(found, indent=2))
    else:
        for each in checks:
            told = f": {each.detail}" if each.detail else ""
            click.echo(f"{glyph('done' if each.good else 'failed')} {each.what}{told}")
    return 0 if all(each.good for each in checks) else 6


@command.command("remove", short_help="Forget an engine.")
@click.argument("name", metavar="ENGINE")
def _remove(name: str) -> None:
    """Forget ENGINE; runs there go on, and are not found again until it is added again."""
    file = ProfileFile()
    file.remove(name)
    click.echo(f"{name} is removed from {file.path}")


@command.command("default", short_help="Say where to submit when no engine is named.")
@click.argument("name", metavar="ENGINE")
def _default(name: str) -> None:
    """Submit to ENGINE (or local) where none is named."""
    ProfileFile().set_default(name)
    click.echo(f"nbflow submit goes to {name} where no --engine is given")


def _absolute(setting: str, value: object) -> object:
    """A setting in which the name of a file leads there from every folder."""
    text = str(value)
    if setting in ("ca", "kubeconfig") and text and not text.startswith("~"):
        return os.path.abspath(text)
    if text.startswith("file:") and not text.startswith(("file:~", "file:/")) and text != "file:":
        return f"file:{os.path.abspath(text.removeprefix('file:'))}"
    return value


def _read(file: ProfileFile, name: str) -> tuple[Profile | None, str]:
    """The profile, or what is wrong with it."""
    try:
        return file.read(name), ""
    except ProfileError as error:
        return None, str(error)


def _record(name: str, made: Profile | None, wrong: str, default: str) -> Mapping[str, object]:
    head = {"name": name, "default": name == default}
    if made is None:
        return {**head, "problem": wrong}
    own = {each.name: getattr(made, each.name) for each in fields(made)}
    texts = {key: str(value) if isinstance(value, Secret) else value for key, value in own.items()}
    return {**head, "kind": texts.pop("engine"), **texts}


def _cells(made: Profile) -> tuple[str, str, str]:
    """Where it is, how to sign in, and the namespace."""
    how = made.auth if isinstance(made, KfpProfile) else "token" if made.token else "kubeconfig"
    return _where(made), how, made.namespace


def _where(made: Profile) -> str:
    if made.host:
        return made.host
    if isinstance(made, KfpProfile):
        return "as the SDK is configured"
    chosen = [made.kubeconfig or "as kubectl is configured"]
    return ", ".join(chosen + ([f"context {made.context}"] if made.context else []))
