"""A report as it is typed: texts under flat names, valid or not, and the JSON value that they stand for.

``items.3.detections.5.structure`` is a field; ``items.3`` and ``items.3.detections.5`` stand for the item and the
detection themselves, so that one without a word in it is there too. The numbers are keys that a draft gives out once
each, not positions: what is removed before them moves nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from nps_registry.vocabulary.technique import USUAL_TECHNIQUES

Fields = Mapping[str, str]
HERE = "here"
"""What stands under the name of an item or a detection."""

OTHER_TECHNIQUES = "techniques_other"
MOST_ITEMS, MOST_DETECTIONS = 100, 200
_PART = re.compile(r"items\.(\d{1,6})(?:\.detections\.(\d{1,6}))?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


class Sort(Enum):
    """How a typed text becomes a JSON value."""

    TEXT = "text"
    NUMBER = "number"
    COUNT = "count"
    TRUTH = "truth"
    LINES = "lines"
    CODES = "codes"
    MOMENT = "moment"


_S = Sort
REPORT: dict[str, Sort] = {
    "own_reference": _S.TEXT, "sharing": _S.TEXT, "hold_until": _S.MOMENT, "legal_hold": _S.TRUTH, "note": _S.TEXT,
}  # fmt: skip
EVENT: dict[str, Sort] = {
    "type": _S.TEXT, "collected_on": _S.TEXT, "analysed_on": _S.TEXT, "country": _S.TEXT, "subdivision": _S.TEXT,
    "city": _S.TEXT, "setting": _S.TEXT, "case_reference": _S.TEXT, "departure_country": _S.TEXT,
    "transit_countries": _S.CODES, "destination_country": _S.TEXT, "transport": _S.TEXT, "concealment": _S.TEXT,
    "case_type": _S.TEXT, "outcome": _S.TEXT, "age_band": _S.TEXT, "sex": _S.TEXT,
}  # fmt: skip
ITEM: dict[str, Sort] = {
    "form": _S.TEXT, "specimen": _S.TEXT, "specimen_site": _S.TEXT, "sampling_interval_h": _S.NUMBER,
    "counterfeit_medicine": _S.TRUTH, "net_mass_g": _S.NUMBER, "gross_mass_g": _S.NUMBER, "volume_ml": _S.NUMBER,
    "units": _S.COUNT, "appearance": _S.TEXT, "sold_as": _S.TEXT,
}  # fmt: skip
DETECTION: dict[str, Sort] = {
    "structure": _S.TEXT, "stereo": _S.TEXT, "name": _S.TEXT, "reported_as": _S.TEXT, "formula": _S.TEXT,
    "chemical_class": _S.TEXT, "candidates": _S.LINES, "mz": _S.NUMBER, "adduct": _S.TEXT, "ppm": _S.NUMBER,
    "unidentified": _S.TRUTH, "role": _S.TEXT, "result": _S.TEXT,
    "salt_form": _S.TEXT, "purity_percent": _S.NUMBER, "purity_basis": _S.TEXT, "purity_per": _S.TEXT,
    "amount_per_unit_mg": _S.NUMBER, "concentration": _S.NUMBER, "concentration_unit": _S.TEXT,
    "limit_of_quantification": _S.NUMBER, "techniques": _S.LINES, "reference_material": _S.TRUTH,
    "library_match": _S.TRUTH, "causality": _S.TEXT, "causality_final": _S.TRUTH,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """The items of a draft in their order, each with its detections: keys, and the names they stand under."""

    items: tuple[tuple[str, tuple[str, ...]], ...]

    def item_name(self, index: int) -> str:
        """The name of the item at *index*."""
        return f"items.{self.items[index][0]}"

    def detection_name(self, index: int, detection: int) -> str:
        """The name of the detection at *detection* within the item at *index*."""
        key, detections = self.items[index]
        return f"items.{key}.detections.{detections[detection]}"


def layout_of(fields: Fields) -> Layout:
    """The items and detections that are there, by their keys."""
    found: dict[int, list[int]] = {}
    for name in fields:
        part = _PART.fullmatch(name)
        if part is not None:
            detections = found.setdefault(int(part[1]), [])
            if part[2] is not None:
                detections.append(int(part[2]))
    return Layout(
        tuple(
            (str(item), tuple(str(key) for key in sorted(detections)))
            for item, detections in sorted(found.items())
            if f"items.{item}" in fields
        )
    )


def part_of(name: str) -> tuple[str, ...]:
    """The item, and the detection, that the field *name* belongs to: outermost first; none for the report's own."""
    part = _PART.match(name)
    if part is None:
        return ()
    item = f"items.{part[1]}"
    return (item,) if part[2] is None else (item, part[0])


