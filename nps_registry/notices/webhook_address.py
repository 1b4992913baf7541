"""Where a webhook may lead: to public addresses, over HTTPS. What a name stands for is looked up and then held to.

A name is checked by what it resolves to at the moment of sending, and the connection goes to the address that was
checked: a name that means something else a second later (DNS rebinding) leads nowhere else.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from nps_registry.errors import FieldError, InvalidInput
from nps_registry.localisation import gettext as _

MOST_CHARACTERS = 2_000
_PORTS = {"https": 443, "http": 80}
_TRANSLATED = ip_network("64:ff9b::/96")
"""IPv6 addresses that a translator turns into the IPv4 address in their last 32 bits (RFC 6052)."""
_GLOBAL_UNICAST = ip_network("2000::/3")
"""All that is given out as IPv6 addresses of the open internet; site-local ones, old wrappings of IPv4 and translators
within a site lie elsewhere, and Python's own ``is_global`` lets some of them pass."""
_FOR_DOCUMENTATION = ip_network("3fff::/20")


@dataclass(frozen=True, slots=True)
class Destination:
    """A webhook's address in parts.

    Attributes:
        host: in ASCII, an address or a name.
        target: path and query.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and, where it is not the usual one, port, as the Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def read_destination(text: str, *, private: bool) -> Destination:
    """The destination that *text*, an address as it was typed, names; *private* ones may be had over plain HTTP.

    Raises:
        InvalidInput: it is no address that a webhook may have.
    """
    sentence = _("Give the webhook's address as https://…, without user and password.")
    try:
        parts = urlsplit(text.strip())
        port = parts.port or _PORTS.get(parts.scheme, 0)
        host = (parts.hostname or "").encode("idna").decode() if not _is_address(parts.hostname) else parts.hostname
    except (ValueError, UnicodeError):
        raise _refuse(sentence) from None
    plain = len(text) <= MOST_CHARACTERS and text.strip().isascii() and text.strip().isprintable() and " " not in text
    if not plain or parts.scheme not in _PORTS or not host or parts.username is not None or not port:
        raise _refuse(sentence)
    if parts.scheme == "http" and not private:
        raise _refuse(_("Webhooks are sent over HTTPS only."))
    destination = Destination(
        parts.scheme, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    )
    if _is_address(host) and not private and not is_public(host):
        raise _refuse(_("Webhooks are not sent to private addresses."))
    return destination


def _is_address(host: str | None) -> bool:
    try:
        ip_address(host or "")
    except ValueError:
        return False
    return True


def _refuse(sentence: str) -> InvalidInput:
    return InvalidInput(sentence, errors=[FieldError("address", sentence)])


def resolve(destination: Destination, *, private: bool) -> str | None:
    """An address of the destination to connect to; none where one of those that its name has is not public.

    Raises:
        OSError: the name has no address.
    """
    found = socket.getaddrinfo(destination.host, destination.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not private and not all(map(is_public, addresses)):
        return None
    return addresses[0] if addresses else None


def is_public(text: str) -> bool:
    """Whether an address is one of the open internet, also where it wraps an IPv4 address."""
    address = ip_address(text.partition("%")[0])
    wrapped = _unwrap(address) if isinstance(address, IPv6Address) else None
    if wrapped is not None:
        address = wrapped
    if isinstance(address, IPv6Address) and (address not in _GLOBAL_UNICAST or address in _FOR_DOCUMENTATION):
        return False
    return address.is_global and not address.is_multicast


def _unwrap(address: IPv6Address) -> IPv4Address | None:
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
