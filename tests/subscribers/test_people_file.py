"""Lists of people as spreadsheets write them, and what is refused as a whole."""

import pytest
from django.core.exceptions import ValidationError

from subscribers import people_file
from subscribers.people_file import Row, read

ROW = Row(2, "isik@kurum.example", "Işık Çağlar", "MFA", False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1254", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_way_of_writing_a_file_gives_the_same_people(encoding, delimiter, end):
    cells = [["E-posta adresi", "Ad Soyad", "Kurum kodu", "Kurum sorumlusu"]]
    cells += [["ISIK@kurum.example ", "Işık Çağlar", "MFA", "hayır"]]
    text = end.join(delimiter.join(line) for line in cells) + end
    assert read(text.encode(encoding)) == [ROW]


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("e-mail;first name;surname;agency code;coordinator", "isik@kurum.example;Işık;Çağlar;MFA;no"),
        ("E-POSTA;AD;SOYADI;KURUM KODU;SORUMLU", "isik@kurum.example;Işık;Çağlar;MFA;H"),
        ("sıra;Adı Soyadı;eposta;KOD;açıklama", "1;Işık Çağlar;isik@kurum.example;MFA;not"),
        ("İSİM;SOYİSİM;E Posta;kurum", "Işık;Çağlar;isik@kurum.example;MFA"),
    ],
)
def test_headers_are_known_in_both_languages(header, cells):
    assert read(f"{header}\n{cells}\n".encode()) == [ROW]


def test_line_in_front_that_names_the_delimiter_is_passed():
    assert read(b"sep=;\ne-posta;kod\na@b.example;X\n")[0] == Row(3, "a@b.example", "", "X", False)


def test_empty_lines_are_passed_and_lines_keep_their_numbers():
    rows = read(b'\ne-posta,ad\n\na@b.example,"iki\nsatir"\n;;\n,,\nc@b.example,x\n')
    assert [(row.line, row.email) for row in rows] == [(4, "a@b.example"), (6, ";;"), (8, "c@b.example")]


def test_one_column_is_enough():
    assert [row.email for row in read(b"eposta\na@b.example\n")] == ["a@b.example"]


def test_what_is_neither_yes_nor_no_is_left_to_be_told():
    rows = read(b"eposta;sorumlu\na@b.example;evet\nb@b.example;belki\n")
    assert [row.is_coordinator for row in rows] == [True, None]


def test_as_many_people_as_may_be_are_read():
    many = "e-posta\n" + "\n".join(f"k{number}@b.example" for number in range(people_file.MOST_ROWS))
    assert len(read(many.encode())) == people_file.MOST_ROWS
    with pytest.raises(ValidationError, match=r"en çok 5\.000 kişi"):
        read(f"{many}\nbir@fazla.example".encode())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Dosya boş"),
        (b"\xef\xbb\xbf", "Dosya boş"),
        (b" \n;;\n", "Dosya boş"),
        (b"e-posta;ad\n", "başlıklardan başka satır yok"),
        (b"ad;soyad\na;b\n", "1. satırda “e-posta” başlıklı bir sütun yok. Başlıklar: ad, soyad."),
        (b"e-posta;eposta\na;b\n", "“eposta” sütunu iki kez var"),
        (b'e-posta;ad\na@b.example;"acik\n', "2. satırdan başlayan tırnak kapanmıyor"),
        (b"e-posta\n" + b"x" * 200_000, "2. satırdan başlayan"),
        (b"PK\x03\x04" + b"\x00" * 50, "hesap tablosu kitabı"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 50, "hesap tablosu kitabı"),
        (b"e-posta\nx\x00y\n", "yazısı okunamadı"),
        (b"\x81\x8d\xff e-posta", "yazısı okunamadı"),
        (b"\xff\xfe\x00", "yazısı okunamadı"),
        (b"a" * (people_file.MOST_BYTES + 1), "en çok 2 MB"),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(content, sentence):
    with pytest.raises(ValidationError, match=sentence):
        read(content)
