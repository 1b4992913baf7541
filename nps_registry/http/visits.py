"""A request as a visit of a browser: what it calls itself, where it comes from, how long a session lives here."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from fastapi import Request

from nps_registry.accounts.sessions import SignInRules
from nps_registry.accounts.signing_in import Visit
from nps_registry.http.services import Services

_ONE_SUBSCRIBER = 64
"""Bits of an IPv6 address that one subscriber has for all machines: limits count the network, not the machine."""


def visit_of(request: Request) -> Visit:
    """The browser behind *request*; the address is that which a trusted reverse proxy names, if there is one."""
    return Visit(request.headers.get("user-agent", ""), address_of(request))


def address_of(request: Request) -> str:
    """The network address that *request* comes from; of IPv6 the first 64 bits; ``unknown`` where there is none."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, _ONE_SUBSCRIBER), strict=False))
    return str(address)


def rules_of(services: Services) -> SignInRules:
    """How long sessions live, and how often one may try, by the settings."""
    settings = services.settings
    idle, longest = timedelta(minutes=settings.session_idle_min), timedelta(days=settings.session_days)
    return SignInRules(idle, longest, settings.sign_ins_per_hour)
