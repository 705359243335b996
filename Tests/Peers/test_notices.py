"""Dovecot forgets what it remembers, and a webhook is told, when an app password or an account ends."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from latchkey import Latchkey, Refused
from places import Place
from processes import Program, find_program, free_port, is_listening, until

KEY = "an api key of the tests"

#: What a Dovecot needs to ask, to remember for an hour, and to be told to forget.
CONFIGURATION = """\
auth_cache_size = 10M
auth_cache_ttl = 1 hour
passdb {{
  driver = lua
  # Without %s a verdict on IMAP would count for every other service, and without %r for every other address.
  args = file={place}/latchkey.lua blocking=yes cache_key=%u%s%r
}}
doveadm_api_key = {key}
service doveadm {{
  inet_listener http {{
    address = 127.0.0.1
    port = {doveadm}
  }}
}}
"""

#: And what this one needs to run here.
SURROUNDINGS = """\
base_dir = {place}/run
state_dir = {place}/run
log_path = {place}/dovecot-mail.log
protocols =
ssl = no
# Answers are awaited by a test, not by a guesser.
auth_failure_delay = 0
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home=/nonexistent
}}
"""

LUA = """\
local client = dovecot.http.client({{ timeout = 10000, max_attempts = 1 }})

local function quoted(text)
  return '"' .. text:gsub('[%c"\\\\]', function(c) return string.format("\\\\u%04x", c:byte()) end) .. '"'
end

function auth_password_verify(request, password)
  local question = client:request({{ url = "{door}/verify", method = "POST" }})
  question:add_header("Authorization", "Bearer {token}")
  question:set_payload(string.format('{{"account":%s,"secret":%s,"service":%s,"address":%s}}',
    quoted(request.user), quoted(password), quoted(request.service), quoted(request.rip)))
  local answer = question:submit()
  if answer:status() ~= 200 then
    return dovecot.auth.PASSDB_RESULT_INTERNAL_FAILURE, "Latchkey does not answer"
  end
  local login = answer:payload():match('^{{"verdict":"accepted".-"login":"([^"\\\\]+)"')
  if not login then
    return dovecot.auth.PASSDB_RESULT_PASSWORD_MISMATCH, "refused"
  end
  return dovecot.auth.PASSDB_RESULT_OK, {{ user = login }}
