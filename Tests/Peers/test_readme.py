"""What README.md tells a newcomer to type is typed."""

import re
import subprocess
from pathlib import Path

from latchkey import BINARY, ROOT
from places import Place


def tour() -> list[str]:
    """The blocks of the tour, in their order."""
    return re.findall(r"<!-- tour -->\n```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


def walk(place: Path) -> str:
    """Everything typed into one shell, in a directory where a release has been built; what came out."""
    (place / ".build/release").mkdir(parents=True)
    (place / ".build/release/latchkey").symlink_to(BINARY)
    ended = subprocess.run(
        ["bash", "-euo", "pipefail"], input="\n".join(tour()), cwd=place, capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_the_tour_does_what_it_says(place: Place):
    assert len(tour()) >= 2
    output = walk(place.path)
    assert re.search(r"^[a-z]{5}(-[a-z]{5}){4}$", output, re.MULTILINE), output
    for words in (
        "accepted: alice@example.com",
        "refused: service-not-allowed",
        "refused: network-not-allowed",
        "from 203.0.113.9, where it may not be used",
        "It is for use in 192.0.2.0/24.",
    ):
        assert words in output, output