def known_fields(typed: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What was typed into fields that a report has; several values of one name become lines, empty ones nothing.

    Line ends are written alike: browsers send others than they show.
    """
    found: dict[str, str] = {}
    for name, text in typed:
        value = text.replace("\r\n", "\n").replace("\r", "\n")
        if value and _is_known(name):
            found[name] = f"{found[name]}\n{value}" if name in found else value
    return found


def _is_known(name: str) -> bool:
    part = _PART.match(name)
    if part is None:
        head, _dot, rest = name.partition(".")
        return (head == "event" and rest in EVENT) or name in REPORT
    rest = name[part.end() :].removeprefix(".")
    if not rest:
        return True
    names = ITEM if part[2] is None else DETECTION
    return rest in names or (part[2] is not None and rest == OTHER_TECHNIQUES)


def value_of(fields: Fields) -> dict[str, Any]:
    """The submission, as a JSON value, that *fields* stand for; what cannot be converted stays text, to be refused."""
    value = _convert(fields, "", REPORT)
    value["event"] = _convert(fields, "event.", EVENT)
    value["items"] = []
    for key, detections in layout_of(fields).items:
        item = _convert(fields, f"items.{key}.", ITEM)
        item["detections"] = [
            detection_value(fields, f"items.{key}.detections.{detection}") for detection in detections
        ]
        value["items"].append(item)
    return value


def detection_value(fields: Fields, name: str) -> dict[str, Any]:
    """The detection that stands under *name*, as a JSON value."""
    value = _convert(fields, f"{name}.", DETECTION)
    other = _lines(fields.get(f"{name}.{OTHER_TECHNIQUES}", ""))
    if other:
        value["techniques"] = [*value.get("techniques", []), *other]
    return value


def _convert(fields: Fields, prefix: str, sorts: Mapping[str, Sort]) -> dict[str, Any]:
    texts = ((name, sort, fields.get(prefix + name, "")) for name, sort in sorts.items())
    return {name: _CONVERT[sort](text) for name, sort, text in texts if text.strip()}


def _number(text: str) -> float | str:
    try:
        number = float(text.strip())
    except ValueError:
        return text
    # What Python reads and a reader of the form would not: 1_000, nan, infinity.
    return number if math.isfinite(number) and "_" not in text else text


def _count(text: str) -> int | float | str:
    stripped = text.strip()
    return int(stripped) if stripped.isascii() and stripped.isdigit() and len(stripped) < 20 else _number(text)


def _truth(text: str) -> bool | str:
    return {"true": True, "false": False}.get(text, text)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _codes(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;\s]+", text) if part.strip()]


def _moment(text: str) -> str:
    day = text.strip()
    return f"{day}T00:00:00Z" if _DAY.fullmatch(day) else day


_CONVERT: dict[Sort, Callable[[str], Any]] = {
    Sort.TEXT: str, Sort.NUMBER: _number, Sort.COUNT: _count, Sort.TRUTH: _truth, Sort.LINES: _lines,
    Sort.CODES: _codes, Sort.MOMENT: _moment,
}  # fmt: skip


def fields_of(value: Mapping[str, Any]) -> tuple[dict[str, str], int]:
    """The texts that stand for the submission *value*, and the last key given out: the way back of ``value_of``."""
    fields = _texts(value, "", REPORT) | _texts(value.get("event", {}), "event.", EVENT)
    last = 0
    for item in value.get("items", []):
        last += 1
        item_name = f"items.{last}"
        fields |= {item_name: HERE, **_texts(item, f"{item_name}.", ITEM)}
        for detection in item.get("detections", []):
            last += 1
            fields |= _detection_texts(detection, f"{item_name}.detections.{last}")
    return fields, last


def _detection_texts(value: Mapping[str, Any], name: str) -> dict[str, str]:
    techniques: Sequence[str] = value.get("techniques") or []
    offered = [each for each in techniques if each in USUAL_TECHNIQUES]
    other = [each for each in techniques if each not in USUAL_TECHNIQUES]
    fields = _texts({**value, "techniques": offered}, f"{name}.", DETECTION) | {name: HERE}
    return fields | ({f"{name}.{OTHER_TECHNIQUES}": "\n".join(other)} if other else {})


def _texts(value: Mapping[str, Any], prefix: str, sorts: Mapping[str, Sort]) -> dict[str, str]:
    texts = {prefix + name: _text(value[name], sort) for name, sort in sorts.items() if value.get(name) is not None}
    return {name: text for name, text in texts.items() if text}


def _text(value: Any, sort: Sort) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return (", " if sort is Sort.CODES else "\n").join(str(each) for each in value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def name_of(path: str, layout: Layout) -> str:
    """The name of the field that the path of an error (``items[0].detections[1].structure``) leads to."""
    steps = [int(index) if index else word for index, word in _STEP.findall(path)]
    names: list[str] = []
    indices = [step for step in steps if isinstance(step, int)]
    if steps[:1] != ["items"] or not indices or indices[0] >= len(layout.items):
        return ".".join(str(step) for step in steps if not isinstance(step, int))
    words = [step for step in steps if isinstance(step, str)]
    names.append(layout.item_name(indices[0]))
    if words[1:2] == ["detections"] and len(indices) > 1 and indices[1] < len(layout.items[indices[0]][1]):
        names[0] = layout.detection_name(indices[0], indices[1])
        words = words[1:]
    return ".".join([*names, *words[1:]])
