"""Answers as JSON in UTF-8, put together from cards that are rendered already.

The API and the command line write the same. Scores are written whole, masses and errors with four decimals.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from nps_registry.chemistry.notes import Note
from nps_registry.search.cards import extend_card
from nps_registry.search.identity import IdentityAnswer
from nps_registry.search.mass import MassAnswer, MassHit
from nps_registry.search.names import NameAnswer
from nps_registry.search.similarity import SimilarityAnswer
from nps_registry.search.snapshot import Entry
from nps_registry.search.substructure import SubstructureAnswer
from nps_registry.vocabulary.search import Metric


def to_json(value: object) -> bytes:
    """*value* as JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def render_similarity(answer: SimilarityAnswer) -> bytes:
    """``{query, total, hits}``; a hit is a card with its score."""
    asked = answer.question
    query: dict[str, object] = {
        "structure": asked.structure,
        "threshold": asked.threshold,
        "limit": asked.limit,
        "fingerprint": asked.fingerprint.value,
        "metric": asked.metric.value,
        "recipe": answer.recipe.id,
        "notes": render_notes(answer.notes),
    }
    if asked.metric is Metric.TVERSKY:
        query |= {"tversky_a": asked.tversky_a, "tversky_b": asked.tversky_b}
    # %a writes every digit. Written out, because this is the one answer that is timed against an empty route.
    hits = [b'%b,"score":%a}' % (hit.entry.card[:-1], hit.score) for hit in answer.hits]
    return _render(query, answer.total, hits)


def render_name(answer: NameAnswer) -> bytes:
    """``{query, total, hits}``; a hit is a card with the name that was met and its score."""
    hits = [
        extend_card(hit.entry.card, b'"matched":%b,"score":%a' % (to_json(hit.matched), hit.score))
        for hit in answer.hits
    ]
    return _render({"q": answer.question.text, "limit": answer.question.limit}, answer.total, hits)


def render_identity(answer: IdentityAnswer) -> bytes:
    """``{query, exact, stereo_variants, same_skeleton, tautomers}``: the structure as it was understood, four lists."""
    identity = answer.reading.identity
    query = {
        "structure": answer.question.structure,
        "smiles": identity.smiles,
        "inchi": identity.inchi,
        "inchikey": identity.inchikey,
        "stereo": identity.stereo.value,
        "formula": identity.formula,
        "mass_da": round(identity.mass_da, 4),
        "notes": render_notes(answer.reading.notes),
    }
    lists = (
        ("exact", answer.exact),
        ("stereo_variants", answer.stereo_variants),
        ("same_skeleton", answer.same_skeleton),
        ("tautomers", answer.tautomers),
    )
    parts = [b'"%b":[%b]' % (name.encode(), b",".join(_cards(entries))) for name, entries in lists]
    return b'{"query":%b,%b}' % (to_json(query), b",".join(parts))


def render_mass(answer: MassAnswer) -> bytes:
    """``{query, total, hits}``; a hit is a card with adduct, m/z and error."""
    asked = answer.question
    query: dict[str, object] = {"limit": asked.limit}
    if asked.formula is not None:
        query["formula"] = asked.formula
    elif asked.mz is not None:
        query |= {"mz": asked.mz, "adduct": asked.adduct, "ppm": asked.ppm}
    else:
        query |= {"mass_da": asked.mass_da, "ppm": asked.ppm}
    return _render(query, answer.total, [extend_card(hit.entry.card, _mass_members(hit)) for hit in answer.hits])


def _mass_members(hit: MassHit) -> bytes:
    mass_da = hit.entry.row.mass_da
    members = {
        "formula": hit.entry.row.formula,
        "mass_da": None if mass_da is None else round(mass_da, 4),
        "adduct": hit.adduct,
        "mz": None if hit.mz is None else round(hit.mz, 4),
        "error_ppm": round(hit.error_ppm, 4),
    }
    return to_json(members)[1:-1]


def render_substructure(answer: SubstructureAnswer) -> bytes:
    """``{query, total, tested, structures, stopped, message, hits}``; a hit is a card with the matched atoms."""
    query = {"pattern": answer.question.pattern, "limit": answer.question.limit, "limit_s": answer.limit_s}
    hits = [
        extend_card(hit.entry.card, b'"atoms":%b,"matches":%b' % (to_json(hit.atoms), to_json(hit.matches)))
        for hit in answer.hits
    ]
    progress = {
        "tested": answer.tested,
        "structures": answer.structures,
        "stopped": answer.stopped,
        "message": answer.sentence,
    }
    return _render(query, answer.total, hits, progress)


def render_notes(notes: Iterable[Note]) -> list[dict[str, str]]:
    """What was done to a structure, for the asker."""
    return [{"code": note.code, "message": note.message} for note in notes]


def _render(
    query: dict[str, object], total: int, hits: Sequence[bytes], more: dict[str, object] | None = None
) -> bytes:
    extra = b"," + to_json(more)[1:-1] if more else b""
    return b'{"query":%b,"total":%d%b,"hits":[%b]}' % (to_json(query), total, extra, b",".join(hits))


def _cards(entries: Iterable[Entry]) -> list[bytes]:
    return [entry.card for entry in entries]
