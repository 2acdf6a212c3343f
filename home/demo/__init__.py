"""The demo's content as data: who may sign in, what desks and outlets there are, what was offered when.

The texts stand beside this module in JSON files and are fictional throughout. Moments are written as days before the
day of loading (`days_ago`) and a time in Istanbul, so that a demo loaded on any day shows the last three months.
`home.demo.loading` puts all this into a database; this module needs no Django, so that the accounts can be printed
before the site runs. Nothing here may be imported by the site itself.
"""

import json
from pathlib import Path

FOLDER = Path(__file__).resolve().parent

#: Of every account of the demo. It is printed for everyone to see, and opens nothing but a demo.
PASSWORD = "des-demo-2026"  # noqa: S105


def table(name: str) -> list[dict]:
    """The rows of `name`.json: accounts, agencies, desks, outlets, plan, series or topics."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def lines(name: str) -> list[dict]:
    """The rows of `name`.jsonl, oldest first: bulletins, news or statements."""
    text = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def image_file(name: str) -> Path:
    """Where the picture `name` stands."""
    return FOLDER / "images" / name
