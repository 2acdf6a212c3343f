"""An import that was killed, for real, is whole up to where it came, and goes on from there."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from django.core.management import call_command

from bulletin.models import Publication, Statement
from bulletin.verification import verify

ROOT = Path(__file__).resolve().parents[2]
ENTRIES = 40


def test_import_killed_half_way_goes_on_where_it_was(own_database, tmp_path):
    path = tmp_path / "arsiv.jsonl"
    entry = {"title": "Bayram mesajı", "date": "1921-06-08", "office": "Özel Kalem", "text": "Metin."}
    path.write_text("\n".join(json.dumps({**entry, "id": number}) for number in range(ENTRIES)))
    running = subprocess.Popen(
        [sys.executable, ROOT / "manage.py", "import_statements", path],
        env=own_database.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not 3 <= Publication.objects.count() < ENTRIES:
        assert running.poll() is None, "the import ended before it could be killed"
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    assert Publication.objects.count() < ENTRIES
    call_command("import_statements", str(path))
    assert Publication.objects.count() == Statement.objects.filter(live=True).count() == ENTRIES
    assert list(verify()) == []
