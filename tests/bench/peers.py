"""The extractors that ours is measured against, each in an environment of its own so that none decides another's parts."""

import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

HOME = Path(__file__).parents[2] / ".bench"
INSTALL_S = 300


@dataclass(frozen=True, slots=True)
class Peer:
    """A distribution to install; *needs* are its parts when it must be installed without asking which Python it wants."""

    name: str
    requirement: str
    needs: tuple[str, ...] = ()


PEERS = (
    Peer("trafilatura", "trafilatura==2.3.1"),
    Peer("newspaper4k", "newspaper4k==0.9.6"),
    Peer("readability-lxml", "readability-lxml==0.9"),
    Peer("resiliparse", "resiliparse==2.0.0"),
    # Asks for Python 3.12 and runs on 3.11.
    Peer(
        "magic-html",
        "magic-html==0.1.8",
        ("brotli", "chardet", "charset-normalizer", "lxml", "lxml-html-clean", "numpy", "py-asciimath", "urllib3"),
    ),
    Peer("goose3", "goose3==3.1.22"),
    Peer("gne", "gne==0.4.3"),
)


class NotInstalled(Exception):
    """The peer cannot be installed here; the message is the installer's last line."""


def python_of(peer: Peer) -> Path:
    """Return the Python of *peer*'s environment, made and filled when it is not there yet. Raises NotInstalled."""
    home = HOME / peer.name
    python, mark = home / "bin" / "python", home / "installed"
    parser = f"selectolax=={version('selectolax')}"  # the same parser on the other side of every ratio
    wanted = " ".join((peer.requirement, *peer.needs, parser))
    if mark.exists() and mark.read_text() == wanted:
        return python
    _uv("venv", "--clear", "--python", sys.executable, str(home))
    install = ("pip", "install", "--python", str(python))
    if peer.needs:
        _uv(*install, "--no-deps", "--python-version", "3.12", peer.requirement)
        _uv(*install, *peer.needs, parser)
    else:
        _uv(*install, peer.requirement, parser)
    mark.write_text(wanted)
    return python


def _uv(*arguments: str) -> None:
    command = [str(Path(sys.executable).parent / "uv"), *arguments, "--quiet"]
    try:
        done = subprocess.run(
            command, env=os.environ | {"UV_SYSTEM_CERTS": "1"}, capture_output=True, text=True, timeout=INSTALL_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(str(error)) from error
    if done.returncode:
        raise NotInstalled(" ".join(done.stderr.split())[-300:])
