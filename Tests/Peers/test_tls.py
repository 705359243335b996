"""The HTTP door over TLS, and behind a load balancer that sends PROXY headers, asked with curl."""

import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from latchkey import Latchkey
from places import Place
from processes import find_program, until


def write_certificate(place: Path, name: str) -> Path:
    """A certificate for this machine that is its own issuer, beside its key."""
    certificate = place / f"{name}.pem"
    command = [find_program("openssl", "openssl"), "req", "-x509", "-newkey", "ec"]
    command += ["-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    command += ["-keyout", str(place / f"{name}.key"), "-out", str(certificate)]
    command += ["-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(command, check=True, capture_output=True)
    return certificate


def status(url: str, *options: str) -> int:
    """The answer's; 0 if curl does not trust the server or gets no answer."""
    command = [find_program("curl", "curl"), "--silent", "--output", "/dev/null", "--write-out", "%{http_code}"]
    return int(subprocess.run([*command, "--max-time", "20", *options, url], capture_output=True, text=True).stdout)


class SecureDoor:
    def __init__(self, place: Path, latchkey: Latchkey):
        self.place, self.latchkey = place, latchkey

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.latchkey.port('https')}"

    def shows(self, certificate: Path) -> bool:
        return status(f"{self.url}/health", "--cacert", str(certificate)) == 200

    def install(self, certificate: Path) -> None:
        """As a renewal does it: over the old files."""
        (self.place / "tls.key").write_bytes(certificate.with_suffix(".key").read_bytes())
        (self.place / "tls.pem").write_bytes(certificate.read_bytes())

    def hang_up(self) -> None:
        self.latchkey.server.send(signal.SIGHUP)


@pytest.fixture
def first(place: Place) -> Path:
    return write_certificate(place.path, "first")


@pytest.fixture
def door(place: Place, first: Path) -> Iterator[SecureDoor]:
    tls = {"certificate": str(place.path / "tls.pem"), "key": str(place.path / "tls.key")}
    http = {"tls-listen": ["127.0.0.1:0"], "proxies": ["127.0.3.0/24"], "trusted": ["127.0.9.0/24"]}
    with Latchkey(place.path, doors={"http": http}, tls=tls) as latchkey:
        door = SecureDoor(place.path, latchkey)
        door.install(first)
        latchkey.start()
        yield door


def test_who_trusts_the_issuer_is_answered_and_nobody_else_asks(door: SecureDoor, first: Path):
    assert door.shows(first)
    assert status(f"{door.url}/health") == 0
    assert status(f"{door.url}/health", "--cacert", str(first), "--tls-max", "1.1") == 0
    assert status(door.url.replace("https", "http") + "/health") == 0


def test_a_renewed_certificate_is_shown_within_seconds(door: SecureDoor, first: Path):
    second = write_certificate(door.place, "second")
    assert not door.shows(second)
    door.install(second)
    until("the new certificate", lambda: door.shows(second), seconds=15)
    assert not door.shows(first)


def test_a_renewed_certificate_is_shown_at_once_on_sighup(door: SecureDoor, first: Path):
    second = write_certificate(door.place, "second")
    door.install(second)
    door.hang_up()
    # It looks by itself every five seconds.
    until("the new certificate", lambda: door.shows(second), seconds=2.5)


@pytest.mark.parametrize("broken", ["tls.pem", "tls.key"])
def test_files_that_cannot_be_read_leave_the_old_certificate(door: SecureDoor, first: Path, broken: str):
    (door.place / broken).write_text("-----BEGIN CERTIFICATE-----\nhalf")
    door.hang_up()
    log = door.latchkey.log
    until("the log's line", lambda: "could not be read again; the old one stays" in log.read_text())
    assert door.shows(first)
    second = write_certificate(door.place, "second")
    door.install(second)
    door.hang_up()
    until("the new certificate", lambda: door.shows(second), seconds=15)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_load_balancer_tells_whose_connection_it_is(door: SecureDoor, first: Path, scheme: str):
    url = door.url if scheme == "https" else door.latchkey.http_door
    curl = ["--cacert", str(first), "--interface"]
    assert status(f"{url}/health", *curl, "127.0.3.7", "--haproxy-protocol") == 200
    # A balancer says who it is for; nobody else may.
    assert status(f"{url}/health", *curl, "127.0.3.7") == 0
    assert status(f"{url}/health", *curl, "127.0.4.7", "--haproxy-protocol") in (0, 400)
    assert status(f"{url}/health", *curl, "127.0.4.7") == 200


def test_the_rights_are_those_of_the_address_that_a_load_balancer_tells(door: SecureDoor):
    question = "GET /auth/basic/webdav HTTP/1.0\r\n\r\n"
    for client, expected in (("127.0.9.7", b"401"), ("127.0.8.7", b"403")):
        address = ("127.0.0.1", door.latchkey.port("http"))
        with socket.create_connection(address, timeout=20, source_address=("127.0.3.7", 0)) as balancer:
            balancer.sendall(f"PROXY TCP4 {client} 127.0.0.1 40000 80\r\n{question}".encode())
            assert balancer.recv(64).split()[1] == expected
