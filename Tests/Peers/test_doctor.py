"""`latchkey doctor` on an installation that is well, and on ones that are not."""

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator

import pytest

from certificate import Certificate
from latchkey import BINARY, Latchkey
from places import Place
from processes import free_port


@pytest.fixture
def latchkey(place: Place) -> Iterator[Latchkey]:
    doors = {
        "http": {"listen": [f"127.0.0.1:{free_port()}"], "tls-listen": [f"127.0.0.1:{free_port()}"]},
        "dovecot": {"listen": [f"unix:{place.path}/auth", f"127.0.0.1:{free_port()}"]},
        "saslauthd": {"listen": [f"unix:{place.path}/mux"]},
        "ldap": {"listen": [f"127.0.0.1:{free_port()}"], "tls-listen": [f"127.0.0.1:{free_port()}"]},
    }
    secret = place.path / "radius.secret"
    secret.write_text("0123456789abcdef\n")
    secret.chmod(0o600)
    here = {"networks": "127.0.0.0/8", "secret-file": str(secret), "service": "vpn"}
    doors["radius"] = {"listen": [f"127.0.0.1:{free_port()}"], "clients": {"here": here}}
    with Latchkey(place.path, doors=doors, tls=Certificate.make(place.path, days=90).settings) as latchkey:
        yield latchkey


def examine(latchkey: Latchkey) -> tuple[bool, dict[str, dict]]:
    """Whether all is well, and the findings by what was looked at."""
    ended = subprocess.run(
        [str(BINARY), "doctor", "--json", "--data", str(latchkey.data)], capture_output=True, text=True, timeout=60
    )
    answer = json.loads(ended.stdout)
    assert (ended.returncode == 0) == answer["healthy"]
    return answer["healthy"], {finding["check"]: finding for finding in answer["findings"]}


def test_a_running_installation_is_well_and_every_door_is_tried(latchkey: Latchkey):
    latchkey.start()
    healthy, findings = examine(latchkey)
    assert healthy, findings
    doors = [check for check in findings if check.startswith("door ")]
    assert len(doors) == 8
    assert all("a wrong one does not" in findings[door]["text"] for door in doors)
    assert not any(account["login"].startswith("latchkey-doctor") for account in latchkey.ask("account", "list"))


def test_doors_that_nobody_serves_are_named_with_the_fix(latchkey: Latchkey):
    healthy, findings = examine(latchkey)
    assert not healthy
    bad = {check for check, finding in findings.items() if finding["state"] == "bad"}
    assert len(bad) == 8 and all(check.startswith("door ") for check in bad)
    assert all("latchkey serve" in findings[check]["fix"] for check in bad)


def test_files_open_to_others_are_named_with_the_command_that_closes_them(latchkey: Latchkey):
    os.chmod(latchkey.database, 0o644)
    os.chmod(latchkey.data, 0o755)
    _, findings = examine(latchkey)
    assert findings["database file"]["fix"] == f"Run chmod 600 {latchkey.database}"
    assert findings["data directory"]["fix"] == f"Run chmod 700 {latchkey.data}"


def test_an_event_that_was_changed_is_found(latchkey: Latchkey):
    latchkey.add_account("alice@example.com")
    with sqlite3.connect(latchkey.database) as database:
        database.execute("UPDATE audit_event SET detail = 'mallory@example.com' WHERE seq = 1")
    _, findings = examine(latchkey)
    assert findings["audit log"]["state"] == "bad" and "event 1" in findings["audit log"]["text"]


def test_a_damaged_database_is_found(latchkey: Latchkey):
    latchkey.add_account("alice@example.com")
    with sqlite3.connect(latchkey.database) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pages = database.execute("PRAGMA page_count").fetchone()[0]
        size = database.execute("PRAGMA page_size").fetchone()[0]
    with latchkey.database.open("r+b") as file:
        for page in range(2, pages):
            file.seek(page * size)
            file.write(b"\xff" * 64)
    healthy, _ = examine(latchkey)
    assert not healthy


def test_a_certificate_that_was_not_renewed_is_a_warning(place: Place, latchkey: Latchkey):
    Certificate.make(place.path, days=5)
    _, findings = examine(latchkey)
    assert findings["certificate"]["state"] == "warning"
    Certificate.make(place.path, days=90)
    (place.path / "tls.key").write_text("nothing")
    healthy, findings = examine(latchkey)
    assert not healthy and "tls.key" in findings["certificate"]["fix"]


def test_a_configuration_that_cannot_be_used_is_told_line_by_line(latchkey: Latchkey):
    latchkey.configuration.write_text("doors:\n  htp: {}\nlog: { level: loud }\n")
    ended = subprocess.run(
        [str(BINARY), "doctor", "--data", str(latchkey.data)], capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 1
    assert ended.stdout.count("→") >= 2 and "did you mean" in ended.stdout
