"""The places where runs can go."""

from __future__ import annotations

from nbflow.errors import ProfileError
from nbflow.profiles import LOCAL, KfpProfile
from nbflow.profiles.file import ProfileFile
from nbflow.server import schema
from nbflow.server.operation import Asked, Operation


def _engines(asked: Asked) -> schema.Engines:
    file = ProfileFile()
    default = file.default or LOCAL
    here = schema.Engine(LOCAL, LOCAL, "", "", default == LOCAL, "")
    return schema.Engines((here, *(_engine(file, name, default) for name in file.names)))


def _engine(file: ProfileFile, name: str, default: str) -> schema.Engine:
    try:
        profile = file.read(name)
    except ProfileError as error:
        return schema.Engine(name, file.kind(name), "", "", name == default, str(error))
    if isinstance(profile, KfpProfile):
        where = profile.host
    else:
        where = profile.host or profile.context or profile.kubeconfig
    return schema.Engine(name, profile.engine, where, profile.namespace, name == default, "")


OPERATIONS = (
    Operation(
        "GET",
        "/engines",
        "This machine and the engines that the user has named; nothing is asked of them.",
        schema.Engines,
        _engines,
    ),
)
