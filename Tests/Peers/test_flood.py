"""A flood at one door, of noise or of wrong passwords, leaves the others answering and the memory where it was."""

import base64
import http.client
import random
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from dovecot import sign_in
from latchkey import Latchkey

FLOODERS = 24
SIGN_INS = 40
#: Mebibytes that a flood may add to the server's resident memory.
GROWTH = 160


def noise(chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(1, 30_000)).replace(b"\n", b"\0")


def wrong_passwords(chance: random.Random) -> bytes:
    credentials = base64.b64encode(f"alice:{chance.getrandbits(64)}".encode()).decode()
    return f"GET /auth/basic/smtp HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {credentials}\r\n\r\n".encode() * 20


def half_a_request(chance: random.Random) -> bytes:
    return b"POST /verify HTTP/1.1\r\nHost: x\r\nContent-Length: 8000\r\n\r\n" + chance.randbytes(4_000)


@contextmanager
def flood(port: int, what: Callable[[random.Random], bytes]) -> Iterator[list[int]]:
    """Keeps so many connections busy meanwhile, each opened anew when the door ends it. Counts what was sent."""
    is_over = threading.Event()
    sent: list[int] = []

    def run(seed: int) -> None:
        chance = random.Random(seed)
        while not is_over.is_set():
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                for _ in range(50):
                    if is_over.is_set():
                        return
                    octets = what(chance)
                    connection.sendall(octets)
                    sent.append(len(octets))
                    with suppress(TimeoutError):
                        connection.settimeout(0.01)
                        connection.recv(65_536)

    threads = [threading.Thread(target=run, args=(seed,)) for seed in range(FLOODERS)]
    for thread in threads:
        thread.start()
    try:
        yield sent
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def resident(latchkey: Latchkey) -> int:
    """Mebibytes of memory that the server holds."""
    assert latchkey.server
    status = Path(f"/proc/{latchkey.server.process.pid}/status").read_text()
    return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


@pytest.mark.parametrize("what", [noise, wrong_passwords, half_a_request])
@pytest.mark.parametrize("door", ["http", "dovecot"])
def test_a_flood_at_one_door_leaves_the_others_answering(
    latchkey: Latchkey, door: str, what: Callable[[random.Random], bytes]
):
    app_password = latchkey.create(latchkey.add_account("alice@example.com"))
    assert sign_in(latchkey.socket, app_password)
    before = resident(latchkey)
    times = []
    with flood(latchkey.port(door), what) as sent:
        while len(sent) < FLOODERS:
            time.sleep(0.01)
        for _ in range(SIGN_INS):
            begin = time.monotonic()
            assert sign_in(latchkey.socket, app_password)
            times.append(time.monotonic() - begin)
    grown = resident(latchkey) - before
    print(f"{len(sent)} pieces, {sum(sent) >> 20} MiB sent; median {statistics.median(times) * 1000:.1f} ms; +{grown} MiB")
    assert statistics.median(times) < 0.5, times
    assert grown < GROWTH


PEOPLE_AT_ONCE = 200


def test_two_hundred_people_who_sign_in_at_once_are_answered_in_turn_within_bounded_memory(latchkey: Latchkey):
    """Each password costs 19 MiB while it is hashed: two at a time, some waiting, the rest told to come back."""
    before = resident(latchkey)
    statuses: list[int] = []
    pages: list[float] = []
    is_over = threading.Event()

    def sign_in_once(number: int) -> None:
        form = urlencode({"login": f"person{number}@example.com", "password": f"wrong-{number}"})
        connection = http.client.HTTPConnection(*portal_address(latchkey), timeout=30)
        connection.request(
            "POST", "/sign-in", form,
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "Sec-Fetch-Site": "same-origin",
                # Each from an address of their own, or the guesses would be turned away before any hash.
                "X-Forwarded-For": f"198.51.100.{number}",
            },
        )
        statuses.append(connection.getresponse().status)
        connection.close()

    def look() -> None:
        while not is_over.is_set():
            begin = time.monotonic()
            connection = http.client.HTTPConnection(*portal_address(latchkey), timeout=30)
            connection.request("GET", "/sign-in")
            assert connection.getresponse().status == 200
            connection.close()
            pages.append(time.monotonic() - begin)

    people = [threading.Thread(target=sign_in_once, args=(number,)) for number in range(PEOPLE_AT_ONCE)]
    looking = threading.Thread(target=look)
    looking.start()
    for thread in people:
        thread.start()
    most = 0
    while any(thread.is_alive() for thread in people):
        most = max(most, resident(latchkey))
        time.sleep(0.02)
    is_over.set()
    looking.join()
    print(f"{len(pages)} pages meanwhile, the slowest in {max(pages) * 1000:.0f} ms; +{most - before} MiB; "
          f"{statuses.count(429)} told to come back")
    assert len(statuses) == PEOPLE_AT_ONCE
    assert set(statuses) <= {422, 429}
    assert statuses.count(422) > 60, "as many as may wait get their answer"
    assert most - before < GROWTH
    assert statistics.median(pages) < 0.5, pages
    # And everybody can sign in again.
    app_password = latchkey.create(latchkey.add_account("alice@example.com"))
    assert sign_in(latchkey.socket, app_password)


def portal_address(latchkey: Latchkey) -> tuple[str, int]:
    parts = urlsplit(latchkey.portal)
    assert parts.hostname and parts.port
    return parts.hostname, parts.port
