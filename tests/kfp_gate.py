"""Who may ask a Kubeflow Pipelines: the proxy in front of it, and the pages of Dex.

oauth2-proxy and oidc-authservice are as kubeflow/manifests sets them up, the pages as server/handlers.go of
dexidp/dex has them.
"""

from __future__ import annotations

import secrets
from urllib.parse import parse_qsl, urlencode

from kfp_answers import Answer, Asked, failed


class Gate:
    """Who may ask: ``("token", TOKEN)``, ``("cookie", NAME=VALUE)``, or a user of Dex.

    That is ``("oauth2-proxy", USER, PASSWORD)`` or ``("authservice", USER, PASSWORD)``.
    """

    def __init__(self, sign_in: tuple[str, ...], sessions: set[str]) -> None:
        self.sessions = sessions
        self.kind, *self.wanted = sign_in or ("none",)

    def answer(self, asked: Asked) -> Answer | None:
        """What is answered before the API is asked, None where it may be."""
        if self.kind == "none":
            return None
        if self.kind == "token":
            good = asked.headers.get("authorization") == f"Bearer {self.wanted[0]}"
            return None if good else failed(401, "Request header error: there is no user identity")
        if self.kind == "cookie":
            good = self.wanted[0] in asked.headers.get("cookie", "").split("; ")
            return None if good else self._to_dex()
        pages = {
            "/oauth2/start": self._to_dex,
            "/dex/auth": lambda: _to("/dex/auth/local?" + urlencode(asked.query)),
            "/dex/auth/local": lambda: self._local(asked),
            "/dex/auth/local/login": lambda: self._form(asked),
            "/dex/approval": lambda: _to(self._back() + "?code=c0de&state=s"),
            "/oauth2/callback": self._cookie,
            "/login/oidc": self._cookie,
        }
        if asked.path in pages:
            return pages[asked.path]()
        known = {f"{self._name()}={session}" for session in self.sessions}
        if known & set(asked.headers.get("cookie", "").split("; ")):
            return None
        return self._unknown(asked)

    def _unknown(self, asked: Asked) -> Answer:
        if self.kind == "authservice":
            return self._to_dex()
        if "html" in asked.headers.get("accept", ""):
            return Answer(
                403, "<!DOCTYPE html><html>Sign in with OpenID Connect</html>", "text/html"
            )
        return Answer(401, {})

    def _to_dex(self) -> Answer:
        client = "kubeflow-oidc-authservice"
        return _to("/dex/auth?" + urlencode({"client_id": client, "state": "s"}))

    def _local(self, asked: Asked) -> Answer:
        if self.kind == "authservice":  # an older Dex has its form here
            return self._form(asked)
        return _to("/dex/auth/local/login?back=&state=s")

    def _form(self, asked: Asked) -> Answer:
        form = '<html><form method="post"><input name="login"><input name="password"></form></html>'
        if asked.method == "GET":
            return Answer(200, form, "text/html")
        given = dict(parse_qsl(asked.body.decode()))
        if [given.get("login"), given.get("password")] != self.wanted:
            return Answer(401, form, "text/html")
        return _to("/dex/approval?req=r", 303)

    def _back(self) -> str:
        return "/login/oidc" if self.kind == "authservice" else "/oauth2/callback"

    def _name(self) -> str:
        return "authservice_session" if self.kind == "authservice" else "oauth2_proxy_kubeflow"

    def _cookie(self) -> Answer:
        session = secrets.token_hex(8)
        self.sessions.add(session)
        cookie = f"{self._name()}={session}; Path=/; HttpOnly"
        return Answer(302, b"", headers={"Location": "/", "Set-Cookie": cookie})


def _to(place: str, status: int = 302) -> Answer:
    return Answer(status, b"", headers={"Location": place})
