"""The commands and settings of docs/production.md, as they stand there."""

import re
import shlex
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "production.md"


def granian_options() -> tuple[str, ...]:
    """What stands on the documented command line between `granian` and the application."""
    command = re.search(
        r"^granian (.*?) config\.wsgi:application$", PAGE.read_text(), re.MULTILINE | re.DOTALL
    )
    return tuple(shlex.split(command[1].replace("\\\n", " ")))


def nginx_site() -> str:
    """The documented file for nginx."""
    return re.search(r"```nginx\n(.*?)```", PAGE.read_text(), re.DOTALL)[1]
