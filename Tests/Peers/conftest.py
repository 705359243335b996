"""Latchkey proved with the real programs that will ask it.

Each test starts what it needs on loopback, in a directory of its own, on ports found at run time, and ends it by its
own process group. `LATCHKEY` names the program under test (default: .build/debug/latchkey). Postfix and nslcd need root.

    .build/venv/bin/pytest Tests/Peers                          all, one after the other
    .build/venv/bin/pytest -n 2 --dist loadfile Tests/Peers     a file per processor
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from latchkey import Latchkey
from places import Place, open_places
from portal import Person, Visit, chromium


@pytest.fixture
def place() -> Iterator[Place]:
    with Place() as place:
        yield place


@pytest.fixture
def latchkey(place: Place) -> Iterator[Latchkey]:
    """A fresh installation, its server running."""
    with Latchkey(place.path).start() as latchkey:
        yield latchkey


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all tests: Playwright cannot be started twice in a process."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def visit(latchkey: Latchkey, browser: Browser) -> Iterator[Visit]:
    """A window of somebody's own."""
    with Visit.to(latchkey, browser) as visit:
        yield visit


@pytest.fixture
def alice(visit: Visit, latchkey: Latchkey) -> Person:
    """The first administrator, set up and signed in."""
    return visit.set_up(latchkey.setup_link)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    """Shows what the programs wrote beside the failure."""
    report = yield
    if report.failed:
        for place in open_places:
            for log in sorted(place.path.rglob("*.log")):
                report.sections.append((f"{place.path.name}/{log.name}", log.read_text(errors="replace")[-20_000:]))
    return report
