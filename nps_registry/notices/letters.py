"""The letters about accounts and opt-ins, in words."""

from __future__ import annotations

from nps_registry.accounts.invitations import path_of_invitation
from nps_registry.accounts.resets import mint_reset, path_of_reset
from nps_registry.accounts.seal import Seal
from nps_registry.localisation import gettext as _
from nps_registry.notices.criteria import read_criteria
from nps_registry.notices.mail import Letter
from nps_registry.notices.subscribing import path_of_opt_in
from nps_registry.notices.telling import describe_criteria
from nps_registry.store import subscriptions
from nps_registry.store.engine import Session
from nps_registry.store.tables import OutboxMessage
from nps_registry.store.viewer import VISITOR
from nps_registry.vocabulary.report import Role


def write_letter(session: Session, seal: Seal, message: OutboxMessage, public_url: str) -> Letter | None:
    """The letter of an outbox message; none where there is nobody to write to any longer.

    Raises:
        KeyError: the message is of a kind that is not known here.
    """
    writers = {"invitation": _invitation, "password_reset": _password_reset, "opt_in": _opt_in}
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


def _opt_in(session: Session, seal: Seal, message: OutboxMessage, public_url: str) -> Letter | None:
    told = message.content
    secret = seal.open(str(told["sealed"]))
    row = subscriptions.find(session, str(told["subscription"]))
    if secret is None or row is None or row.confirmed_at is not None:
        return None
    criteria = read_criteria(row.criteria)
    names = subscriptions.find_labels(session, criteria.substances, criteria.classes, VISITOR)
    wishes = "\n".join(f"  {label}: {text}" for label, text in describe_criteria(criteria, names))
    body = _(
        "Somebody asked the NPS registry, %(url)s, to send notices to this address:\n\n"
        "%(wishes)s\n\n"
        "Open this link within three days to get them:\n\n%(link)s\n\n"
        "If it was not you, do nothing: nothing is sent, and the address is deleted after three days."
    ) % {"url": public_url, "wishes": wishes, "link": public_url + path_of_opt_in(secret)}
    return Letter(message.id, str(told["to"]), _("Confirm your subscription to the NPS registry"), body)
