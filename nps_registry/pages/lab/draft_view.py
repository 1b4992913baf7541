"""A draft as its page shows it: every field with what was typed, what is wrong with it, and what others say of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nps_registry.errors import FieldError
from nps_registry.intake.draft_fields import OTHER_TECHNIQUES, Fields, layout_of
from nps_registry.intake.drafts import Content, OtherText
from nps_registry.localisation import gettext as _
from nps_registry.pages.lab.form_fields import DETECTION, EVENT, ITEM, SHARING, Asked, Group, Option, asked_fields

_FIELD_NAME = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")


@dataclass(frozen=True, slots=True)
class Other:
    """The text of a colleague who typed into the same field at the same time."""

    text: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field.

    Attributes:
        id: of the element, for labels and for links from the list of problems.
        values: those ticked, of several.
        faults: what is wrong with it.
        reasons: what a reviewer said of it.
    """

    asked: Asked
    name: str
    id: str
    value: str
    values: frozenset[str]
    options: Sequence[Option]
    faults: Sequence[str]
    reasons: Sequence[str]
    other: Other | None


@dataclass(frozen=True, slots=True)
class GroupView:
    """Fields that stand together; one with a title is folded unless it is open."""

    title: str
    fields: Sequence[FieldView]
    open: bool


@dataclass(frozen=True, slots=True)
class PartView:
    """An item or a detection: its name, its place, its fields, and what is wrong with it as a whole."""

    name: str
    id: str
    number: int
    groups: Sequence[GroupView]
    faults: Sequence[str]
    reasons: Sequence[str]
    called: str = ""
    detections: Sequence[PartView] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the list above the form: which field, and what is wrong."""

    target: str
    label: str
    message: str


@dataclass(frozen=True, slots=True)
class Told:
    """What is told beside the fields, by their names.

    Attributes:
        classes: the chemical classes to choose from.
        people: what each person of the organisation is called, by id.
    """

    faults: Mapping[str, Sequence[str]]
    reasons: Mapping[str, Sequence[str]]
    classes: Sequence[Option]
    people: Mapping[str, str]


def told(
    faults: Sequence[FieldError], reasons: Sequence[FieldError], classes: Sequence[Option], people: Mapping[str, str]
) -> Told:
    """Faults and reasons by field; the names of fields within the sentences become what people read."""
    return Told(_by_name(faults), _by_name(reasons), classes, people)


def _by_name(errors: Sequence[FieldError]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for error in errors:
        found.setdefault(error.field, []).append(say(error.message))
    return found


def say(message: str) -> str:
    """*message* with the labels of the form where it has names of fields."""
    if message == "Field required":
        return _("Fill this in.")
    labels = {name: asked.label for name, asked in asked_fields()}
    return _FIELD_NAME.sub(lambda met: f"“{_(labels[met[0]])}”" if met[0] in labels else met[0], message)


def id_of(name: str) -> str:
    """The id of the element of the field *name*."""
    return name.replace(".", "-") or "report"


def event_groups(content: Content, told: Told) -> list[GroupView]:
    """The groups about what happened."""
    return _groups(EVENT, "", content, told)


def sharing_groups(content: Content, told: Told) -> list[GroupView]:
    """The groups about who may see the report."""
    return _groups(SHARING, "", content, told)


def item_views(content: Content, told: Told) -> list[PartView]:
    """The items with their detections."""
    views: list[PartView] = []
    for number, (key, detections) in enumerate(layout_of(content.fields).items, start=1):
        name = f"items.{key}"
        inner = [
            _part(f"{name}.detections.{detection}", position, DETECTION, content, told)
            for position, detection in enumerate(detections, start=1)
        ]
        views.append(_part(name, number, ITEM, content, told, inner))
    return views


def _part(
    name: str, number: int, groups: Sequence[Group], content: Content, told: Told, inner: Sequence[PartView] = ()
) -> PartView:
    return PartView(
        name=name,
        id=id_of(name),
        number=number,
        groups=_groups(groups, f"{name}.", content, told),
        faults=told.faults.get(name, []),
        reasons=told.reasons.get(name, []),
        called=called(content.fields, name),
        detections=inner,
    )


def called(fields: Fields, detection: str) -> str:
    """What a detection is called in a line."""
    words = (fields.get(f"{detection}.{name}", "") for name in ("name", "reported_as", "candidates", "structure"))
    return " ".join(next((text for text in words if text.strip()), "").split())[:80]


def _groups(groups: Sequence[Group], prefix: str, content: Content, told: Told) -> list[GroupView]:
    views: list[GroupView] = []
    for group in groups:
        fields = [_field(asked, prefix + asked.name, content, told) for asked in group.fields]
        is_open = any(view.value or view.faults or view.reasons or view.other for view in fields)
        views.append(GroupView(group.title, fields, is_open))
    return views


def _field(asked: Asked, name: str, content: Content, told: Told) -> FieldView:
    value = content.fields.get(name, "")
    options = told.classes if asked.name == "chemical_class" else asked.options() if asked.options else ()
    if asked.widget == "choice" and value and value not in {key for key, _label in options}:
        options = [*options, (value, value)]  # kept as it was given, to be told of
    return FieldView(
        asked=asked,
        name=name,
        id=id_of(name),
        value=value,
        values=frozenset(value.split("\n")) if asked.widget == "ticks" else frozenset(),
        options=options,
        faults=told.faults.get(name, []),
        reasons=told.reasons.get(name, []),
        other=_other(content.others.get(name), told.people),
    )


def _other(other: OtherText | None, people: Mapping[str, str]) -> Other | None:
    return None if other is None else Other(other.text, people.get(other.person_id, _("a colleague")), other.at)


def problems_of(faults: Sequence[FieldError], fields: Fields) -> list[Problem]:
    """The list above the form, each line leading to its field."""
    labels = {name: asked.label for name, asked in asked_fields()}
    numbers = _numbers(fields)
    problems: list[Problem] = []
    for fault in faults:
        own = fault.field.rpartition(".")[2].replace(OTHER_TECHNIQUES, "techniques")
        part = fault.field if fault.field in numbers else fault.field.rpartition(".")[0]
        label = _(labels[own]) if own in labels and not own.isdigit() else ""
        label = " · ".join(each for each in (numbers.get(part, ""), label) if each)
        problems.append(Problem(id_of(fault.field), label, say(fault.message)))
    return problems


def _numbers(fields: Fields) -> dict[str, str]:
    """What each item and detection is called by its place."""
    places: dict[str, str] = {}
    for number, (key, detections) in enumerate(layout_of(fields).items, start=1):
        places[f"items.{key}"] = _("Item %(number)d") % {"number": number}
        for position, detection in enumerate(detections, start=1):
            places[f"items.{key}.detections.{detection}"] = _("Item %(number)d, detection %(position)d") % {
                "number": number,
                "position": position,
            }
    return places
