"""Installing: from the lock files alone, once, and with a sentence where it fails."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.toolchain.conftest import REPOSITORY

INSTALL = """
import sys
sys.path.insert(0, "scripts")
from installation import RUNTIME, install
from refusal import exit_code_of
sys.exit(exit_code_of(lambda: install([RUNTIME]) or 0))
"""


@pytest.fixture
def wheel(tmp_path):
    """A package small enough to be made here; returns its SHA-256."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    files = {
        "imprint.py": b"EDITION = 1\n",
        "imprint-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: imprint\nVersion: 1.0\n",
        "imprint-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(text).digest()).rstrip(b'=').decode()},{len(text)}\n"
        for name, text in files.items()
    )
    path = folder / "imprint-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**files, "imprint-1.0.dist-info/RECORD": record.encode()}.items():
            archive.writestr(name, text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def install(clone, run_in):
    """Installs from the clone's requirements.txt with a pip that knows only the wheels beside it."""

    def run(**environment):
        isolated = {
            "PIP_CONFIG_FILE": "/dev/null",
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(clone / "wheels"),
        }
        return run_in(sys.executable, "-c", INSTALL, **{**isolated, **environment})

    return run


@pytest.fixture(scope="module")
def made_environment(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder


@pytest.fixture
def environment(clone, made_environment):
    """The clone has an environment with pip in it, and nothing installed yet: making one takes longest."""
    shutil.copytree(made_environment, clone / ".venv", symlinks=True)


def test_pinned_package_is_installed_once(clone, wheel, install):
    (clone / "requirements.txt").write_text(f"imprint==1.0 --hash=sha256:{wheel}\n")
    assert "Installing requirements.txt" in install().stdout
    assert list(clone.glob(".venv/lib/*/site-packages/imprint.py"))
    assert install().stdout == ""

    (clone / "requirements.txt").write_text(f"# changed\nimprint==1.0 --hash=sha256:{wheel}\n")
    assert "Installing requirements.txt" in install().stdout


@pytest.mark.usefixtures("environment")
def test_package_with_another_hash_is_refused(clone, wheel, install, assert_refused):
    (clone / "requirements.txt").write_text(f"imprint==1.0 --hash=sha256:{'0' * 64}\n")
    assert_refused(install(), "is not the one pinned", "hash differs")
    assert not list(clone.glob(".venv/lib/*/site-packages/imprint.py"))
    assert not (clone / ".venv" / "installed.json").exists()


@pytest.mark.usefixtures("environment")
def test_machine_without_network_is_told(clone, wheel, install, assert_refused):
    (clone / "requirements.txt").write_text(f"imprint==1.0 --hash=sha256:{wheel}\n")
    nobody_listens = {"PIP_NO_INDEX": "", "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0"}
    finished = install(PIP_FIND_LINKS="", **nobody_listens)
    assert_refused(finished, "The package index could not be reached", "needs the network")


def test_environment_of_an_old_python_is_not_touched(clone, install, assert_refused):
    python = clone / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho 3.9\n")
    python.chmod(0o755)
    assert_refused(install(), ".venv holds Python 3.9", "rm -r .venv")
    assert python.exists()


def test_broken_environment_is_made_again(clone, wheel, install):
    (clone / "requirements.txt").write_text(f"imprint==1.0 --hash=sha256:{wheel}\n")
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").symlink_to("/nonexistent/python3.11")
    (clone / ".venv" / "installed.json").write_text(json.dumps({"python": "3.11"}))
    assert install().returncode == 0
    assert list(clone.glob(".venv/lib/*/site-packages/imprint.py"))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "its hash differs"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("OSError: [Errno 13] Permission denied: '/x/.venv/lib'", "No permission"),
        ("ConnectionError: [Errno -3] Temporary failure in name resolution", "needs the network"),
        (
            "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]",
            "not one this machine trusts",
        ),
        ("ERROR: Could not find a version (from versions: none)", "needs the network"),
        ("ERROR: subprocess-exited-with-error", "pip could not install the packages: subprocess-exited"),
        ("", "it gave no reason"),
    ],
)
def test_what_pip_says_becomes_one_sentence(words, sentence):
    from installation import meaning_of

    assert sentence in meaning_of(words)


LOCK_FILES = sorted(path.name for path in REPOSITORY.glob("requirements*.txt"))


@pytest.mark.parametrize("name", LOCK_FILES)
def test_lock_file_names_no_index(name):
    text = (REPOSITORY / name).read_text()
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host", text)


@pytest.mark.parametrize("name", LOCK_FILES)
def test_every_package_is_pinned_and_hashed(name):
    entries = re.split(r"\n(?=[A-Za-z0-9])", "\n" + (REPOSITORY / name).read_text())[1:]
    assert entries
    for entry in entries:
        assert re.match(r"[\w.\[\]-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("name", ["requirements", "requirements-test"])
def test_lock_file_holds_every_direct_dependency(name):
    wanted = re.findall(r"^([A-Za-z][\w.-]*)", (REPOSITORY / f"{name}.in").read_text(), re.MULTILINE)
    pinned = re.findall(r"^([A-Za-z][\w.-]*)", (REPOSITORY / f"{name}.txt").read_text(), re.MULTILINE)
    normal = lambda names: {re.sub(r"[-_.]+", "-", each).lower() for each in names}  # noqa: E731
    assert normal(wanted) <= normal(pinned)


def test_every_direct_dependency_is_explained():
    text = (REPOSITORY / "docs" / "dependencies.md").read_text()
    for file in ("requirements.in", "requirements-test.in"):
        for name in re.findall(r"^([A-Za-z][\w.-]*)", Path(REPOSITORY / file).read_text(), re.MULTILINE):
            assert f"| {name} |" in text, name
