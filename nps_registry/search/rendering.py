"""Answers as JSON in UTF-8, put together from cards that are rendered already.

The API and the command line write the same. Scores are written whole, masses and errors with four decimals.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from nps_registry.search.asked import Asked, describe_asked
from nps_registry.search.batch import BatchAnswer, BatchLine
from nps_registry.search.cards import extend_card
from nps_registry.search.explanation import Explanation
from nps_registry.search.features import FeatureAnswer, FeatureHit
from nps_registry.search.identity import IdentityAnswer
from nps_registry.search.mass import MassAnswer, MassHit
from nps_registry.search.names import NameAnswer
from nps_registry.search.similarity import SimilarityAnswer
from nps_registry.search.snapshot import Entry
from nps_registry.search.substructure import SubstructureAnswer

_ENCODE = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def to_json(value: object) -> bytes:
    """*value* as JSON without spaces."""
    return _ENCODE(value).encode()


def render_similarity(answer: SimilarityAnswer) -> bytes:
    """``{query, total, hits}``; a hit is a card with its score."""
    # %a writes every digit. Written out, because this is the one answer that is timed against an empty route.
    hits = [b'%b,"score":%a}' % (hit.entry.card[:-1], hit.score) for hit in answer.hits]
    return _render(describe_asked(answer), answer.total, hits)


def render_name(answer: NameAnswer) -> bytes:
    """``{query, total, hits}``; a hit is a card with the name that was met and its score."""
    hits = [
        extend_card(hit.entry.card, b'"matched":%b,"score":%a' % (to_json(hit.matched), hit.score))
        for hit in answer.hits
    ]
    return _render(describe_asked(answer), answer.total, hits)


def render_identity(answer: IdentityAnswer) -> bytes:
    """The structure as it was understood as ``query``, and lists of cards by how they are related to it."""
    lists = (
        ("exact", answer.exact),
        ("stereo_variants", answer.stereo_variants),
        ("same_skeleton", answer.same_skeleton),
        ("tautomers", answer.tautomers),
        ("positional_isomers", answer.positional_isomers),
    )
    parts = [b'"%b":[%b]' % (name.encode(), b",".join(_cards(entries))) for name, entries in lists]
    parts.append(b'"salt_names":%b' % to_json(answer.salt_names))
    return b'{"query":%b,%b}' % (to_json(describe_asked(answer)), b",".join(parts))


def render_mass(answer: MassAnswer) -> bytes:
    """``{query, total, hits}``; a hit is a card with adduct, m/z and error."""
    hits = [extend_card(hit.entry.card, _members(mass_members(hit))) for hit in answer.hits]
    return _render(describe_asked(answer), answer.total, hits)


def mass_members(hit: MassHit) -> dict[str, object]:
    """What a hit by mass says beside its card."""
    members: dict[str, object] = {
        "formula": hit.entry.row.formula,
        "mass_da": _rounded(hit.entry.row.mass_da),
        "adduct": hit.adduct,
        "mz": _rounded(hit.mz),
        "error_ppm": round(hit.error_ppm, 4),
    }
    return members if hit.isotope_score is None else members | {"isotope_score": round(hit.isotope_score, 4)}


def render_features(answer: FeatureAnswer) -> bytes:
    """``{query, total, explained, hits}``; a hit is a card with the peak that it explains."""
    hits = [extend_card(hit.entry.card, _members(feature_members(hit))) for hit in answer.hits]
    return _render(describe_asked(answer), len(hits), hits, {"explained": answer.explained})


def feature_members(hit: FeatureHit) -> dict[str, object]:
    """What a hit by a peak says beside its card."""
    return {
        "feature": hit.number,
        "label": hit.feature.label,
        "measured_mz": hit.feature.mz,
        "intensity": hit.feature.intensity,
        "formula": hit.entry.row.formula,
        "mass_da": _rounded(hit.entry.row.mass_da),
        "adduct": hit.adduct,
        "mz": round(hit.mz, 4),
        "error_ppm": round(hit.error_ppm, 4),
        "isotope_score": None if hit.isotope_score is None else round(hit.isotope_score, 4),
    }


def render_batch(answer: BatchAnswer) -> bytes:
    """``{query, found, errors, lines}``; a line says which row it answers, how, and with which card."""
    lines = [
        b'{%b,"substance":%b}' % (_members(line_members(line)), line.entry.card if line.entry else b"null")
        for line in answer.lines
    ]
    asked = to_json(describe_asked(answer))
    return b'{"query":%b,"found":%d,"errors":%d,"lines":[%b]}' % (asked, answer.found, answer.errors, b",".join(lines))


def line_members(line: BatchLine) -> dict[str, object]:
    """What a line of a batch says beside its card."""
    return {
        "row": line.number,
        "given": line.row.text,
        "label": line.row.label,
        "read_as": line.sort.value if line.sort else None,
        "match": line.match.value,
        "score": line.score,
        "note": line.note,
        "error": line.error,
    }


def render_explanation(answer: Explanation) -> bytes:
    """``{query, substance, score, bits, sentence, complete, limit_s, common, drawings}``."""
    members = {
        "score": answer.bits.tanimoto,
        "bits": {"common": answer.bits.common, "asked": answer.bits.asked, "found": answer.bits.found},
        "sentence": answer.difference.sentence,
        "complete": answer.difference.complete,
        "limit_s": answer.limit_s,
        "common": {"asked_atoms": answer.asked_atoms, "found_atoms": answer.found_atoms},
        "drawings": {"asked": answer.asked_svg, "found": answer.found_svg},
    }
    asked = to_json(describe_asked(answer) | {"smiles": answer.smiles})
    return b'{"query":%b,"substance":%b,%b}' % (asked, answer.entry.card, _members(members))


def render_substructure(answer: SubstructureAnswer) -> bytes:
    """Like the others, with how far the search went; a hit is a card with its atoms."""
    hits = [
        extend_card(hit.entry.card, b'"atoms":%b,"matches":%b' % (to_json(hit.atoms), to_json(hit.matches)))
        for hit in answer.hits
    ]
    progress: dict[str, object] = {
        "total_is_exact": answer.total_is_exact,
        "tested": answer.tested,
        "structures": answer.structures,
        "stopped": answer.stopped,
        "message": answer.sentence,
    }
    return _render(describe_asked(answer), answer.total, hits, progress)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _members(values: Mapping[str, object]) -> bytes:
    """*values* as members of an object, without its braces."""
    return to_json(values)[1:-1]


def _render(query: Asked, total: int, hits: Sequence[bytes], more: Mapping[str, object] | None = None) -> bytes:
    extra = b"," + _members(more) if more else b""
    return b'{"query":%b,"total":%d%b,"hits":[%b]}' % (to_json(query), total, extra, b",".join(hits))


def _cards(entries: Iterable[Entry]) -> list[bytes]:
    return [entry.card for entry in entries]
