"""Several processes that begin their work at the same moment, for the tests of concurrency.

Each runs a module that reads its orders (a line of JSON), says `ready`, waits for `go`, and prints a JSON list of what
came of them.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]


def at_once(module: str, environment: dict[str, str], batches: Sequence[list[dict]]) -> list:
    """Gives each batch of orders to a process of its own that runs `module`; what came of all of them."""
    connection.close()
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", module],
            env={**environment, "LOG_LEVEL": "CRITICAL"},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _batch in batches
    ]
    for process, batch in zip(processes, batches, strict=True):
        process.stdin.write(json.dumps(batch) + "\n")
        process.stdin.flush()
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    return [came for process in processes for came in json.loads(process.communicate(timeout=240)[0])]