end
"""


class Dovecot:
    def __init__(self, place: Path, doveadm: int):
        self.place = place / "dovecot"
        self.place.mkdir()
        self.doveadm = doveadm
        self.configuration = self.place / "dovecot.conf"

    @contextmanager
    def asking(self, latchkey: Latchkey) -> Iterator["Dovecot"]:
        token = latchkey.service_token("dovecot", "imap")["token"]
        (self.place / "latchkey.lua").write_text(LUA.format(door=latchkey.http_door, token=token))
        values = {"place": self.place, "key": KEY, "doveadm": self.doveadm}
        self.configuration.write_text((SURROUNDINGS + CONFIGURATION).format(**values))
        command = [find_program("dovecot", "dovecot-core"), "-F", "-c", str(self.configuration)]
        program = Program(command, self.place / "dovecot.log")
        program.await_ready(lambda: is_listening(self.doveadm))
        try:
            yield self
        finally:
            program.stop()

    def accepts(self, login: str, secret: str) -> bool:
        command = [find_program("doveadm", "dovecot-core"), "-c", str(self.configuration), "auth", "test"]
        command += ["-x", "service=imap", "-x", "rip=192.0.2.7", login, secret]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=30)
        said = ended.stdout + ended.stderr
        assert "auth succeeded" in said or "auth failed" in said, said
        return "auth succeeded" in said


@pytest.fixture
def dovecot(place: Place) -> Dovecot:
    if os.geteuid() != 0:
        raise PermissionError("Dovecot can only be started by root")
    return Dovecot(place.path, free_port())


def secret_file(place: Path, name: str, text: str) -> str:
    file = place / name
    file.write_text(text + "\n")
    file.chmod(0o600)
    return str(file)


@pytest.fixture
def telling(place: Place, dovecot: Dovecot) -> Iterator[Latchkey]:
    """An installation that tells this Dovecot."""
    key = secret_file(place.path, "doveadm.key", KEY)
    notify = {"dovecot": {"url": f"http://127.0.0.1:{dovecot.doveadm}", "key-file": key}}
    with Latchkey(place.path, notify=notify).start() as latchkey:
        yield latchkey


def sign_ins(latchkey: Latchkey) -> int:
    return len(latchkey.ask("audit", "list", "--action", "sign-in", "--limit", "10000"))


def test_a_dovecot_that_is_not_told_still_lets_in_who_was_revoked(dovecot: Dovecot, latchkey: Latchkey):
    alice = latchkey.add_account("alice@example.com")
    app_password = latchkey.create(alice, "imap")
    with dovecot.asking(latchkey):
        assert dovecot.accepts(alice, app_password.secret)
        latchkey.revoke(app_password)
        time.sleep(3)  # as long as the others wait at most
        assert dovecot.accepts(alice, app_password.secret)
        assert sign_ins(latchkey) == 1, "it answered from its cache"


@pytest.mark.parametrize("typed", ["alice@example.com", "alice", "al@example.com", "Al"])
def test_a_revoked_app_password_is_refused_within_seconds_under_every_name(
    dovecot: Dovecot, telling: Latchkey, typed: str
):
    alice = telling.add_account("alice@example.com")
    telling.run("account", "alias", "add", alice, "al@example.com")
    bob = telling.add_account("bob@example.com")
    app_password, others = telling.create(alice, "imap"), telling.create(bob, "imap")
    with dovecot.asking(telling):
        assert dovecot.accepts(typed, app_password.secret) and dovecot.accepts(bob, others.secret)
        assert dovecot.accepts(typed, app_password.secret)
        assert sign_ins(telling) == 2, "the second came from the cache"
        telling.revoke(app_password)
        until("Dovecot to refuse it", lambda: not dovecot.accepts(typed, app_password.secret), seconds=3)
        asked = sign_ins(telling)
        assert dovecot.accepts(bob, others.secret)
        assert sign_ins(telling) == asked, "and nobody else was forgotten"


@pytest.mark.parametrize("end", ["disable", "delete"])
def test_an_account_that_ends_is_forgotten(dovecot: Dovecot, telling: Latchkey, end: str):
    alice = telling.add_account("alice@example.com")
    telling.run("account", "alias", "add", alice, "al@example.com")
    app_password = telling.create(alice, "imap")
    with dovecot.asking(telling):
        assert dovecot.accepts("al@example.com", app_password.secret)
        telling.run("account", end, alice, *(["--yes"] if end == "delete" else []))
        until("Dovecot to refuse it", lambda: not dovecot.accepts("al@example.com", app_password.secret), seconds=3)


def test_a_removed_alias_is_forgotten(dovecot: Dovecot, telling: Latchkey):
    alice = telling.add_account("alice@example.com")
    telling.run("account", "alias", "add", alice, "al@example.com")
    app_password = telling.create(alice, "imap")
    with dovecot.asking(telling):
        assert dovecot.accepts("al@example.com", app_password.secret)
        telling.run("account", "alias", "remove", alice, "al@example.com")
        until("Dovecot to refuse it", lambda: not dovecot.accepts("al@example.com", app_password.secret), seconds=3)
        assert dovecot.accepts(alice, app_password.secret)


def test_a_wrong_key_is_told_in_the_log_and_no_sign_in_waits_for_it(place: Place, dovecot: Dovecot):
    key = secret_file(place.path, "doveadm.key", "some other key")
    notify = {"dovecot": {"url": f"http://127.0.0.1:{dovecot.doveadm}", "key-file": key}}
    with Latchkey(place.path, notify=notify).start() as latchkey, dovecot.asking(latchkey):
        alice = latchkey.add_account("alice@example.com")
        latchkey.revoke(latchkey.create(alice, "imap"))
        until("the log to say so", lambda: "could not tell of revocations" in latchkey.log.read_text(), seconds=10)
        assert "it answered 401" in latchkey.log.read_text()
        assert "some other key" not in latchkey.log.read_text()
        assert dovecot.accepts(alice, latchkey.create(alice, "imap").secret)


# Webhooks


@dataclass(frozen=True)
class Delivery:
    id: str
    told: dict


class Receiver:
    """Takes webhooks as Standard Webhooks says, after it has been in trouble a few times."""

    def __init__(self, secret: str, *, failures: int = 0):
        self.taken: list[Delivery] = []
        self.failed: list[Delivery] = []
        self.failures = failures
        self.port = free_port()
        key = base64.b64decode(secret.removeprefix("whsec_"))
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                identity, timestamp = self.headers["Webhook-Id"], self.headers["Webhook-Timestamp"]
                signed = f"{identity}.{timestamp}.".encode() + body
                signature = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
                is_ours = hmac.compare_digest(signature, self.headers["Webhook-Signature"])
                if not is_ours or abs(time.time() - int(timestamp)) > 300:
                    return self.answer(401)
                delivery = Delivery(identity, json.loads(body))
                if receiver.failures > 0:
                    receiver.failures -= 1
                    receiver.failed.append(delivery)
                    return self.answer(500)
                receiver.taken.append(delivery)
                self.answer(204)

            def answer(self, status: int) -> None:
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_) -> None:
                pass

        self.handler = Handler

    def __enter__(self) -> "Receiver":
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), self.handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.server.shutdown()
        self.server.server_close()


SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


def with_webhook(place: Path, receiver: Receiver, secret: str = SECRET) -> Latchkey:
    url = f"http://127.0.0.1:{receiver.port}/hooks/latchkey"
    file = secret_file(place, "webhook.secret", secret)
    return Latchkey(place, notify={"webhook": {"url": url, "secret-file": file}})


def test_a_webhook_is_told_again_until_it_takes_the_notice(place: Place):
    with Receiver(SECRET, failures=2) as receiver, with_webhook(place.path, receiver).start() as latchkey:
        alice = latchkey.add_account("alice@example.com")
        latchkey.run("account", "alias", "add", alice, "al")
        first, second = latchkey.create(alice, "imap", "smtp"), latchkey.create(alice, "caldav")
        latchkey.revoke(first)
        latchkey.revoke(second)
        until("both to be taken", lambda: len(receiver.taken) == 2)
        told = [delivery.told for delivery in receiver.taken]
        assert told[0] | {"time": None, "account": None} == {
            "event": "app-password.revoked",
            "time": None,
            "account": None,
            "login": "alice@example.com",
            "aliases": ["al@example.com"],
            "app_password": first.id,
            "services": ["imap", "smtp"],
        }
        assert told[0]["account"] == latchkey.ask("account", "show", alice)["id"]
        assert told[1]["app_password"] == second.id, "in order"
        assert [delivery.id for delivery in receiver.failed] == [receiver.taken[0].id] * 2, "one name for every try"
        assert receiver.taken[0].id != receiver.taken[1].id


def test_a_notice_outlives_a_server_that_is_killed_and_what_ends_while_none_runs_is_told(place: Place):
    receiver = Receiver(SECRET)
    with with_webhook(place.path, receiver) as latchkey:
        latchkey.start()
        alice = latchkey.add_account("alice@example.com")
        app_passwords = [latchkey.create(alice, "imap") for _ in range(3)]
        latchkey.revoke(app_passwords[0])
        until("the first try to fail", lambda: "could not tell of revocations" in latchkey.log.read_text(), seconds=10)
        latchkey.kill()
        latchkey.revoke(app_passwords[1])
        with receiver:
            latchkey.start()
            until("all to be told", lambda: len(receiver.taken) == 2)
            latchkey.revoke(app_passwords[2])
            until("the last to be told", lambda: len(receiver.taken) == 3)
        told = [delivery.told["app_password"] for delivery in receiver.taken]
        assert told == [app_password.id for app_password in app_passwords]


def test_a_webhook_with_another_secret_takes_nothing(place: Place):
    other = "whsec_" + base64.b64encode(bytes(32)).decode()
    with Receiver(SECRET) as receiver, with_webhook(place.path, receiver, other).start() as latchkey:
        latchkey.revoke(latchkey.create(latchkey.add_account("alice@example.com"), "imap"))
        until("the log to say so", lambda: "it answered 401" in latchkey.log.read_text(), seconds=10)
        assert receiver.taken == []
        log = latchkey.log.read_text()
        assert "/hooks/latchkey" not in log and other not in log


@pytest.mark.parametrize("mode, text, complaint", [(0o644, SECRET, "chmod 600"), (0o600, "secret", "whsec_")])
def test_a_secret_that_others_can_read_or_that_is_none_keeps_the_server_from_starting(
    place: Place, mode: int, text: str, complaint: str
):
    latchkey = with_webhook(place.path, Receiver(SECRET), text)
    (place.path / "webhook.secret").chmod(mode)
    with pytest.raises(Refused, match=complaint):
        latchkey.run("serve")
