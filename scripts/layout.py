"""Where things stand: the repository, the folder everything is written to, the virtual environment.

Used by every script here before any package is installed, so the standard library alone. What needs room or
permission is asked for first, in words, before anything is half done.
"""

import os
import shutil
import socket
import tempfile
from pathlib import Path

from refusal import Refused

ROOT = Path(__file__).resolve().parents[1]
#: The one folder the system writes to; the settings read the same variable.
VAR = Path(os.environ.get("DES_VAR") or ROOT / "var").resolve()
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
LOGS = VAR / "log"
#: Nothing started from here is reachable from another machine.
HOST = "127.0.0.1"


def ensure_writable(folder: Path) -> None:
    """Makes `folder` where it is missing. Raises Refused unless a file can be written in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Refused(
            f"No permission to write in {folder} ({error.strerror}). Nothing was changed; run this as the owner "
            "of the folder, or name another one for the data: DES_VAR=/path/to/folder make run"
        ) from None


def ensure_room(folder: Path, megabytes: int) -> None:
    """Raises Refused unless the disk of the existing `folder` has `megabytes` (of 1,000,000 bytes) free."""
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < megabytes:
        raise Refused(
            f"Too little room on the disk of {folder}: {free} MB free, {megabytes} MB needed. Nothing was changed."
        )


def free_port() -> int:
    """A port of HOST that nobody listens on at this moment."""
    with socket.socket() as candidate:
        candidate.bind((HOST, 0))
        return candidate.getsockname()[1]
