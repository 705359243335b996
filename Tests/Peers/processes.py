"""Starting, waiting for and stopping real programs: each in a process group of its own, ended by that group alone."""

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from socketserver import BaseServer
from typing import TypeVar

Value = TypeVar("Value")


def find_program(name: str, package: str) -> str:
    """The path of a program that a Debian package brings."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        raise FileNotFoundError(f"{name} is missing: apt-get install {package}")
    return path


#: Ports that were given away: the system may offer one again before its program listens there.
_given: set[int] = set()


def free_port() -> int:
    """A loopback port that nobody listened on a moment ago, for programs that cannot choose one and say which."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port not in _given:
            _given.add(port)
            return port


def until(what: str, ask: Callable[[], Value], seconds: float = 20) -> Value:
    """What `ask` answers as soon as that is true; a `TimeoutError` that names `what` if it is not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.02)
    return answer


def is_listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@contextmanager
def serving(server: BaseServer) -> Iterator[None]:
    """Answers on a thread of its own."""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def greets(port: int) -> bool:
    """Whether a server of mail says who it is."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            return connection.recv(64).startswith((b"220 ", b"* OK", b"+OK"))
    except OSError:
        return False


class Program:
    """A program in the foreground, with all that it starts, and what it has written so far."""

    def __init__(
        self, command: list[str], log: Path, *, environment: Mapping[str, str] | None = None, group: int | None = None
    ):
        """`group`: the group id to run with, as systemd's `Group=` would set it."""
        self.command = command
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                group=group,
                start_new_session=True,  # and with it a process group of its own
            )

    def written(self) -> str:
        return self.log.read_text(errors="replace")

    def await_ready(self, is_ready: Callable[[], bool], seconds: float = 30) -> None:
        """Returns when it is; an error, and nothing left running, if it never will be."""

        def is_ready_or_dead() -> bool:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.command[0]} ended with {self.process.returncode}:\n{self.written()}")
            return is_ready()

        try:
            until(f"{self.command[0]} to be ready", is_ready_or_dead, seconds)
        except BaseException:
            self.kill()
            raise

    def send(self, sent: signal.Signals) -> None:
        """To the program and all that it started."""
        os.killpg(self.process.pid, sent)

    def stop(self, seconds: float = 15) -> int:
        """Asks it to end, and insists if it has not within `seconds`. Its exit status."""
        if self.process.poll() is None:
            self.send(signal.SIGTERM)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.send(signal.SIGKILL)
        return self.process.wait()

    def kill(self) -> None:
        """As a power cut would: without a word."""
        if self.process.poll() is None:
            self.send(signal.SIGKILL)
        self.process.wait()
