"""Values of parameters in YAML, as papermill reads them: dates stay texts."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Final, cast

import yaml

from nbflow.errors import NotebookError, ParameterError
from nbflow.model import Json, Text
from nbflow.notebook.addresses import fetched, is_address

_TIMESTAMP: Final = "tag:yaml.org,2002:timestamp"


class Loader(yaml.SafeLoader):  # type: ignore[misc]  # yaml tells no types
    """Values that are nothing but data; texts are known as such, and no text is a date."""

    #: What papermill takes out of YAML, see ``NoDatesSafeLoader`` in ``papermill/iorw.py``.
    yaml_implicit_resolvers: Final = {
        first: [each for each in resolvers if each[0] != _TIMESTAMP]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def text(self, node: yaml.Node) -> Text:
        """A text that YAML calls one."""
        return Text(self.construct_scalar(node))


Loader.add_constructor("tag:yaml.org,2002:str", Loader.text)


def loaded(text: str | bytes, where: str, loader: type[Loader] = Loader) -> object:
    """What a text in YAML says; ``where`` it stands.

    Raises:
        ParameterError: it is not YAML.
    """
    try:
        return yaml.load(text, Loader=loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        told = " ".join(str(error).split())
        raise ParameterError(f"{where} is not YAML: {told}") from None


def from_text(text: str | bytes, where: str = "-y") -> dict[str, Json]:
    """The values by name in a text in YAML.

    Raises:
        ParameterError: it is not YAML, or no mapping.
    """
    content = loaded(text, where)
    if content is None:
        return {}
    if not isinstance(content, Mapping):
        raise ParameterError(f"{where} takes names with values (`name: value`), not {content!r}")
    # What JSON does not have fits no parameter: that is told with its name when values are read.
    return {str(name): cast("Json", value) for name, value in content.items()}


def from_base64(text: str, where: str = "-b") -> dict[str, Json]:
    """The same of YAML that is written in Base64.

    Raises:
        ParameterError: it is neither.
    """
    try:
        written = base64.b64decode("".join(text.split()), validate=True)
    except ValueError as error:
        raise ParameterError(f"{where} is not in Base64: {error}") from None
    return from_text(written, where)


def from_file(path: str) -> dict[str, Json]:
    """The same of a file.

    Raises:
        ParameterError: it cannot be read, or is not YAML of names and values.
    """
    return from_text(file_text(path), path)


def file_text(path: str) -> str:
    """The text of a file that gives values, or of what lies at an address.

    Raises:
        ParameterError: it cannot be read, or is no text.
    """
    try:
        if is_address(path):
            return fetched(path)
        return Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ParameterError(f"{path} is not a text in UTF-8") from None
    except OSError as error:
        raise ParameterError(f"{path} cannot be read: {error.strerror or error}") from None
    except NotebookError as error:
        raise ParameterError(str(error)) from error
