"""`make audit`: what could not be looked up is never called safe."""

import pytest

import audit

LOOKED_UP = {"name": "django", "version": "5.2", "vulns": []}
SKIPPED = {"name": "wagtail", "skip_reason": "Dependency not found on PyPI and could not be audited"}
FLAWED = {"name": "pillow", "version": "9.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["9.1"]}]}


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        ([LOOKED_UP], 0, "None of 1 pinned packages has a vulnerability known to pypi."),
        ([LOOKED_UP, SKIPPED], 3, "1 of 2 packages could not be looked up."),
        ([SKIPPED], 3, "1 of 1 packages could not be looked up."),
        ([], 3, "The lists name no package."),
        ([FLAWED], 1, "pillow 9.0: PYSEC-1, mended in 9.1"),
        ([FLAWED, SKIPPED], 1, "1 of 2 packages could not be looked up."),
    ],
)
def test_verdict_of_a_report(packages, code, said):
    answer, sentence = audit.verdict({"dependencies": packages}, "pypi")
    assert answer == code
    assert said in sentence


def test_audit_that_did_not_take_place_says_so_and_why(monkeypatch, capsys):
    monkeypatch.setattr(audit, "install", lambda lists: None)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    assert audit.main() == 3
    said = capsys.readouterr()
    assert said.err.startswith("NOT RUN  the audit of the pinned packages. pypi: ")
    assert said.out == ""
