"""The server and all writers are killed in mid-work, again and again. What was acknowledged is there."""

import json
import random
import subprocess
import threading
import time

from dovecot import sign_in, sign_in_all
from latchkey import AppPassword, Latchkey

CRASHES = 50
WRITERS = 3
#: How long writers work between two crashes, in seconds: long enough for a few commands, cut anywhere within one.
WORK = (0.15, 0.9)


class Ledger:
    """What the product has acknowledged, and so must hold. What was cut off may hold or not, and is not in it."""

    def __init__(self, chance: random.Random):
        self.lock = threading.Lock()
        self.chance = chance
        #: Sign in, and may be rotated or revoked.
        self.working: list[AppPassword] = []
        #: Sign in, but are left alone: they have, or may have, a replacement, whose use would end them.
        self.left_alone: list[AppPassword] = []
        #: Must be refused for ever.
        self.ended: list[AppPassword] = []
        self.acknowledged = {"create": 0, "rotate": 0, "revoke": 0, "sign in": 0}
        self.cut_off = 0

    def take(self) -> AppPassword | None:
        """One to change: it is in nobody else's hands until it is put back."""
        with self.lock:
            if not self.working:
                return None
            return self.working.pop(self.chance.randrange(len(self.working)))

    def put(self, where: list[AppPassword], *app_passwords: AppPassword) -> None:
        with self.lock:
            where.extend(app_passwords)

    def count(self, deed: str | None) -> None:
        with self.lock:
            if deed:
                self.acknowledged[deed] += 1
            else:
                self.cut_off += 1


class Writer(threading.Thread):
    """Creates, rotates, uses and revokes until it is killed, one command process after the other."""

    def __init__(self, latchkey: Latchkey, ledger: Ledger, account: str, seed: int):
        super().__init__()
        self.latchkey = latchkey
        self.ledger = ledger
        self.account = account
        self.chance = random.Random(seed)
        self.lock = threading.Lock()
        self.is_killed = False
        self.command: subprocess.Popen | None = None
        self.failure: str | None = None

    def run(self) -> None:
        while not self.is_killed:
            deed = self.chance.choices([self.create, self.rotate, self.revoke], [5, 4, 3])[0]
            self.ledger.count(deed())

    def kill(self) -> None:
        with self.lock:
            self.is_killed = True
            if self.command:
                self.command.kill()

    def create(self) -> str | None:
        made = self._command(
            *("app-password", "create", "--account", self.account, "--name", "Script"),
            *("--application", "script", "--service", "smtp"),
        )
        if made:
            self.ledger.put(self.ledger.working, AppPassword(made["id"], made["secret"], self.account))
        return made and "create"

    def rotate(self) -> str | None:
        old = self.ledger.take()
        if not old:
            return self.create()
        made = self._command("app-password", "rotate", old.id)
        if not made:
            self.ledger.put(self.ledger.left_alone, old)
            return None
        new = AppPassword(made["id"], made["secret"], old.account)
        if self.chance.random() < 0.3:
            self.ledger.put(self.ledger.left_alone, old)
            return "rotate"
        return self.use_for_the_first_time(new, old) or "rotate"

    def use_for_the_first_time(self, new: AppPassword, old: AppPassword) -> str | None:
        """Ends `old` if it is accepted."""
        try:
            is_accepted = sign_in(self.latchkey.socket, new)
        except OSError:
            self.ledger.put(self.ledger.working, new)
            return None
        if not is_accepted:
            self.failure = f"{new} was acknowledged and then refused"
        self.ledger.put(self.ledger.working, new)
        self.ledger.put(self.ledger.ended, old)
        return "sign in"

    def revoke(self) -> str | None:
        app_password = self.ledger.take()
        if not app_password:
            return self.create()
        done = self._command("app-password", "revoke", app_password.id)
        if done is not None:
            self.ledger.put(self.ledger.ended, app_password)
        return None if done is None else "revoke"

    def _command(self, *arguments: str) -> dict | None:
        """What the command says; nothing if it was killed."""
        with self.lock:
            if self.is_killed:
                return None
            self.command = subprocess.Popen(
                self.latchkey.command(*arguments, "--json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        output, error = self.command.communicate()
        if self.command.returncode == 0:
            return json.loads(output)
        if self.command.returncode > 0:
            self.failure = f"{' '.join(arguments)}: {error}"
            self.is_killed = True
        return None


def test_what_was_acknowledged_survives_every_crash(latchkey: Latchkey):
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    ledger = Ledger(chance)
    accounts = [latchkey.add_account(f"script-{number}@example.com") for number in range(WRITERS)]

    for crash in range(1, CRASHES + 1):
        where = f"crash {crash} of {CRASHES}, seed {seed}"
        # An account may have 40: a fresh one now and then.
        if crash % 8 == 0:
            accounts = [latchkey.add_account(f"script-{crash}-{number}@example.com") for number in range(WRITERS)]
            ledger.left_alone += ledger.working
            ledger.working.clear()
        writers = [Writer(latchkey, ledger, account, chance.randrange(2**32)) for account in accounts]
        for writer in writers:
            writer.start()
        time.sleep(chance.uniform(*WORK))  # not a wait for something: the moment of the crash
        latchkey.kill()
        for writer in writers:
            writer.kill()
        for writer in writers:
            writer.join()
        assert not [writer.failure for writer in writers if writer.failure], where

        latchkey.start()
        assert_all_holds(latchkey, ledger, where)

    print(f"seed {seed}: acknowledged {ledger.acknowledged}, cut off {ledger.cut_off}")
    assert all(ledger.acknowledged.values()) and ledger.cut_off > CRASHES / 2, "the crashes hit nothing"


def assert_all_holds(latchkey: Latchkey, ledger: Ledger, where: str) -> None:
    expected = [(app_password, False) for app_password in ledger.ended]
    expected += [(app_password, True) for app_password in ledger.working + ledger.left_alone]
    verdicts = sign_in_all(latchkey.socket, [app_password for app_password, _ in expected])
    wrong = [(known, verdict) for known, verdict in zip(expected, verdicts, strict=True) if known[1] != verdict]
    assert not wrong, f"{where}: {wrong}"
    latchkey.ask("audit", "verify")
