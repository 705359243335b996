"""nginx as the mail proxy, a Dovecot behind it, and the mail programs that talk to it."""

import os
import pwd
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from certificate import Certificate
from latchkey import replaced
from processes import Program, find_program, free_port, is_listening

NGINX = """\
load_module /usr/lib/nginx/modules/ngx_mail_module.so;
daemon off;
user nobody nogroup;
worker_processes 1;
pid {place}/nginx.pid;
error_log stderr info;
events {{}}
{mail}
"""

#: Where the snippet listens.
LISTENS = {"imap": "listen 143;", "pop3": "listen 110;", "smtp": "listen 587;"}

#: For a protocol that Latchkey has no server for, and its snippet no listener.
SMTP = "server {\nlisten 587;\nprotocol smtp;\nsmtp_auth plain login;\n}\n"

DOVECOT = """\
base_dir = {place}/run
state_dir = {place}/state
log_path = /dev/stderr
auth_verbose = yes
protocols = imap pop3
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
# Login names are as free as Latchkey's.
auth_username_chars =
haproxy_trusted_networks = 127.0.0.0/8
mail_location = maildir:{place}/mail/%u
default_internal_user = dovecot
default_login_user = dovenull
first_valid_uid = 1
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
    haproxy = yes
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {pop3}
    haproxy = yes
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
passdb {{
  {passdb}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={place}/mail/%u
}}
"""

#: As checkpassword does it: name and password come over descriptor 3; what is run next says yes.
ASK_LATCHKEY = """\
#!/usr/bin/python3
import base64, os, sys, urllib.error, urllib.request
name, secret = os.fdopen(3, "rb").read().split(b"\\0")[:2]
request = urllib.request.Request("{door}/auth/basic/" + os.environ["SERVICE"])
request.add_header("Authorization", "Basic " + base64.b64encode(name + b":" + secret).decode())
request.add_header("X-Forwarded-For", os.environ["TCPREMOTEIP"])
try:
    urllib.request.urlopen(request, timeout=10)
except urllib.error.HTTPError as error:
    sys.exit(1 if error.code == 401 else 111)
os.execv(sys.argv[1], sys.argv[1:])
"""


class Dovecot:
    """The mailboxes: each name's is made when it is first opened."""

    USER = "nobody"

    def __init__(self, place: Path, *, door: str | None = None, master_password: str | None = None):
        """Asks Latchkey at `door` about everybody, or takes the `master_password` for everybody."""
        self.place = place / "dovecot"
        (self.place / "mail").mkdir(parents=True)
        user = pwd.getpwnam(self.USER)
        os.chown(self.place / "mail", user.pw_uid, user.pw_gid)
        self.imap, self.pop3 = free_port(), free_port()
        if door:
            script = self.place / "ask-latchkey"
            script.write_text(ASK_LATCHKEY.format(door=door))
            script.chmod(0o755)
            passdb = f"driver = checkpassword\n  args = {script}"
        else:
            passdb = f"driver = static\n  args = password={master_password}"
        self.configuration = self.place / "dovecot.conf"
        values = {"place": self.place, "imap": self.imap, "pop3": self.pop3, "passdb": passdb}
        self.configuration.write_text(DOVECOT.format(**values, user=user.pw_uid, group=user.pw_gid))

    def __enter__(self) -> "Dovecot":
        command = [find_program("dovecot", "dovecot-imapd"), "-F", "-c", str(self.configuration)]
        self.program = Program(command, self.place / "dovecot.log")
        self.program.await_ready(lambda: is_listening(self.imap) and is_listening(self.pop3))
        return self

    def __exit__(self, *_) -> None:
        self.program.stop()


@dataclass(frozen=True)
class Heard:
    """What a mail program wrote about its dialogue, and how it ended."""

    status: int
    dialogue: str

    @property
    def is_in(self) -> bool:
        return self.status == 0


class MailProxy:
    def __init__(
        self,
        place: Path,
        snippet: str,
        *,
        certificate: Certificate | None = None,
        key: str | None = None,
        imap_auth: str = "plain login",
        smtp_auth: str = "plain login",
    ):
        """In the clear without a `certificate`. `key`: the service token, if it needs one to be heard."""
        self.place = place / "mailproxy"
        self.place.mkdir()
        self.imap, self.pop3, self.smtp = free_port(), free_port(), free_port()
        ports = {"imap": self.imap, "pop3": self.pop3, "smtp": self.smtp}
        mail = snippet.strip()
        if LISTENS["smtp"] not in mail:
            mail = mail.removesuffix("}") + SMTP + "}"
        for protocol, listen in LISTENS.items():
            mail = replaced(mail, listen, f"listen 127.0.0.1:{ports[protocol]};")
        mail = replaced(mail, "imap_auth plain login;", f"imap_auth {imap_auth};")
        mail = replaced(mail, "smtp_auth plain login;", f"smtp_auth {smtp_auth};")
        if certificate:
            mail = replaced(mail, "/etc/nginx/mail.pem", str(certificate.certificate))
            mail = replaced(mail, "/etc/nginx/mail.key", str(certificate.key))
        else:
            mail = replaced(re.sub(r"ssl_certificate.*;", "", mail), "starttls only;", "")
        if key:
            mail = replaced(mail, "mail {", f'mail {{\nauth_http_header X-Auth-Key "{key}";')
        self.configuration = self.place / "nginx.conf"
        self.configuration.write_text(NGINX.format(place=self.place, mail=mail))

    def __enter__(self) -> "MailProxy":
        command = [find_program("nginx", "nginx-light"), "-p", str(self.place), "-c", str(self.configuration)]
        self.program = Program(command, self.place / "nginx.log")
        self.program.await_ready(lambda: all(map(is_listening, (self.imap, self.pop3, self.smtp))))
        return self

    def __exit__(self, *_) -> None:
        self.program.stop()

    def curl(self, protocol: str, login: str, secret: str, *options: str) -> Heard:
        """Opens the mailbox with `protocol` (imap or pop3)."""
        port = {"imap": self.imap, "pop3": self.pop3}[protocol]
        command = [find_program("curl", "curl"), "--silent", "--show-error", "--verbose", "--max-time", "30"]
        # Name and password stand in a configuration of curl's, where no list of processes shows them.
        command += ["--config", "-", *options, f"{protocol}://127.0.0.1:{port}/"]
        configuration = f"user = {quoted(f'{login}:{secret}')}\n".encode()
        ended = subprocess.run(command, input=configuration, capture_output=True, timeout=60)
        return Heard(ended.returncode, (ended.stdout + ended.stderr).decode(errors="replace"))

    def mbsync(self, login: str, secret: str) -> Heard:
        """Fetches the mailbox into a Maildir."""
        (self.place / "fetched").mkdir(exist_ok=True)
        configuration = self.place / "mbsyncrc"
        configuration.touch(mode=0o600)
        configuration.write_text(
            f"IMAPStore far\nHost 127.0.0.1\nPort {self.imap}\nSSLType None\nAuthMechs LOGIN\n"
            f"User {quoted(login)}\nPass {quoted(secret)}\n\n"
            f"MaildirStore near\nPath {self.place}/fetched/\nInbox {self.place}/fetched/INBOX\n\n"
            f"Channel all\nFar :far:\nNear :near:\nPatterns INBOX\nCreate Near\nSyncState *\n"
        )
        command = [find_program("mbsync", "isync"), "--config", str(configuration), "--verbose", "all"]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
        return Heard(ended.returncode, ended.stdout + ended.stderr)


def quoted(text: str) -> str:
    """As the configurations of curl and mbsync have a text."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
