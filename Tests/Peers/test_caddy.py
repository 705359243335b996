"""Caddy asks through the HTTP door, with `forward_auth`, before it gives a page away."""

import subprocess

from caddy import Caddy
from latchkey import Latchkey
from places import Place
from processes import find_program, free_port

SITE = """\
http://127.0.0.1:{port} {{
{snippet}
  respond "the wiki's first page, for {{header.Remote-User}} of {{header.Remote-Groups}}"
}}
"""


def get(port: int, credentials: str | None = None) -> tuple[int, str]:
    """Status and body. The browser says by itself who it would like to be."""
    command = [find_program("curl", "curl"), "--silent", "--show-error", "--max-time", "30"]
    command += ["--write-out", "%{http_code}", "--header", "Remote-User: mallory", "--header", "Remote-Groups: admins"]
    if credentials:
        command += ["--user", credentials]
    answer = subprocess.run([*command, f"http://127.0.0.1:{port}/"], check=True, capture_output=True, text=True).stdout
    return int(answer[-3:]), answer[:-3]


def test_the_right_app_password_opens_the_page_until_it_is_revoked(place: Place):
    port = free_port()
    with Latchkey(place.path, doors={"http": {"listen": [f"127.0.0.1:{free_port()}"]}}).start() as latchkey:
        alice = latchkey.add_account("alice@example.com")
        app_password = latchkey.create(alice, "http:wiki")
        latchkey.run("group", "add", "editors")
        latchkey.run("group", "add-member", "editors", alice)
        snippet = latchkey.snippet("caddy", "--service", "http:wiki")
        with Caddy(place.path, port, SITE.format(port=port, snippet=snippet)):
            assert get(port)[0] == 401
            assert get(port, f"{alice}:{app_password.mistyped}")[0] == 401
            page = "the wiki's first page, for alice@example.com of editors"
            assert get(port, f"{alice}:{app_password.secret}") == (200, page)
            latchkey.run("group", "remove-member", "editors", alice)
            status, body = get(port, f"{alice}:{app_password.secret}")
            assert status == 200 and "admins" not in body, "what the browser says of its groups is not passed on"
            assert get(port, f"{alice}:{latchkey.create(alice, 'smtp').secret}")[0] == 401
            latchkey.revoke(app_password)
            assert get(port, f"{alice}:{app_password.secret}")[0] == 401
