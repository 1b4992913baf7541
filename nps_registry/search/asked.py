"""What was asked, as every answer repeats it: in JSON, in the files that people download, in a permanent address."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch

from nps_registry.chemistry.notes import Note
from nps_registry.search.batch import BatchAnswer
from nps_registry.search.explanation import Explanation
from nps_registry.search.features import FeatureAnswer
from nps_registry.search.identity import IdentityAnswer
from nps_registry.search.mass import MassAnswer
from nps_registry.search.names import NameAnswer
from nps_registry.search.questions import SubstructureQuestion
from nps_registry.search.similarity import SimilarityAnswer
from nps_registry.search.substructure import SubstructureAnswer
from nps_registry.vocabulary.search import Metric

Asked = dict[str, object]


@singledispatch
def describe_asked(answer: object) -> Asked:
    """The question of *answer* with what was understood of it, by the names that the API gives its parameters."""
    raise TypeError(f"no answer of a search: {type(answer).__name__}")


@describe_asked.register
def _similarity(answer: SimilarityAnswer) -> Asked:
    question = answer.question
    asked: Asked = {
        "structure": question.structure,
        "threshold": question.threshold,
        "limit": question.limit,
        "fingerprint": question.fingerprint.value,
        "metric": question.metric.value,
        "recipe": answer.recipe.id,
        "notes": write_notes(answer.notes),
    }
    if question.metric is Metric.TVERSKY:
        asked |= {"tversky_a": question.tversky_a, "tversky_b": question.tversky_b}
    return asked | question.among.told


@describe_asked.register
def _substructure(answer: SubstructureAnswer) -> Asked:
    question = answer.question
    if isinstance(question, SubstructureQuestion):
        asked: Asked = {"pattern": question.pattern, "read_as": question.read_as.value, "smarts": answer.read_as}
    else:
        asked = {"structure": question.structure, "smiles": answer.read_as}
    asked |= {
        "limit": question.limit,
        "total": "exact" if question.exact_total else "found",
        "limit_s": answer.limit_s,
        "notes": list(answer.notes),
    }
    return asked | question.among.told


@describe_asked.register
def _identity(answer: IdentityAnswer) -> Asked:
    identity = answer.reading.identity
    return {
        "structure": answer.question.structure,
        "smiles": identity.smiles,
        "inchi": identity.inchi,
        "inchikey": identity.inchikey,
        "stereo": identity.stereo.value,
        "formula": identity.formula,
        "mass_da": round(identity.mass_da, 4),
        "salt_forms": list(answer.reading.standardised.counter_ions),
        "solvents": list(answer.reading.standardised.solvents),
        "notes": write_notes(answer.reading.notes),
    }


@describe_asked.register
def _mass(answer: MassAnswer) -> Asked:
    question = answer.question
    asked: Asked = {"limit": question.limit}
    if question.formula is not None:
        asked |= {"formula": question.formula}
    elif question.mz is not None:
        asked |= {"mz": question.mz, "adduct": question.adduct, "ppm": question.ppm}
    else:
        asked |= {"mass_da": question.mass_da, "ppm": question.ppm}
    if question.isotopes:
        asked |= {"isotopes": list(question.isotopes)}
    return asked | question.among.told


@describe_asked.register
def _features(answer: FeatureAnswer) -> Asked:
    question = answer.question
    asked: Asked = {"features": len(question.features), "adducts": list(question.adducts), "ppm": question.ppm}
    return asked | question.among.told


@describe_asked.register
def _name(answer: NameAnswer) -> Asked:
    question = answer.question
    asked: Asked = {"q": question.text, "limit": question.limit, "meanings": answer.meanings}
    if answer.salt:
        asked |= {"salt_form": answer.salt}
    return asked | question.among.told


@describe_asked.register
def _batch(answer: BatchAnswer) -> Asked:
    return {"rows": len(answer.question.rows), "threshold": answer.question.threshold, "recipe": answer.recipe.id}


@describe_asked.register
def _explanation(answer: Explanation) -> Asked:
    question = answer.question
    return {
        "structure": question.structure,
        "accession": question.accession,
        "fingerprint": question.fingerprint.value,
        "recipe": answer.recipe.id,
        "notes": write_notes(answer.notes),
    }


def write_notes(notes: Iterable[Note]) -> list[dict[str, str]]:
    """What was done to a structure, for the asker."""
    return [{"code": note.code, "message": note.message} for note in notes]
