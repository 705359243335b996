"""A program of the organisation's own asks through the HTTP door's `POST /verify`, with curl and a service token."""

import json
import subprocess

from latchkey import AppPassword, Latchkey
from processes import find_program


def ask(latchkey: Latchkey, token: str, app_password: AppPassword, service: str) -> tuple[int, dict]:
    """Status and answer. The secret goes over standard input, where no list of processes shows it."""
    question = {"account": app_password.account, "secret": app_password.secret, "service": service}
    command = [find_program("curl", "curl"), "--silent", "--show-error", "--max-time", "30", "--data", "@-"]
    command += ["--header", f"Authorization: Bearer {token}", "--header", "Content-Type: application/json"]
    command += ["--write-out", "\n%{http_code}", f"{latchkey.http_door}/verify"]
    answer = subprocess.run(command, input=json.dumps(question), check=True, capture_output=True, text=True)
    body, _, status = answer.stdout.rpartition("\n")
    return int(status), json.loads(body)


def test_a_service_token_may_ask_about_its_services_and_no_others(latchkey: Latchkey):
    app_password = latchkey.create(latchkey.add_account("alice@example.com"), "http:wiki", "smtp")
    token = latchkey.service_token("wiki", "http:wiki")
    status, answer = ask(latchkey, token["token"], app_password, "http:wiki")
    assert (status, answer["verdict"], answer["login"]) == (200, "accepted", "alice@example.com")
    assert ask(latchkey, token["token"], app_password, "smtp")[0] == 403
    assert ask(latchkey, token["token"][:-1] + "!", app_password, "http:wiki")[0] == 401

    latchkey.revoke(app_password)
    assert ask(latchkey, token["token"], app_password, "http:wiki") == (200, {"verdict": "refused"})
    latchkey.run("service-token", "revoke", token["id"])
    assert ask(latchkey, token["token"], app_password, "http:wiki")[0] == 401


def test_while_the_database_is_held_there_is_no_verdict(latchkey: Latchkey):
    app_password = latchkey.create(latchkey.add_account("alice@example.com"))
    token = latchkey.service_token("any")["token"]
    with latchkey.database_held():
        assert ask(latchkey, token, app_password, "smtp") == (503, {"verdict": "unavailable"})
