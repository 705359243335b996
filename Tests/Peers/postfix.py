"""A Postfix of one's own, that takes mail from whom Latchkey accepts and throws it away, and swaks to talk to it."""

import grp
import os
import pwd
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from processes import Program, find_program, free_port, greets

MAIN = """\
compatibility_level = 3.7
config_directory = {config}
queue_directory = {place}/queue
data_directory = {place}/lib
maillog_file_prefixes = /dev/stdout
maillog_file = /dev/stdout
myhostname = mail.example.com
mydestination = example.com
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
alias_maps =
alias_database =
local_recipient_maps =
local_transport = discard:
default_transport = discard:
# Answers are awaited by a test, not by a guesser.
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
smtpd_tls_security_level = none
# Everybody sends in the own name only.
smtpd_sender_login_maps = regexp:{config}/sender_logins
smtpd_sender_restrictions = reject_sender_login_mismatch
"""

#: What a test has to say after Latchkey's own snippet: it speaks in the clear, and to nobody without a sign-in.
AFTER = """
smtpd_tls_auth_only = no
smtpd_relay_restrictions = permit_sasl_authenticated, reject
"""

MASTER = """\
# service         type       private unpriv chroot wakeup maxproc command
127.0.0.1:{port}  inet       n       -      n      -      -       smtpd
pickup            unix       n       -      n      60     1       pickup
cleanup           unix       n       -      n      -      0       cleanup
qmgr              unix       n       -      n      300    1       qmgr
rewrite           unix       -       -      n      -      -       trivial-rewrite
bounce            unix       -       -      n      -      0       bounce
defer             unix       -       -      n      -      0       bounce
trace             unix       -       -      n      -      0       bounce
proxymap          unix       -       -      n      -      -       proxymap
discard           unix       -       -      n      -      -       discard
virtual           unix       -       n      n      -      -       virtual
tlsmgr            unix       -       -      n      1000?  1       tlsmgr
error             unix       -       -      n      -      -       error
retry             unix       -       -      n      -      -       error
anvil             unix       -       -      n      -      1       anvil
postlog           unix-dgram n       -      n      -      1       postlogd
"""


def last_of_each(configuration: str) -> str:
    """Each parameter once. Postfix takes the last, too, but warns; and with more than ten warnings at once its start hangs, waiting for a log
    that it has not started yet (net.unix.max_dgram_qlen)."""
    entries: dict[str, str] = {}
    name = ""
    for line in configuration.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line[0].isspace():
            entries[name] += f"\n{line}"
        else:
            name = line.partition("=")[0].strip()
            entries[name] = line
    return "\n".join(entries.values()) + "\n"


@dataclass(frozen=True)
class Answer:
    """What the server said to AUTH, and all of the dialogue."""

    code: int
    transcript: str

    @property
    def sent(self) -> bool:
        """Whether a mail was taken after it."""
        return "250 2.0.0 Ok: queued" in self.transcript


class Postfix:
    #: Whoever serves its socket must let this group in.
    GROUP = "postfix"

    def __init__(self, place: Path, snippet: str, *, port: int | None = None, options: Iterable[str] = ()):
        """`snippet`: what `latchkey snippet postfix` prints. `options`: further lines of main.cf."""
        if os.geteuid() != 0:
            raise PermissionError("Postfix can only be started by root")
        self.postfix = find_program("postfix", "postfix")
        self.port = port or free_port()
        self.place = place / "postfix"
        self.config = self.place / "etc"
        self.config.mkdir(parents=True)
        for own, owner in (("queue", "root"), ("lib", "postfix")):
            (self.place / own).mkdir()
            os.chown(self.place / own, pwd.getpwnam(owner).pw_uid, -1)
        values = {"config": self.config, "place": self.place, "port": self.port}
        further = "".join(f"{option}\n" for option in options)
        (self.config / "main.cf").write_text(last_of_each(MAIN.format(**values) + snippet + AFTER + further))
        (self.config / "sender_logins").write_text("/^(.+)$/ $1\n")
        (self.config / "master.cf").write_text(MASTER.format(**values))

    @classmethod
    def group(cls) -> int:
        find_program("postfix", "postfix")
        return grp.getgrnam(cls.GROUP).gr_gid

    def __enter__(self) -> "Postfix":
        # The master itself, not by way of `postfix start-fg`: that one would not pass on that it has to stop.
        subprocess.run([self.postfix, "-c", self.config, "check"], check=True, capture_output=True)
        question = ["postconf", "-c", self.config, "-h", "daemon_directory"]
        daemons = subprocess.run(question, check=True, capture_output=True, text=True).stdout.strip()
        self.program = Program(
            [f"{daemons}/master", "-s"],
            self.place / "postfix.log",
            environment={"MAIL_CONFIG": str(self.config)},
        )
        # By then it has asked Latchkey what it can do: a test may stop that at once.
        self.program.await_ready(lambda: greets(self.port))
        return self

    def __exit__(self, *_) -> None:
        self.program.stop()

    def sign_in(self, login: str, secret: str, **how) -> Answer:
        return sign_in(self.port, login, secret, **how)


def sign_in(
    port: int,
    login: str,
    secret: str,
    *,
    mechanism: str = "PLAIN",
    client: str = "127.0.0.1",
    sender: str | None = None,
) -> Answer:
    """Signs in with swaks from the address `client`, and sends a mail as `sender` if there is one."""
    command = [find_program("swaks", "swaks"), "--server", "127.0.0.1", "--port", str(port), "--timeout", "30"]
    command += ["--local-interface", client, "--helo", "laptop.example.com"]
    command += ["--auth", mechanism, "--auth-user", login, "--auth-password", secret, "--auth-hide-password"]
    command += ["--from", sender or login, "--to", "bob@example.com"]
    if sender is None:
        command += ["--quit-after", "AUTH"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    transcript = ended.stdout + ended.stderr
    return Answer(code_of_auth(transcript), transcript)


def code_of_auth(transcript: str) -> int:
    """The last reply code between AUTH and what the client said after it.

    Zero if the server did not offer AUTH at all, or went away instead of answering.
    """
    code = 0
    is_signing_in = False
    for line in transcript.splitlines():
        mark, _, text = line.strip().partition(" ")
        if mark == "->":
            if text.startswith("AUTH "):
                is_signing_in = True
            elif text.split(":")[0] in ("QUIT", "MAIL FROM"):
                is_signing_in = False
        elif mark in ("<-", "<**", "<~*") and is_signing_in and text.strip()[:3].isdigit():
            code = int(text.strip()[:3])
    return code
