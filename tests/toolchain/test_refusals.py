"""What `make run` says on a machine that lacks something: one sentence each, and nothing half done."""

import os
import socket
import sys
import tempfile

import pytest


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield str(listener.getsockname()[1])


def test_taken_port_is_named_before_anything_is_installed(clone, run_in, taken_port, assert_refused):
    assert_refused(run_in("make", "run", PORT=taken_port), f"Port {taken_port} is taken", "PORT=")
    assert not (clone / ".venv").exists()


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "80 81", "٨٠"])
def test_port_that_is_no_number_is_named(run_in, assert_refused, port):
    assert_refused(run_in("make", "run", PORT=port), f"PORT={port}", "between 1 and 65535")


def test_old_python_is_told_which_one_is_needed(clone, run_in, assert_refused):
    old = clone / "old-python"
    # It answers every question as Python 3.9 would, and runs nothing.
    old.write_text('#!/bin/sh\ncase "$2" in *write*) printf 3.9.18 ;; *) exit 1 ;; esac\n')
    old.chmod(0o755)
    assert_refused(run_in("make", "run", PYTHON=str(old)), "Python 3.11 or newer", "3.9.18", "PYTHON=")


def test_machine_without_any_python_is_told(run_in, assert_refused):
    finished = run_in("/bin/sh", "scripts/python", "scripts/run.py", PYTHON="", PATH="/nonexistent")
    assert_refused(finished, "Python 3.11 or newer", "no Python was found")


def test_complete_python_is_preferred_to_one_that_makes_no_environments(clone, run_in):
    incomplete = clone / "python3"
    incomplete.write_text(
        '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; *version_info*) exit 0 ;; esac\necho incomplete\n'
    )
    incomplete.chmod(0o755)
    (clone / "python3.12").symlink_to(sys.executable)
    path = f"{clone}:{os.environ['PATH']}"
    assert (
        run_in("sh", "scripts/python", "-c", "print('complete')", PYTHON="", PATH=path).stdout == "complete\n"
    )


WITHOUT = """
import sys
sys.path.insert(0, "scripts")
for name in {modules}:
    sys.modules[name] = None
import installation
from refusal import exit_code_of
sys.exit(exit_code_of(lambda: installation.install([installation.RUNTIME])))
"""


@pytest.mark.parametrize("modules", [["venv"], ["venv", "ensurepip"], ["ensurepip", "pip"]])
def test_missing_venv_module_names_the_package_to_install(clone, run_in, assert_refused, modules):
    finished = run_in(sys.executable, "-c", WITHOUT.format(modules=modules))
    assert_refused(finished, "cannot make virtual environments", "apt-get install python3.")
    assert not (clone / ".venv").exists()


AS_NOBODY = """
import os, sys
sys.path.insert(0, "scripts")
import run
from refusal import exit_code_of
if os.geteuid() == 0:
    os.seteuid(65534)
sys.exit(exit_code_of(run.main))
"""


@pytest.mark.parametrize("closed", ["var", "."])
def test_folder_without_write_permission_is_named(clone, run_in, assert_refused, closed):
    folder = clone / closed
    folder.mkdir(exist_ok=True)
    for parent in clone.parents:
        if parent.is_relative_to(tempfile.gettempdir()) and not parent.stat().st_mode & 0o001:
            parent.chmod(0o711)
    folder.chmod(0o555)
    try:
        finished = run_in(sys.executable, "-c", AS_NOBODY, PORT="8119")
    finally:
        folder.chmod(0o755)
    assert_refused(finished, "No permission to write", str(clone / "var"))


def test_full_disk_is_named_with_what_is_needed(tmp_path):
    from layout import ensure_room
    from refusal import Refused

    with pytest.raises(Refused, match=r"Too little room .* MB free, 1000000000000 MB needed"):
        ensure_room(tmp_path, 10**12)
