"""Texts of others (servers, libraries, pods) without what may be a secret.

A server may repeat what it was sent, and an error may hold the address, the headers or the settings that
it is about. What looks like a secret is left out, if need be with a word beside it that is none.
"""

from __future__ import annotations

import re
from typing import Final

#: So many characters of a text are shown where nothing else is said.
LONGEST: Final = 1000
#: So many are looked at for each one that may be shown.
_LOOKED_AT: Final = 16
_GAP: Final = "..."

#: A part of a name; without a bound, looking for one would take the square of the time.
_PART: Final = r"[\w-]{0,40}"
#: Between a name and its value: ``token=``, ``"token": "``, ``\\"token\\": \\"``, ``'token': '``.
_IS: Final = r"""\\?["']?\s*[:=]\s*\\?["']?"""
_SIGN: Final = r"""[^\s,;&"'<>]"""
_VALUE: Final = rf"{_SIGN}+"
#: In quotation marks it may hold anything else.
_QUOTED: Final = rf"""(?<=")[^"]+|(?<=')[^']+|{_VALUE}"""
#: A value that is more than a short word, as there is one in "the token: expired".
_LIKELY: Final = rf"(?={_SIGN}*\d|{_SIGN}{{8}}){_SIGN}+"

#: What is left out, and what is put in its place; the earlier ones see a text first.
_PATTERNS: Final[tuple[tuple[str, str], ...]] = (
    # Keys and certificates as text, whole or cut short.
    (r"-----BEGIN [A-Z0-9 ]+-----.*?(?:-----END [A-Z0-9 ]+-----|$)", _GAP),
    # Cookies: pairs, one after the other.
    (
        rf"(?i)\b((?:set-)?cookies?{_IS}){_VALUE}(?:;\s*(?:[\w.-]+={_SIGN}*|secure\b|httponly\b))*",
        rf"\1{_GAP}",
    ),
    # Sessions of the proxies that let browsers in.
    (
        rf"(?i)\b([\w.-]{{0,40}}(?:session|oauth2_proxy)[\w.-]{{0,40}}=){_SIGN}{{8,}}",
        rf"\1{_GAP}",
    ),
    # Other headers.
    (
        rf"(?i)\b((?:proxy-)?authorization{_IS}(?:(?:bearer|basic|digest|negotiate|token)\s+)?){_LIKELY}",
        rf"\1{_GAP}",
    ),
    (rf"(?i)\b(x-{_PART}(?:token|auth|key|assertion){_PART}{_IS}){_LIKELY}", rf"\1{_GAP}"),
    (rf"(?i)\b(bearer)\s+{_LIKELY}", rf"\1 {_GAP}"),
    # In small letters it is a word: "basic constraints".
    (r"\b((?i:basic|negotiate))\s+(?=[a-z]*[A-Z0-9+/=])[\w+/=-]{6,}", rf"\1 {_GAP}"),
    # Before the host of an address a user and a password, or a token alone; secrets in its query.
    (r"(://)(?:[^/@\s:]*:[^/@\s]*|[^/@\s]{20,})@", rf"\1{_GAP}@"),
    (rf"(?i)([?&](?:code|state|key|sig|signature|auth|ticket)=){_VALUE}", rf"\1{_GAP}"),
    # Settings by their names; those of a kubeconfig are among them.
    (rf"(?i)\b({_PART}(?:password|passwd|passphrase|pwd){_IS})(?:{_QUOTED})", rf"\1{_GAP}"),
    (
        rf"(?i)\b({_PART}(?:token|[_-]secret|secret[_-]?key|api[_-]?key|access[_-]?key(?:[_-]?id)?"
        rf"|private[_-]?key|client-key|client-certificate|credentials?|signature)(?:-data)?{_IS}){_LIKELY}",
        rf"\1{_GAP}",
    ),
    # `secret:NAME:KEY` is a tag, and names no secret value.
    (rf"""(?i)(\bsecret=["']?|["']secret["']\s*:\s*["']?){_LIKELY}""", rf"\1{_GAP}"),
    # Tokens by their looks: those of the form JWT (Kubernetes, OpenID), of OpenShift, of clouds and forges.
    (r"\beyJ[\w-]{6,}(?:\.[\w-]*)*", _GAP),
    (r"\bsha256~[\w-]{20,}", _GAP),
    (r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b", _GAP),
    (r"\b(?:gh[a-z]_|github_pat_|glpat-|xox[a-z]-|hf_|dckr_pat_|ya29\.|AIza)[\w.-]{16,}", _GAP),
)
_COMPILED: Final = tuple((re.compile(each), put) for each, put in _PATTERNS)


def hidden(text: str, longest: int = LONGEST) -> str:
    """The text on one line, no longer than ``longest``, with "..." in place of secrets."""
    line = " ".join(text[: longest * _LOOKED_AT].split())
    for pattern, put in _COMPILED:
        line = pattern.sub(put, line)
    return line if len(line) <= longest else f"{line[: longest - 4].rstrip()} {_GAP}"
