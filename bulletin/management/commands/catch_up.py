"""`manage.py catch_up NAME|--all [--rebuild] [--follow]`: brings projections in line with the log; the worker."""

import io
import logging
import signal
import threading
import time

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections
from django.utils.translation import gettext

from bulletin import projections

logger = logging.getLogger(__name__)

#: Seconds between two looks at the head of the log while following.
INTERVAL = 0.25

DAY = 24 * 60 * 60

#: What the worker does besides: commands of the rooms above and below, and the seconds from one time to the next.
#: They take turns, so none may work for long at a time.
CHORES = {
    "publish_scheduled": 15,
    "finish_redactions": 15,
    "invite_imported_people": 5,
    "destroy_past_retention": DAY,
    "clearsessions": DAY,
}


class Command(BaseCommand):
    help = "Yayım günlüğünden türetilenleri (listeler, arama, beslemeler) günlüğün sonuna yetiştirir."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "name", nargs="?", help="Yetiştirilecek izdüşüm: " + ", ".join(projections.names())
        )
        parser.add_argument("--all", action="store_true", help="Hepsi.")
        parser.add_argument("--rebuild", action="store_true", help="Boşaltıp günlüğün başından yeniden kur.")
        parser.add_argument("--follow", action="store_true", help="Durdurulana kadar günlüğü izle.")

    def handle(self, *args, name: str | None, **options) -> None:
        if bool(name) == options["all"]:
            raise CommandError(gettext("Bir izdüşüm adı ya da --all verin."))
        chosen = projections.names() if options["all"] else [name]
        failed = []
        for each in chosen:
            try:
                work = projections.rebuild if options["rebuild"] else projections.catch_up
                position = work(each)
            except projections.UnknownProjection as error:
                raise CommandError(
                    gettext("“%(name)s” diye bir izdüşüm yok. Olanlar: %(names)s.")
                    % {"name": each, "names": ", ".join(projections.names())}
                ) from error
            except BlockingIOError as error:
                raise CommandError(
                    gettext("“%(name)s” şu anda başka bir süreçte işleniyor.") % {"name": each}
                ) from error
            except Exception:
                # One that fails doesn't hold up the others.
                logger.exception("projection_failed name=%s", each)
                failed.append(each)
                continue
            self.stdout.write(f"{each}: {position.sequence}")
        if options["follow"]:
            self.follow(chosen)
        elif failed:
            raise CommandError(gettext("Yetiştirilemedi: %(names)s.") % {"names": ", ".join(failed)})

    def follow(self, chosen: list[str]) -> None:
        """Looks at the head every `INTERVAL` seconds until told to stop by SIGTERM or SIGINT."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        seen, due_at = None, dict.fromkeys(CHORES, time.monotonic())
        while not stop.wait(INTERVAL):
            close_old_connections()
            for chore in [chore for chore in CHORES if time.monotonic() >= due_at[chore]]:
                if stop.is_set():
                    return
                due_at[chore] = time.monotonic() + CHORES[chore]
                self.do(chore)
            try:
                head = projections.head()
                if head != seen and self.arrive(chosen, head):
                    seen = head
            except Exception:
                # The database or an engine is away: the next look tries again.
                logger.exception("projections_not_caught_up")
                stop.wait(INTERVAL * 8)

    def do(self, chore: str) -> None:
        """Runs the command `chore`; one that fails is noted and done again in its turn."""
        try:
            call_command(chore, stdout=io.StringIO())
        except Exception:
            logger.exception("chore_failed command=%s", chore)

    def arrive(self, chosen: list[str], head: projections.Position) -> bool:
        """Catches each projection up; whether all of them stand at `head`.

        One that another process is at may not: that process can be killed, so the next look asks again. One that fails
        doesn't hold up the others. Raises the first failure.
        """
        failure = None
        arrived = True
        for each in chosen:
            try:
                arrived &= projections.catch_up(each).sequence >= head.sequence
            except Exception as error:
                failure = failure or error
        if failure:
            raise failure
        return arrived
