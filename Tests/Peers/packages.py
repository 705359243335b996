"""Debian packages that are unpacked, not installed: what the machine's own programs would take notice of."""

import subprocess
from pathlib import Path

from latchkey import ROOT


def unpacked(package: str) -> Path:
    """The directory with its files, which is kept for the next time."""
    kept = ROOT / ".build/peers" / package
    if not (kept / "complete").exists():
        kept.mkdir(parents=True, exist_ok=True)
        try:
            subprocess.run(["apt-get", "download", package], cwd=kept, check=True, capture_output=True, text=True)
        except subprocess.CalledProcessError as failure:
            raise FileNotFoundError(f"{package} cannot be fetched: apt-get update\n{failure.stderr}") from failure
        [archive] = kept.glob("*.deb")
        subprocess.run(["dpkg-deb", "-x", archive, kept], check=True)
        archive.unlink()
        (kept / "complete").touch()
    return kept


def library(package: str, name: str) -> Path:
    """A shared library of an unpacked package."""
    [found] = unpacked(package).glob(f"usr/lib/*/{name}")
    return found
