"""The parameters that several searches share. Bounds are told here and checked by the question, the one validator."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from pydantic import BaseModel

from nps_registry.api.description import Responses, answers
from nps_registry.errors import FieldError, InvalidInput
from nps_registry.localisation import gettext as _
from nps_registry.search.questions import MOST_HITS
from nps_registry.search.restriction import FIRST_YEAR, LAST_YEAR, Restriction
from nps_registry.search.result_files import MEDIA_TYPES
from nps_registry.vocabulary.search import FileForm
from nps_registry.vocabulary.substance import EffectGroup

StructureText = Annotated[str, Query(description="SMILES or InChI; send a molfile by POST.", examples=["CCNC(C)C"])]
Limit = Annotated[int, Query(json_schema_extra={"minimum": 1, "maximum": MOST_HITS})]
Threshold = Annotated[float, Query(json_schema_extra={"minimum": 0, "maximum": 1})]
Form = Annotated[
    FileForm | None, Query(description="A file to be kept, which says where it comes from; JSON without it.")
]
_Year = Annotated[int | None, Query(json_schema_extra={"minimum": FIRST_YEAR, "maximum": LAST_YEAR})]


def answers_or_files(shape: type[BaseModel], *statuses: int) -> Responses:
    """An answer in *shape*, or as one of the files that :data:`Form` names; refusals with these *statuses*."""
    types = sorted({media_type.partition(";")[0] for media_type in MEDIA_TYPES.values()} - {"application/json"})
    files = {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in types}
    return {**answers(shape, *statuses), 200: {"model": shape, "content": files}}


async def _read_restriction(
    chemical_class: Annotated[str | None, Query(description="Key of a chemical class.")] = None,
    effect: EffectGroup | None = None,
    country: Annotated[str | None, Query(description="Reported in this country: ISO 3166-1 alpha-2, or XK.")] = None,
    control: Annotated[str | None, Query(description="On a list of this jurisdiction: UN or a country.")] = None,
    first_reported_from: _Year = None,
    first_reported_until: _Year = None,
) -> Restriction:
    return Restriction(chemical_class, effect, country, control, first_reported_from, first_reported_until)


# An async function: one that is not would cost a turn of the thread pool.
Among = Annotated[Restriction, Depends(_read_restriction)]


def read_heights(text: str) -> tuple[float, ...]:
    """Heights of isotope peaks, separated by commas.

    Raises:
        InvalidInput: something between the commas is no number.
    """
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    try:
        return tuple(float(part) for part in parts)
    except ValueError:
        sentence = _("The isotope peaks must be numbers separated by commas, like 100,11.9,0.8.")
        raise InvalidInput(sentence, errors=[FieldError("isotopes", sentence)]) from None
