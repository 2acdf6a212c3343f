"""The PostgreSQL server that `make test` uses: the one the environment names, or a throw-away one.

The throw-away cluster stands in a temporary folder on a free port of 127.0.0.1, trusts nobody without its random
password, and gives up durability for speed. As root it runs as another user, since PostgreSQL refuses root.
"""

import contextlib
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from layout import HOST, free_port
from refusal import Refused
from tether import Tether

#: Seconds a cluster has to be made and to answer.
STARTS_WITHIN = 60

SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "unix_socket_directories": "",
    "listen_addresses": HOST,
}


@contextlib.contextmanager
def server() -> Iterator[str | None]:
    """The address (postgres://…) of a server on which databases may be made, for as long as the context lasts.

    TEST_POSTGRES_URL is asked first, then a DATABASE_URL that names PostgreSQL, then the programs installed here.
    None where there is neither.
    """
    named = os.environ.get("TEST_POSTGRES_URL") or os.environ.get("DATABASE_URL", "")
    if named.startswith(("postgres://", "postgresql://", "psql://", "pgsql://")):
        yield named
        return
    programs = programs_folder()
    if programs is None:
        yield None
        return
    with throw_away_server(programs) as address:
        yield address


def programs_folder() -> Path | None:
    """The folder of the newest installed server's programs (initdb, postgres)."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(
            found, key=lambda folder: [int(number) for number in re.findall(r"\d+", folder.parent.name)]
        )
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextlib.contextmanager
def throw_away_server(programs: Path) -> Iterator[str]:
    """Makes a cluster, runs it, yields its address, and removes it without a trace."""
    account = _account()
    with tempfile.TemporaryDirectory(prefix="des-postgresql-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        password = secrets.token_hex(16)
        (folder / "password").write_text(password)
        if account:
            for path in (folder, folder / "password"):
                shutil.chown(path, account.pw_uid, account.pw_gid)
        ownership = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
        made = subprocess.run(
            [
                *(programs / "initdb", "--pgdata", folder / "data", "--username", "des"),
                *("--auth", "scram-sha-256", "--pwfile", folder / "password"),
                *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
            ],
            capture_output=True,
            text=True,
            cwd=folder,
            check=False,
            **ownership,
        )
        if made.returncode != 0:
            raise Refused(f"The PostgreSQL cluster could not be made: {made.stderr.strip()}")
        port = free_port()
        settings = [argument for key, value in SETTINGS.items() for argument in ("-c", f"{key}={value}")]
        tether = Tether()
        with (folder / "log").open("w") as log:
            process = tether.start(
                [programs / "postgres", "-D", folder / "data", "-p", str(port), *settings],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
                **ownership,
            )
        try:
            _wait_for(process, programs, port, folder / "log")
            yield f"postgres://des:{password}@{HOST}:{port}/postgres"
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait()
            tether.release(process.pid)
            tether.close()


def _account() -> pwd.struct_passwd | None:
    """The user the server runs as when we are root: PostgreSQL's own, or nobody. None when we aren't root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Refused(
        "PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it as."
    )


def _wait_for(process: subprocess.Popen, programs: Path, port: int, log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    ready = [programs / "pg_isready", "--quiet", "--host", HOST, "--port", str(port)]
    while subprocess.run(ready, check=False).returncode != 0:
        if process.poll() is not None or time.monotonic() > deadline:
            raise Refused(f"The PostgreSQL server did not start: {log.read_text().strip()}")
        time.sleep(0.05)
