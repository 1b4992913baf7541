"""Invented reports for a demonstration registry: the same seed gives the same reports, and nobody dies.

Each substance is given a life: a day on which it turns up, a country where it does, a popularity, and a
spread to more countries from there. None of it is real, and everything that shows it says so.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from nps_registry.intake.cast import Cast, Player
from nps_registry.vocabulary.finding import EventType, Form, Setting
from nps_registry.vocabulary.substance import Stereo

SEED = 20_200_101
FIRST_YEAR = 2018
LATE_ARRIVALS = 18
"""Substances that turn up in the last nine months, so that there is something new to see."""

_NINE_MONTHS_DAYS = 270
_TECHNIQUES = (["GC-MS"], ["GC-MS", "FTIR"], ["LC-MS", "NMR"], ["GC-MS", "NMR"], ["LC-HRMS"], ["FTIR"])
_EVENTS = (EventType.SEIZURE, EventType.SEIZURE, EventType.COLLECTED_SAMPLE, EventType.TEST_PURCHASE)
_SETTINGS = (Setting.POST, Setting.POLICE, Setting.BORDER, Setting.DRUG_CHECKING, Setting.INTERNET, Setting.PRISON)
_FORMS: dict[str, tuple[Form, ...]] = {
    "synthetic_cannabinoid": (Form.PLANT_MATERIAL, Form.E_LIQUID, Form.POWDER, Form.PAPER),
    "semi_synthetic_cannabinoid": (Form.VAPE_CARTRIDGE, Form.EDIBLE, Form.RESIN),
    "lysergamide": (Form.BLOTTER, Form.LIQUID),
    "benzodiazepine": (Form.TABLET, Form.POWDER),
    "nitazene": (Form.POWDER, Form.TABLET, Form.NASAL_SPRAY),
}
_USUAL_FORMS = (Form.POWDER, Form.CRYSTALS, Form.TABLET, Form.CAPSULE)
_PURE_FORMS = frozenset({Form.POWDER, Form.CRYSTALS})
_HYDROCHLORIDES = frozenset({
    "synthetic_cathinone", "phenethylamine", "arylcyclohexylamine", "fentanyl_analogue", "nitazene", "phenidate",
    "tryptamine", "piperazine",
})  # fmt: skip
_STRIPS = ("fentanyl_analogue", "benzodiazepine", "nitazene")
# Laboratories of a demonstration: the country and how much of all reporting it does.
COUNTRIES: dict[str, int] = {
    "DE": 9, "NL": 8, "GB": 9, "SE": 7, "FR": 6, "PL": 5, "US": 10, "CA": 6, "AU": 6, "JP": 4, "BR": 4, "NZ": 3,
    "CH": 4, "ES": 5, "IT": 4, "FI": 3, "SI": 2, "HU": 3, "CL": 2, "ZA": 2, "SG": 2, "KR": 2, "EE": 2, "AR": 2,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented report: which country's laboratory sends it, when, and what it says."""

    country: str
    received_at: datetime
    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _When:
    """The day of a report's collection, and the last day on which anything happens."""

    collected: date
    until: date


@dataclass(frozen=True, slots=True)
class _Life:
    player: Player
    starts: date
    popularity: float
    route: tuple[str, ...]
    pace_days: int


