"""`manage.py import_statements FILE`: brings an archive of statements on offer, each at its own date."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext

from bulletin import projections
from newsroom.statement_import import Report, UnreadableSource, import_entry, read

#: Entries between two lines of progress where the output is not a terminal.
PROGRESS = 50


class Command(BaseCommand):
    help = (
        "Bir açıklama arşivini (SQLite ya da JSON Lines; docs/import.md) kendi tarihleriyle yayına alır. Yarıda "
        "kesilirse yeniden çalıştırılır; içeride olanlara dokunmaz. Reddedilen varsa çıkış kodu 1'dir; --lenient ile 0."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path, metavar="DOSYA")
        parser.add_argument("--lenient", action="store_true", help="Reddedilenler olsa da başarılı say.")

    def handle(self, *args, file: Path, lenient: bool = False, **options) -> None:
        report = Report()
        try:
            entries = list(read(file))
        except UnreadableSource as error:
            raise CommandError(str(error)) from error
        with projections.held_back():
            for number, entry in enumerate(entries, start=1):
                import_entry(entry, report)
                self.show_progress(number, len(entries))
        self.show(report)
        if report.refused and not lenient:
            raise CommandError(
                gettext("%(refused)d açıklama reddedildi; %(kept)d açıklama yayında.")
                % {"refused": len(report.refused), "kept": report.kept + report.already_there}
            )

    def show_progress(self, number: int, total: int) -> None:
        """A line that counts on at a terminal; elsewhere a line now and then."""
        if self.stdout.isatty():
            self.stdout.write(f"\r{number}/{total}", ending="\n" if number == total else "")
            self.stdout.flush()
        elif number % PROGRESS == 0 or number == total:
            self.stdout.write(f"{number}/{total}")

    def show(self, report: Report) -> None:
        if report.refused:
            self.stdout.write(
                gettext(
                    "Kaynaktaki kaydı eksik ya da hatalı olan, bu yüzden yayına alınmayanlar ve nedenleri:"
                )
            )
        for identifier, sentence in report.refused:
            self.stdout.write(f"{identifier}: {sentence}")
        self.stdout.write(
            gettext(
                "%(kept)d açıklama yayına alındı (%(approximate)d tanesinin yalnızca yılı biliniyor, %(cleaned)d "
                "başlık temizlendi), %(there)d tanesi zaten vardı, %(refused)d tanesi reddedildi."
            )
            % {
                "kept": report.kept,
                "approximate": report.approximate,
                "cleaned": report.cleaned_titles,
                "there": report.already_there,
                "refused": len(report.refused),
            }
        )
