"""A directory for one test's programs."""

import shutil
import tempfile
from pathlib import Path

#: Those in use: what a failing test shows the logs of.
open_places: list["Place"] = []


class Place:
    """Not below pytest's own: the programs' users must get through, and a socket's path has room for 107 octets."""

    def __enter__(self) -> "Place":
        self.path = Path(tempfile.mkdtemp(prefix="latchkey-"))
        self.path.chmod(0o755)
        open_places.append(self)
        return self

    def __exit__(self, *_) -> None:
        open_places.remove(self)
        shutil.rmtree(self.path)
