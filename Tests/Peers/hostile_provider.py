"""An OpenID Provider that a test scripts, for what no real one can be made to do: keys and signatures that are wrong, claims that are missing,
browsers that bring back something else, and logout tokens. Its browser half answers at once.

What is merely wrong in claims is sent through a real provider (`mock_provider.py`), and an honest one with passwords and groups is Canaille
(`identity_provider.py`).
"""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jws
from joserfc.jwk import RSAKey

from processes import serving

Claims = dict[str, object]


def base64url(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


class HostileProvider:
    """By itself it is an honest one, at which alice has shown two factors."""

    def __init__(self):
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.stranger = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.claims: Claims = {}
        self.kid = "one"
        self.sign: Callable[[Claims], str] = self.signed
        #: Changes what the browser brings back.
        self.bring_back: Callable[[dict[str, str]], dict[str, str]] = lambda fields: fields
        self.requests: list[dict[str, str]] = []
        self.codes_used: set[str] = set()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://localhost:{self.server.server_port}"

    @contextmanager
    def running(self) -> Iterator["HostileProvider"]:
        with serving(self.server):
            yield self

    def id_claims(self) -> Claims:
        now = int(time.time())
        asked = self.requests[-1]
        honest = {
            "iss": self.issuer, "sub": "alice-1", "aud": "latchkey", "nonce": asked["nonce"], "iat": now,
            "exp": now + 300, "auth_time": now, "amr": ["pwd", "otp", "mfa"], "email": "alice@example.com",
            "email_verified": True, "name": "Alice Example", "sid": "session-1",
        }  # fmt: skip
        return {name: value for name, value in (honest | self.claims).items() if value is not None}

    def signed(self, claims: Claims, key: RSAKey | None = None, **header: str) -> str:
        header = {"alg": "RS256", "kid": self.kid, "typ": "JWT"} | header
        return jws.serialize_compact(header, json.dumps(claims), key or self.key)

    def unsigned(self, claims: Claims) -> str:
        parts = ({"alg": "none", "typ": "JWT"}, claims)
        return ".".join(base64url(json.dumps(part).encode()) for part in parts) + "."

    def logout_token(self, **claims: object) -> str:
        now = int(time.time())
        honest = {
            "iss": self.issuer, "aud": "latchkey", "iat": now, "exp": now + 120, "jti": f"{time.monotonic_ns()}",
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        }  # fmt: skip
        return self.signed(honest | claims, typ="logout+jwt")

    def _handler(provider):  # noqa: N805: the handler has a self of its own
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_) -> None:
                pass

            def answer(self, value: object) -> None:
                body = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def lead_to(self, url: str) -> None:
                self.send_response(302)
                self.send_header("Location", url)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                url = urlsplit(self.path)
                fields = {name: values[0] for name, values in parse_qs(url.query).items()}
                match url.path:
                    case "/.well-known/openid-configuration":
                        self.answer(
                            {"issuer": provider.issuer}
                            | {
                                name: f"{provider.issuer}/{path}"
                                for name, path in {
                                    "authorization_endpoint": "authorize", "token_endpoint": "token",
                                    "jwks_uri": "keys", "end_session_endpoint": "logout",
                                }.items()  # fmt: skip
                            }
                        )
                    case "/keys":
                        self.answer({"keys": [provider.key.as_dict(private=False)]})
                    case "/authorize":
                        provider.requests.append(fields)
                        back = provider.bring_back({"code": f"code-{len(provider.requests)}", "state": fields["state"]})
                        self.lead_to(f"{fields['redirect_uri']}?{urlencode(back)}")
                    case "/logout":
                        provider.requests.append(fields)
                        self.lead_to(fields["post_logout_redirect_uri"])
                    case _:
                        self.send_error(404)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.answer({"token_type": "Bearer", "id_token": provider.sign(provider.id_claims())})

        return Handler
