"""The letters about accounts, in words."""

from __future__ import annotations

from nps_registry.accounts.invitations import path_of_invitation
from nps_registry.accounts.resets import mint_reset, path_of_reset
from nps_registry.accounts.seal import Seal
from nps_registry.localisation import gettext as _
from nps_registry.notices.mail import Letter
from nps_registry.store.engine import Session
from nps_registry.store.tables import OutboxMessage
from nps_registry.vocabulary.report import Role


def write_letter(session: Session, seal: Seal, message: OutboxMessage, public_url: str) -> Letter | None:
    """The letter of an outbox message; none where there is nobody to write to any longer.

    Raises:
        KeyError: the message is of a kind that is not known here.
    """
    writers = {"invitation": _invitation, "password_reset": _password_reset}
    return writers[str(message.content["kind"])](session, seal, message, public_url)


def _invitation(session: Session, seal: Seal, message: OutboxMessage, public_url: str) -> Letter | None:
    told = message.content
    secret = seal.open(str(told["sealed"]))
    if secret is None:
        return None
    body = _(
        "You are invited to the NPS registry at %(url)s\n"
        "as %(role)s of %(organisation)s.\n\n"
        "Open this link within seven days to make your account:\n\n%(link)s\n\n"
        "The link works once. If you do not know what this is about, do nothing."
    ) % {
        "url": public_url,
        "role": Role(str(told["role"])).label,
        "organisation": told["organisation"],
        "link": public_url + path_of_invitation(secret),
    }
    return Letter(message.id, str(told["to"]), _("Invitation to the NPS registry"), body)


def _password_reset(session: Session, _seal: Seal, message: OutboxMessage, public_url: str) -> Letter | None:
    email = str(message.content["to"])
    secret = mint_reset(session, email, actor="mail")
    if secret is None:
        return None
    body = _(
        "Somebody asked to reset the password of your account at the NPS registry, %(url)s.\n\n"
        "Open this link within an hour to choose a new one:\n\n%(link)s\n\n"
        "The link works once. The second factor stays as it is. If it was not you, do nothing."
    ) % {"url": public_url, "link": public_url + path_of_reset(secret)}
    return Letter(message.id, email, _("A new password for the NPS registry"), body)
