"""What servers repeat of the requests, settings and addresses that they were sent, secrets among it."""

from __future__ import annotations

from typing import Final

SECRET: Final = "s3cr3t-w0rd"
#: Each holds ``SECRET``, which no client may show.
REPEATED: Final = [
    f"no user for Bearer {SECRET}",
    f"no user for Authorization: Basic {SECRET}",
    f"password={SECRET} is wrong",
    f'bad {{"password": "{SECRET}"}}',
    f"bad token: {SECRET}",
    f"Cookie: a=b; oauth2_proxy_kubeflow={SECRET}",
    f"a dial to https://me:{SECRET}@store.lab/x has failed",
    f"GET https://store.lab/x?access_token={SECRET} has failed",
    f"the token eyJhbGciOiJSUzI1NiJ9.{SECRET}.c2ln is over",
    f"client-key-data: {SECRET} is no key",
]
