"""`make requirements`: compiles the .in files into the pinned, hashed .txt files, for every platform from Python 3.11.

Uses uv, from the path or from `.venv`. The files name no index: pip asks the one the machine is set up for.
"""

import os
import shutil
import subprocess
import sys

from layout import ROOT, VENV
from refusal import Refused, exit_code_of


def main() -> int:
    uv = shutil.which("uv", path=os.pathsep.join([str(VENV / "bin"), os.environ.get("PATH", "")]))
    if uv is None:
        raise Refused("make requirements needs uv, which is not here. Install it: .venv/bin/pip install uv")
    for name in ("requirements", "requirements-test"):
        subprocess.run(
            [
                *(uv, "pip", "compile", "--quiet", "--generate-hashes", "--no-emit-index-url"),
                *("--universal", "--python-version", "3.11"),
                *("--custom-compile-command", "make requirements"),
                *(f"{name}.in", "--output-file", f"{name}.txt"),
            ],
            cwd=ROOT,
            check=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(exit_code_of(main))
