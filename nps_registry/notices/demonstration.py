"""The advisory of a demonstration: written from one of its own signals, by the steps that curators take.

It claims nothing of its own: the text is the draft that any curator begins with, headed by the sentence that all of it
is invented. It is about a substance without fatal or severe cases, so that nobody reads of deaths that never were.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nps_registry.accounts.seal import Seal
from nps_registry.localisation import gettext as _
from nps_registry.notices import advisories
from nps_registry.notices.advisories import Asked
from nps_registry.notices.advisory_text import AdvisoryText
from nps_registry.notices.drafting import draft_from
from nps_registry.store import signals, substances
from nps_registry.store.advisory_facts import read_facts
from nps_registry.store.engine import Session
from nps_registry.store.signals import SignalQuestion, SignalRow
from nps_registry.store.tables import Advisory, Substance
from nps_registry.store.viewer import VISITOR, Viewer
from nps_registry.vocabulary.signal import SignalKind
from nps_registry.vocabulary.substance import Nature

_KINDS = (SignalKind.SPREAD, SignalKind.INCREASE, SignalKind.FIRST_IN_REGION)
_LOOKED_AT = 20


def publish_example(session: Session, seal: Seal, writer: Viewer, publisher: Viewer) -> Advisory | None:
    """Publish one advisory from a signal of the demonstration; none where no signal is fit for it.

    Raises:
        NotReady: it cannot be signed.
    """
    for row, substance in _candidates(session):
        if any(facts.fatal or facts.severe for facts in read_facts(session, [substance])):
            continue
        text = _mark(draft_from(session, [substance], row.signal))
        draft = advisories.open_draft(session, writer, text, signal_id=row.signal.id)
        advisories.propose(session, Asked(draft.id, writer))
        return advisories.publish(session, seal, Asked(draft.id, publisher))
    return None


def _candidates(session: Session) -> Iterator[tuple[SignalRow, Substance]]:
    """Public signals of NPS, of the kinds that one would write about, the latest of each first."""
    for kind in _KINDS:
        question = SignalQuestion(kind=kind, nature=Nature.NPS)
        for row in signals.list_signals(session, VISITOR, question, limit=_LOOKED_AT, cursor=None).items:
            yield row, substances.by_accessions(session, [row.accession])[row.accession]


def _mark(text: AdvisoryText) -> AdvisoryText:
    sentence = _("Invented for a demonstration: none of these events took place.")
    return replace(text, summary=f"{sentence} {text.summary}")
