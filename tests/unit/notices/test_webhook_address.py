"""Webhooks lead to public addresses only, however a private one is written or hidden behind a name."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from nps_registry.errors import InvalidInput
from nps_registry.notices.webhook import sign
from nps_registry.notices.webhook_address import Destination, is_public, read_destination, resolve


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1",
        "::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::", "2001:db8::1",
        "fec0::1", "::7f00:1", "::ffff:0:7f00:1", "64:ff9b:1::7f00:1", "3fff::1", "5f00::1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_of_the_open_internet_is_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2600::1", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_an_address_of_the_open_internet_is_known(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "text",
    [
        "", "hook", "ftp://example.org/", "http://example.org/", "https://", "https://user:word@example.org/",
        "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://10.0.0.1:8443/x",
        "https://example.org:99999/", "https://exa mple.org/", "https://example.org/\nx", "https://example.org/ä",
        "https://[nonsense/", "javascript:alert(1)", "https://" + "a" * 2_000 + ".org/",
    ],
)  # fmt: skip
def test_what_no_webhook_may_lead_to_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_destination(text, private=False)
    assert refused.value.errors[0].field == "address"


def test_an_address_is_read_into_its_parts() -> None:
    read = read_destination("https://Hooks.Example.org:8443/in?key=1#part", private=False)
    assert read == Destination("https", "hooks.example.org", 8443, "/in?key=1")
    assert read.authority == "hooks.example.org:8443"
    assert read_destination("https://example.org", private=False).authority == "example.org"


@pytest.mark.parametrize("second", ["10.0.0.7", "::1", "169.254.169.254"])
def test_a_name_that_has_one_private_address_leads_nowhere(monkeypatch: pytest.MonkeyPatch, second: str) -> None:
    def two_addresses(_host: str, port: int, **_rest: Any) -> list[Any]:
        return [(0, 0, 0, "", ("8.8.8.8", port)), (0, 0, 0, "", (second, port))]

    monkeypatch.setattr(socket, "getaddrinfo", two_addresses)
    destination = Destination("https", "rebinding.example", 443, "/")
    assert resolve(destination, private=False) is None
    assert resolve(destination, private=True) == "8.8.8.8"


@pytest.mark.parametrize("written", ["2130706433", "0x7f.1", "127.1", "localhost"])
def test_this_machine_is_known_however_it_is_written(written: str) -> None:
    assert resolve(Destination("https", written, 443, "/"), private=False) is None


def test_a_signature_is_that_of_the_specifications_example() -> None:
    # The example of the Standard Webhooks specification.
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    signed = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="whsec_"):
        sign("whsec_not base64!", "id", 0, b"")