def invent(cast: Cast, count: int, *, until: date, seed: int = SEED) -> Iterator[Invented]:
    """*count* invented reports in the order of their arrival.

    The first report of each substance is public and says which it is; the others come as they may.

    Args:
        cast: what the reports may name.
        count: how many reports.
        until: the last day on which something is collected or arrives.
        seed: the same seed and arguments give the same reports.
    """
    chance = random.Random(seed)  # nothing secret depends on it
    lives = [_live(player, chance, until) for player in cast.players]
    for late in range(min(LATE_ARRIVALS, len(lives) // 8)):
        position = len(lives) - 1 - late  # the well-known stand first and are known for longer
        lives[position] = replace(lives[position], starts=until - timedelta(days=chance.randint(7, _NINE_MONTHS_DAYS)))
    weights = [life.popularity for life in lives]
    reports = [
        _first(lives[number], number, chance, until)
        if number < len(lives)
        else _later(chance.choices(lives, weights)[0], cast, number, chance, until)
        for number in range(count)
    ]
    yield from sorted(reports, key=lambda report: (report.received_at, report.value["own_reference"]))


def _live(player: Player, chance: random.Random, until: date) -> _Life:
    days = (until - date(FIRST_YEAR, 1, 1)).days
    share = chance.random() * (0.75 if player.is_well_known else 0.97)
    starts = date(FIRST_YEAR, 1, 1) + timedelta(days=int(days * share))
    names, weights = list(COUNTRIES), list(COUNTRIES.values())
    length = chance.randint(5, 20) if player.is_well_known else chance.randint(1, 8)
    route: list[str] = []
    while len(route) < length:
        country = chance.choices(names, weights)[0]
        if country not in route:
            route.append(country)
    popularity = min(chance.paretovariate(1.3), 12.0) * (4.0 if player.is_well_known else 0.7)
    return _Life(player, starts, popularity, tuple(route), chance.randint(20, 260))


def _first(life: _Life, number: int, chance: random.Random, until: date) -> Invented:
    """The report with which a substance turns up."""
    item = _item(life.player, [_detection(life.player, chance)], chance)
    return _report(number, _When(min(life.starts, until), until), life.route[0], item, "public", chance)


def _later(life: _Life, cast: Cast, number: int, chance: random.Random, until: date) -> Invented:
    span = max((until - life.starts).days, 1)
    collected = life.starts + timedelta(days=min(int(span * chance.betavariate(1.2, 2.0)), span))
    reached = 1 + (collected - life.starts).days // life.pace_days
    country = chance.choice(life.route[: max(1, min(reached, len(life.route)))])
    detections = [_in_part(cast, chance) or _detection(life.player, chance)]
    if cast.adulterants and chance.random() < 0.3:
        detections.append({"name": chance.choice(cast.adulterants), "role": "minor", "techniques": ["GC-MS"]})
    sharing = chance.choices(["public", "network", "country"], [90, 4, 6])[0]
    item = _item(life.player, detections, chance)
    return _report(number, _When(collected, until), country, item, sharing, chance)


def _report(  # noqa: PLR0917
    number: int, when: _When, country: str, item: dict[str, Any], sharing: str, chance: random.Random
) -> Invented:
    analysed = min(when.collected + timedelta(days=chance.randint(1, 40)), when.until)
    arrives = min(analysed + timedelta(days=chance.randint(1, 40)), when.until)
    value = {
        "own_reference": f"DEMO-{number:05d}",
        "event": {
            "type": chance.choice(_EVENTS).value,
            "collected_on": when.collected.isoformat(),
            "analysed_on": analysed.isoformat(),
            "country": country,
            "setting": chance.choice(_SETTINGS).value,
        },
        "sharing": sharing,
        "items": [item],
    }
    return Invented(country, datetime(arrives.year, arrives.month, arrives.day, 9, tzinfo=UTC), value)


def _item(player: Player, detections: Sequence[dict[str, Any]], chance: random.Random) -> dict[str, Any]:
    form = chance.choice(_FORMS.get(player.chemical_class, _USUAL_FORMS))
    main = detections[0]
    if form in _PURE_FORMS and "structure" in main and main["result"] == "positive" and chance.random() < 0.5:
        main["purity_percent"] = round(min(99.5, chance.gauss(78, 14)), 1)
        main["purity_basis"] = "salt" if "salt_form" in main else "base"
    return {"form": form.value, "net_mass_g": round(chance.lognormvariate(1.0, 1.6), 2), "detections": detections}


def _detection(player: Player, chance: random.Random) -> dict[str, Any]:
    """What a laboratory says that has identified the substance."""
    detection: dict[str, Any] = {
        "structure": player.smiles,
        "reported_as": player.name,
        "role": "major",
        "result": "uncertain" if chance.random() < 0.03 else "positive",
        "techniques": chance.choice(_TECHNIQUES),
        "reference_material": chance.random() < 0.6,
    }
    if player.chemical_class in _HYDROCHLORIDES and chance.random() < 0.6:
        detection["salt_form"] = "hydrochloride"
    return detection


def _in_part(cast: Cast, chance: random.Random) -> dict[str, Any] | None:
    """Now and then what a laboratory says that has not identified it, and none otherwise."""
    drawn = chance.random()
    if drawn < 0.03 and cast.look_alikes:
        candidates = list(chance.choice(cast.look_alikes))
        return {"candidates": candidates, "role": "major", "techniques": ["GC-MS"]}
    if drawn < 0.05:
        key = chance.choice(_STRIPS)
        return {"chemical_class": key, "reported_as": "test strip", "role": "major", "techniques": ["test strip"]}
    if drawn < 0.06:
        return {"unidentified": True, "reported_as": "not identified", "role": "major", "techniques": ["portable FTIR"]}
    return None


def invent_racemates(cast: Cast, *, until: date, seed: int = SEED) -> Iterator[Invented]:
    """A few reports in which a laboratory states a racemate of a substance that is listed with its centre open."""
    chance = random.Random(seed + 1)
    open_centres = [player for player in cast.players if player.is_well_known and player.stereo_is_open]
    for number, player in enumerate(open_centres[:2]):
        for repeat in range(3):
            detection = {**_detection(player, chance), "stereo": Stereo.RACEMIC.value, "result": "positive"}
            collected = until - timedelta(days=chance.randint(60, 600))
            country = ("DE", "NL", "FR")[repeat]
            item = _item(player, [detection], chance)
            yield _report(90_000 + 10 * number + repeat, _When(collected, until), country, item, "public", chance)
