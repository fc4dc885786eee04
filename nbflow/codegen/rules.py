"""The rules of targets (NB4xx): what a cluster cannot do, or does in another way than this machine.

Each has a page in ``docs/findings``; NB402 is told wherever a notebook is checked, and stands with the
rules of the analysis.
"""

from __future__ import annotations

from typing import Final

from nbflow.diagnostics import Rule, Severity

NOT_ON_TARGET: Final = Rule("NB401", "not-on-target", Severity.WARNING)
UNKNOWN_DISTRIBUTION: Final = Rule("NB403", "unknown-distribution", Severity.WARNING)
FILES_TOO_LARGE: Final = Rule("NB404", "files-too-large", Severity.ERROR)
ABSOLUTE_PATH: Final = Rule("NB405", "absolute-path", Severity.WARNING)
FILE_MISSING: Final = Rule("NB406", "file-missing", Severity.WARNING)
GPU_NEEDED: Final = Rule("NB407", "gpu-needed", Severity.WARNING)
GPU_WELCOME: Final = Rule("NB408", "gpu-welcome", Severity.INFO)
MANIFEST_LARGE: Final = Rule("NB409", "manifest-large", Severity.WARNING)
NOT_VERIFIED: Final = Rule("NB410", "not-verified", Severity.INFO)
FILES_TRAVEL: Final = Rule("NB411", "files-travel", Severity.INFO)
UNNAMED_FILES: Final = Rule("NB412", "unnamed-files", Severity.WARNING)
SECRET_FILE: Final = Rule("NB413", "secret-file", Severity.WARNING)
CALLED_TOO_FAR: Final = Rule("NB414", "called-too-far", Severity.ERROR)
NOT_A_FUNCTION: Final = Rule("NB415", "not-a-function", Severity.ERROR)
OTHER_PYTHON: Final = Rule("NB416", "other-python", Severity.WARNING)
CREDENTIALS: Final = Rule("NB417", "credentials-in-address", Severity.ERROR)

#: All rules, by code.
RULES: Final[dict[str, Rule]] = {
    rule.code: rule for rule in list(globals().values()) if isinstance(rule, Rule)
}
