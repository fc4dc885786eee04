"""What may be a secret is left out of the texts of others; all else stays."""

from __future__ import annotations

import pytest

from nbflow.engines.hiding import LONGEST, hidden

SECRETS = [
    ("no user for Bearer abc123", "no user for Bearer ..."),
    ("Authorization: Bearer abcdefgh", "Authorization: Bearer ..."),
    ("Authorization: Basic dXNlcjpw", "Authorization: Basic ..."),
    ("{'authorization': 'token abcd1234', 'a': 1}", "{'authorization': 'token ...', 'a': 1}"),
    ("Proxy-Authorization: Basic dXNlcjpw", "Proxy-Authorization: Basic ..."),
    ("sent Basic dXNlcjpwYXNz to it", "sent Basic ... to it"),
    ("x-auth-token: abcd1234", "x-auth-token: ..."),
    ("X-Goog-IAP-JWT-Assertion: abcd1234", "X-Goog-IAP-JWT-Assertion: ..."),
    ("Cookie: a=b; oauth2_proxy_kubeflow=c|1; d=e", "Cookie: ..."),
    ("{'Cookie': 'a=b; c=d', 'e': 1}", "{'Cookie': '...', 'e': 1}"),
    ("Set-Cookie: a=b; Path=/; HttpOnly, then more", "Set-Cookie: ..., then more"),
    ("authservice_session=MTYxMjM0 is over", "authservice_session=... is over"),
    ("https://me:word@host/x", "https://...@host/x"),
    ("https://:word@host/x", "https://...@host/x"),
    ("git+https://abcdefghijklmnopqrst@host/x", "git+https://...@host/x"),
    ("https://host/cb?a=1&code=xyz&state=zz", "https://host/cb?a=1&code=...&state=..."),
    ("https://host/?access_token=abcd1234&a=1", "https://host/?access_token=...&a=1"),
    ("https://host/?X-Amz-Signature=abcd1234", "https://host/?X-Amz-Signature=..."),
    ("password=word", "password=..."),
    ("DB_PASSWORD: 'a long word', user: ada", "DB_PASSWORD: '...', user: ada"),
    ('{"password": "a b", "user": "ada"}', '{"password": "...", "user": "ada"}'),
    (r"{\"token\": \"abcd1234\"}", r'{\"token\": \"..."}'),
    ("token=abcd1234", "token=..."),
    ("client_secret=abcd1234", "client_secret=..."),
    ("secret=abcd1234", "secret=..."),
    ('"secret": "abcd1234"', '"secret": "..."'),
    ("AWS_SECRET_ACCESS_KEY=ab/cd+12", "AWS_SECRET_ACCESS_KEY=..."),
    ("api-key: abcd1234", "api-key: ..."),
    ("client-key-data: LS0tLS1C", "client-key-data: ..."),
    ("client-certificate-data: LS0tLS1C", "client-certificate-data: ..."),
    ("-----BEGIN RSA PRIVATE KEY-----\nMII\nEow\n-----END RSA PRIVATE KEY----- x", "... x"),
    ("bad -----BEGIN CERTIFICATE-----\nMII", "bad ..."),
    ("the token eyJhbGciOi.eyJzdWIi.c2ln is over", "the token ... is over"),
    ("got eyJhbGciOiJSUzI1NiJ9", "got ..."),
    ("sha256~abcdefghijklmnopqrstuvwxyz", "..."),
    ("AKIAABCDEFGHIJKLMNOP has no right", "... has no right"),
    ("ghp_abcdefghijklmnop", "..."),
]


@pytest.mark.parametrize(("text", "shown"), SECRETS)
def test_secrets(text: str, shown: str) -> None:
    assert hidden(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "the bearer token is bad",
        "invalid token: expired",
        'secret "store" not found',
        "couldn't find key password in Secret lab/store",
        "give the step the tag `secret:store:word:WORD`",
        "x509: basic constraints are missing",
        "python@sha256:0123456789abcdef",
        "docker://registry:5000/team/python@sha256:0123",
        "https://git@host/x",
        "https://host:8080/a@b",
        "3 sessions=3",
        "ValueError: could not convert 'x' to float",
    ],
)
def test_what_is_no_secret(text: str) -> None:
    assert hidden(text) == text


@pytest.mark.parametrize(
    "text",
    ["a-" * 10**6, "x-" * 10**6, "session." * 10**6, "://" * 10**6, "Cookie: " + "a=b; " * 10**6],
)
def test_long_texts_take_one_short_line(text: str) -> None:
    assert len(hidden(text)) <= LONGEST
    assert hidden("a\n b" + "c" * LONGEST, 9) == "a bcc ..."
