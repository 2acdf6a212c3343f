"""What is printed once the site answers."""

import run
from home import demo


def test_every_address_names_the_port_of_this_start():
    addresses = [word for word in run.welcome(8123).split() if word.startswith("http")]
    assert "http://127.0.0.1:8123/" in addresses
    assert all(address.startswith("http://127.0.0.1:8123/") for address in addresses)


def test_every_role_has_an_account_that_is_printed():
    printed = run.welcome(8000)
    roles = {account["role"] for account in demo.table("accounts")}
    assert roles == {
        "editor",
        "chief_editor",
        "subscriber",
        "coordinator",
        "strategist",
        "auditor",
        "administrator",
    }
    for account in demo.table("accounts"):
        (line,) = [line for line in printed.splitlines() if account["email"] in line]
        assert line.split() == [*account["role"].split("_"), account["email"], demo.PASSWORD]
