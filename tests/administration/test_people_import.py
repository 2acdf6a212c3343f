"""The administrators' pages for a list of people: upload, preview, confirmation, what was refused."""

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from subscribers import people_file
from subscribers.audit_kinds import AuditKind
from subscribers.models import AuditEvent, ImportedPerson, Invitation, PeopleImport
from tests import factories

pytestmark = pytest.mark.django_db

UPLOAD = "people_import_upload"


@pytest.fixture
def entered(client):
    client.force_login(factories.person(role="administrator"))
    return client


def sent(client, text: str | bytes, *, agency=None, name: str = "liste.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    form = {"file": SimpleUploadedFile(name, content), "agency": agency.pk if agency else ""}
    return client.post(reverse(UPLOAD), form)


def page_of(client, answer) -> str:
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return client.get(answer.url).content.decode()


def test_list_is_looked_at_confirmed_and_sent(entered, django_capture_on_commit_callbacks):
    agency = factories.agency(name="Işık Kurumu")
    answer = sent(entered, "e-posta;ad soyad\ncagla@x.example;Çağla Işık\nbozuk;\n", agency=agency)
    html = page_of(entered, answer)
    assert "1 kişi çağrılacak." in html
    assert "Çağla Işık" in html
    assert "“bozuk” bir e-posta adresi değil." in html
    assert not Invitation.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        html = page_of(entered, entered.post(answer.url))
        again = page_of(entered, entered.post(answer.url))
    assert "1 kişi çağrıldı." in html
    assert "1 kişi çağrıldı." in again
    assert [message.to for message in mail.outbox] == [["cagla@x.example"]]
    assert AuditEvent.objects.filter(kind=AuditKind.PEOPLE_IMPORT_CONFIRMED).count() == 1


def test_as_many_rows_as_a_file_may_have_are_looked_at(entered):
    agency = factories.agency(people_limit=10_000)
    text = "e-posta;ad\n" + "".join(f"k{number}@x.example;Ad\n" for number in range(people_file.MOST_ROWS))
    answer = sent(entered, text, agency=agency)
    html = page_of(entered, answer)
    assert "5.000 kişi çağrılacak." in html
    assert html.count("@x.example") == 100
    assert "k4999@x.example" in entered.get(f"{answer.url}?sayfa=50").content.decode()


def test_rows_whose_mail_did_not_go_out_are_invited_again_at_a_click(entered):
    answer = sent(entered, "e-posta\nbir@x.example\n", agency=factories.agency())
    assert "yeniden çağır" not in page_of(entered, answer)
    entered.post(answer.url)
    ImportedPerson.objects.update(outcome="mail_failed")
    Invitation.objects.update(mail_failed_at=timezone.now())
    assert "Postası gitmeyen 1 kişiyi yeniden çağır" in page_of(entered, answer)
    entered.post(answer.url, {"again": "1"})
    assert ImportedPerson.objects.get().outcome == "invited"
    assert Invitation.objects.count() == 2


def test_rows_are_narrowed_by_their_outcome(entered):
    answer = sent(entered, "e-posta\nbir@x.example\nbozuk\n", agency=factories.agency())
    html = entered.get(f"{answer.url}?sonuc=bad_address").content.decode()
    assert "bozuk" in html
    assert "bir@x.example" not in html
    assert entered.get(f"{answer.url}?sonuc=yok&sayfa=x").status_code == 200


def test_refused_rows_are_a_table_without_formulas(entered):
    answer = sent(
        entered, 'e-posta;ad\n=cmd;"=HYPERLINK(""x"")"\niyi@x.example;\n', agency=factories.agency()
    )
    table = entered.get(f"{answer.url}cagrilmayanlar/")
    assert table["Content-Disposition"] == 'attachment; filename="cagrilmayanlar.csv"'
    lines = table.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "e-posta;ad soyad;kurum kodu;kurum sorumlusu;satır;sonuç;neden"
    assert lines[1].startswith("'=cmd;\"'=HYPERLINK")
    assert "bir e-posta adresi değil" in lines[1]
    assert len(lines) == 2


def test_template_and_refused_rows_can_be_read_again(entered):
    template = entered.get(reverse("people_import_template")).content
    rows = people_file.read(template.rstrip() + b"\r\na@x.example;Ad;KOD;evet\r\n")
    assert (rows[0].email, rows[0].name, rows[0].code, rows[0].is_coordinator) == (
        "a@x.example",
        "Ad",
        "KOD",
        True,
    )
    answer = sent(entered, "e-posta;kurum kodu;sorumlu\na@x.example;YOK;evet\n")
    refused = entered.get(f"{answer.url}cagrilmayanlar/").content
    assert people_file.read(refused)[0].email == "a@x.example"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "Dosya boş"), (b"ad\nx\n", "başlıklı bir sütun yok"), (b"PK\x03\x04....", "hesap tablosu kitabı")],
)
def test_file_that_is_no_list_is_told_in_the_form_and_nothing_is_kept(entered, content, sentence):
    answer = sent(entered, content)
    assert sentence in answer.content.decode()
    assert not PeopleImport.objects.exists()


def test_file_beyond_the_limit_is_refused(entered):
    answer = sent(entered, b"e-posta\n" + b"a" * people_file.MOST_BYTES)
    assert "en çok 2 MB" in answer.content.decode()
    assert not ImportedPerson.objects.exists()


@pytest.mark.parametrize("role", ["editor", "chief_editor", "auditor", None])
def test_others_have_no_lists(client, role):
    made = PeopleImport.objects.create(file_name="x.csv", uploaded_by=factories.person().uuid)
    client.force_login(factories.person(role=role, agency=None if role else factories.agency()))
    for address in (
        reverse(UPLOAD),
        reverse("people_import_template"),
        reverse("people_import", args=[made.uuid]),
        reverse("people_import_refused", args=[made.uuid]),
    ):
        assert client.get(address).status_code == 302
        client.post(address)
    made.refresh_from_db()
    assert made.confirmed_at is None
