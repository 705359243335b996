"""A flood at one door, of noise or of wrong passwords, leaves the others answering and the memory where it was."""

import base64
import random
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

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
