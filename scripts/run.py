"""`make run`: the whole system on one machine, for looking at it and for developing it.

Prepares the folder, serves the site with granian on 127.0.0.1, keeps the worker running beside it, and says where
everything is and who can sign in. PORT (8000 by default) and DES_VAR (`var/`) come from the environment. An
institution runs the same two processes under its own service manager with the production settings; this file has
no part in that.
"""

import http.client
import os
import socket
import sys
import time

from layout import HOST, ROOT, VAR, VENV_PYTHON
from preparation import prepare
from refusal import Refused, exit_code_of
from supervisor import Supervisor

#: Seconds the site has for its first answer.
FIRST_ANSWER_WITHIN = 60


def main() -> int:
    port = port_from(os.environ.get("PORT") or "8000")
    ensure_port_free(port)
    environment = {
        **os.environ,
        "DES_VAR": str(VAR),
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "SITE_URL": f"http://{HOST}:{port}",
        "PYTHONUNBUFFERED": "1",
    }
    prepare(environment)
    with Supervisor(ROOT) as supervisor:
        web = supervisor.start("web server", web_command(port), environment)
        deadline = time.monotonic() + FIRST_ANSWER_WITHIN
        while not answers(port):
            if supervisor.asked_to_stop:
                return 0
            if not web.is_running():
                raise Refused(f"The web server {web.how_it_ended()} before its first answer; see above.")
            if time.monotonic() > deadline:
                raise Refused(f"The site did not answer within {FIRST_ANSWER_WITHIN} seconds; see above.")
            supervisor.wait(0.05)
        supervisor.start("worker", worker_command(), environment)
        print(welcome(port), flush=True)
        supervisor.keep_running()
        print("\nStopping.", flush=True)
    return 0


def port_from(text: str) -> int:
    """The port number in `text`. Raises Refused for anything else."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise Refused(f"PORT={text} is not a port: it must be a number between 1 and 65535.")
    return int(text)


def ensure_port_free(port: int) -> None:
    """Raises Refused if another program listens on `port`, or it may not be used."""
    with socket.socket() as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind((HOST, port))
        except PermissionError:
            raise Refused(f"Port {port} may not be used here. Choose another: PORT=8001 make run") from None
        except OSError:
            raise Refused(
                f"Port {port} is taken: another program answers on {HOST}:{port}, perhaps an earlier `make run`. "
                f"Stop it, or choose another port: PORT={port + 1 if port < 65535 else 8000} make run"
            ) from None


def web_command(port: int) -> list[str]:
    return [
        *(str(VENV_PYTHON), "-m", "granian", "config.wsgi:application"),
        *("--interface", "wsgi", "--host", HOST, "--port", str(port)),
        *("--workers", "1", "--blocking-threads", "4", "--log-level", "warning"),
    ]


def worker_command() -> list[str]:
    return [str(VENV_PYTHON), "manage.py", "catch_up", "--all", "--follow"]


def answers(port: int) -> bool:
    """Whether the home page is there. Raises Refused if something else comes instead of it."""
    connection = http.client.HTTPConnection(HOST, port, timeout=FIRST_ANSWER_WITHIN)
    try:
        connection.request("GET", "/")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    if status != 200:
        raise Refused(f"The home page answered {status} instead of 200; see above.")
    return True


def welcome(port: int) -> str:
    """What is printed once the site answers: the addresses and the demo's accounts."""
    site = f"http://{HOST}:{port}"
    addresses = (
        ("Site", "/"),
        ("In English", "/en/"),
        ("Search", "/ara/"),
        ("Feeds", "/beslemeler/"),
        ("H2.1", "/gostergeler/h2-1/"),
        ("Sign in", "/giris/"),
        ("Editors", "/yonetim/"),
        ("Health", "/saglik/"),
    )
    lines = ["", "Devlet Enformasyon Sistemi is running.", ""]
    lines += [f"  {name:<12}{site}{path}" for name, path in addresses]
    lines += ["", *table_of_accounts(), "", "Ctrl-C stops it."]
    return "\n".join(lines)


def table_of_accounts() -> list[str]:
    """The demo's accounts as lines of a table: role, e-mail address, password."""
    sys.path.append(str(ROOT))
    from home import demo

    rows = [("role", "e-mail", "password")]
    rows += [
        (account["role"].replace("_", " "), account["email"], demo.PASSWORD)
        for account in demo.table("accounts")
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return [
        "  " + "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


if __name__ == "__main__":
    sys.exit(exit_code_of(main))
