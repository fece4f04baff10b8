"""A tiny OpenID Connect provider on loopback: discovery, keys and tokens, right or wrong in the way a test wants."""

from __future__ import annotations

import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "qunyu", "a client's secret"
# Made once: a new RSA key takes a tenth of a second.
KEY, FOREIGN = (RSAKey.generate_key(2048, {"kid": "1", "use": "sig"}) for _ in range(2))


@dataclass
class IdentityProvider:
    """Who signs people in; `claims` go over those of the next token, a claim None is left out."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    subject: str = "u-1"
    signed_with: RSAKey = field(default_factory=lambda: KEY)
    unsigned: bool = False
    metadata: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    sent: list[dict[str, str]] = field(default_factory=list)
    broken: bool = False

    def authorize(self, location: str) -> dict[str, str]:
        """What the browser brings back after the person has signed in there."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        return {"code": "a-code", "state": self.asked["state"]}

    def discovery(self) -> dict[str, Any]:
        """The provider's own description."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
            **self.metadata,
        }

    def id_token(self) -> str:
        """The signed token for who has just signed in."""
        now = int(time.time())
        usual = {"iss": self.issuer, "sub": self.subject, "aud": CLIENT, "iat": now, "exp": now + 300}
        given = {**usual, "nonce": self.asked.get("nonce"), **self.claims}
        payload = {name: value for name, value in given.items() if value is not None}
        if self.unsigned:
            parts = ({"alg": "none"}, payload)
            return ".".join(urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in parts) + "."
        return jwt.encode({"alg": "RS256", "kid": "1"}, payload, self.signed_with)

    def token(self, form: dict[str, str]) -> tuple[int, Any]:
        """The answer of the token endpoint: only for the code with the verifier of its challenge (RFC 7636)."""
        self.sent.append(form)
        digest = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        if form.get("code") != "a-code" or digest != self.asked.get("code_challenge"):
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "t", "token_type": "Bearer", "expires_in": 60, "id_token": self.id_token()}


@contextmanager
def running() -> Iterator[IdentityProvider]:
    """A provider that answers for the time of the block."""
    made = IdentityProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = {
                "/.well-known/openid-configuration": made.discovery(),
                "/keys": {"keys": [KEY.as_dict(private=False)]},
            }
            found = known.get(urlsplit(self.path).path)
            self.answer(200 if found else 404, found or {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answer(*made.token({name: values[0] for name, values in parse_qs(body).items()}))

        def answer(self, status: int, document: Any) -> None:
            body = b"<html>" if made.broken else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Tests need no log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
