"""One mail over SMTP, to a server that the settings name."""

from __future__ import annotations

import smtplib
import ssl
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from email.utils import formatdate, make_msgid
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from nps_registry.errors import NotReady
from nps_registry.localisation import gettext as _
from nps_registry.settings import Settings

_TIMEOUT_S = 30
_PORTS = {"smtp": 587, "smtps": 465}
_IN_ONE_LINE = default.clone(max_line_length=400)
"""Mail may have lines of 998 characters (RFC 5322); programs that read a folded List-Unsubscribe wrongly are known."""

Waiting = TypeVar("Waiting")
_ON_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in plain text, and in HTML too where that is given.

    Attributes:
        key: what a repeated delivery of the same letter is known by (in its Message-ID).
        unsubscribe: address that ends the subscription by one POST (RFC 8058), where the letter is of one.
    """

    key: str
    to: str
    subject: str
    body: str
    html: str = ""
    unsubscribe: str = ""


class NotDelivered(Exception):
    """The server did not take the letter.

    Attributes:
        for_good: whether trying again is useless (the server refused the recipient).
    """

    def __init__(self, reason: str, *, for_good: bool) -> None:
        super().__init__(reason)
        self.for_good = for_good


def require_mail(settings: Settings) -> None:
    """Refuse settings that no mail can be sent with.

    Raises:
        NotReady: naming the settings that are missing.
    """
    if not settings.smtp_url or not settings.mail_from:
        raise NotReady(_("Mail needs the settings NPS_SMTP_URL and NPS_MAIL_FROM; until then it waits."))


@contextmanager
def open_server(settings: Settings) -> Iterator[smtplib.SMTP]:
    """A connection to the mail server: over TLS from the start (``smtps``), or from STARTTLS on.

    Without TLS nothing is sent, for letters hold links that open accounts; only a server on this machine is
    trusted without.

    Raises:
        NotDelivered: the server does not answer, has no TLS, or does not know the user.
    """
    parts = urlsplit(settings.smtp_url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    context = ssl.create_default_context()
    try:
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=_TIMEOUT_S)
        with server:
            server.ehlo()
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            elif parts.scheme == "smtp" and host not in _ON_THIS_MACHINE:
                raise NotDelivered(_("The mail server offers no STARTTLS, so nothing is sent to it."), for_good=False)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            yield server
    except (OSError, smtplib.SMTPException) as fault:
        raise NotDelivered(str(fault) or type(fault).__name__, for_good=False) from fault


def carry_all(
    settings: Settings,
    waiting: Iterable[Waiting],
    carry: Callable[[smtplib.SMTP, Waiting], None],
    put_off: Callable[[Waiting, NotDelivered], None],
) -> None:
    """Let *carry* hand one of *waiting* after the other to the mail server.

    One at which the connection breaks is put off, and the others go over a new connection: a letter that the server
    does not bear must not take those behind it along, attempt by attempt. Where there is no connection to be had, all
    that are left are put off.
    """
    left = deque(waiting)
    while left:
        is_open = False
        try:
            with open_server(settings) as server:
                is_open = True
                while left:
                    carry(server, left[0])
                    left.popleft()
        except NotDelivered as fault:
            for _each in range(min(1, len(left)) if is_open else len(left)):  # none are left where only the bye failed
                put_off(left.popleft(), fault)


def send(server: smtplib.SMTP, letter: Letter, sender: str) -> None:
    """Hand *letter* to *server*.

    Raises:
        NotDelivered: it was not taken.
    """
    message = EmailMessage(policy=_IN_ONE_LINE)
    message["From"], message["To"], message["Subject"] = sender, letter.to, letter.subject
    message["Date"] = formatdate(usegmt=True)
    domain = sender.rpartition("@")[2]
    message["Message-ID"] = f"<{letter.key}@{domain}>" if letter.key else make_msgid(domain=domain)
    message["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.body)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    try:
        server.send_message(message, sender, [letter.to])
    except smtplib.SMTPRecipientsRefused as fault:
        code, words = next(iter(fault.recipients.values()))
        raise NotDelivered(f"{code} {words.decode('utf-8', 'replace')}", for_good=code >= 500) from fault
    except (smtplib.SMTPServerDisconnected, OSError):
        raise  # the connection is gone: nothing more can be sent over it
    except (smtplib.SMTPException, UnicodeError) as fault:
        raise NotDelivered(
            str(fault), for_good=isinstance(fault, smtplib.SMTPNotSupportedError | UnicodeError)
        ) from fault
