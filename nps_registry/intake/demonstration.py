"""Invented reports for a demonstration registry: the same seed gives the same reports, and nobody dies.

Each substance is given a life: a year in which it turns up, a country where it does, a popularity, and a
spread to more countries from there. None of it is real, and everything that shows it says so.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from nps_registry.vocabulary.finding import EventType, Form, Setting

SEED = 20_200_101
FIRST_YEAR = 2018
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
# Laboratories of a demonstration: the country and how much of all reporting it does.
COUNTRIES: dict[str, int] = {
    "DE": 9, "NL": 8, "GB": 9, "SE": 7, "FR": 6, "PL": 5, "US": 10, "CA": 6, "AU": 6, "JP": 4, "BR": 4, "NZ": 3,
    "CH": 4, "ES": 5, "IT": 4, "FI": 3, "SI": 2, "HU": 3, "CL": 2, "ZA": 2, "SG": 2, "KR": 2, "EE": 2, "AR": 2,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cast:
    """A substance that the invented reports may name."""

    name: str
    smiles: str
    chemical_class: str


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented report: which country's laboratory sends it, when, and what it says."""

    country: str
    received_at: datetime
    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Life:
    cast: Cast
    starts: date
    popularity: float
    route: list[str]
    pace_days: int


def invent(
    substances: Sequence[Cast], adulterants: Sequence[str], count: int, *, until: date, seed: int = SEED
) -> Iterator[Invented]:
    """*count* invented reports in the order of their arrival.

    Args:
        substances: the new psychoactive substances that may turn up.
        adulterants: names of cutting agents found beside them.
        count: how many reports.
        until: the last day on which something is collected.
        seed: the same seed and arguments give the same reports.
    """
    chance = random.Random(seed)  # nothing secret depends on it
    lives = [_live(cast, chance, until) for cast in chance.sample(list(substances), min(len(substances), 420))]
    weights = [life.popularity for life in lives]
    reports = [
        _report(chance.choices(lives, weights)[0], adulterants, number, chance, until) for number in range(count)
    ]
    yield from sorted(reports, key=lambda report: (report.received_at, report.value["own_reference"]))


def _live(cast: Cast, chance: random.Random, until: date) -> _Life:
    days = (until - date(FIRST_YEAR, 1, 1)).days
    starts = date(FIRST_YEAR, 1, 1) + timedelta(days=int(days * chance.random() * 0.97))
    names, weights = list(COUNTRIES), list(COUNTRIES.values())
    route: list[str] = []
    while len(route) < chance.randint(1, 14):
        country = chance.choices(names, weights)[0]
        if country not in route:
            route.append(country)
    return _Life(cast, starts, chance.paretovariate(1.1), route, chance.randint(20, 260))


def _report(life: _Life, adulterants: Sequence[str], number: int, chance: random.Random, until: date) -> Invented:
    span = max((until - life.starts).days, 1)
    collected = life.starts + timedelta(days=min(int(span * chance.betavariate(1.2, 2.0)), span))
    reached = 1 + (collected - life.starts).days // life.pace_days
    country = chance.choice(life.route[: max(1, min(reached, len(life.route)))])
    analysed = min(collected + timedelta(days=chance.randint(1, 60)), until)
    value = {
        "own_reference": f"DEMO-{number:05d}",
        "event": {
            "type": chance.choice(_EVENTS).value,
            "collected_on": collected.isoformat(),
            "analysed_on": max(analysed, collected).isoformat(),
            "country": country,
            "setting": chance.choice(_SETTINGS).value,
        },
        "sharing": chance.choices(["public", "network", "country"], [90, 4, 6])[0],
        "items": [_item(life.cast, adulterants, chance)],
    }
    received = datetime(collected.year, collected.month, collected.day, 9, tzinfo=UTC)
    return Invented(country, received + timedelta(days=chance.randint(20, 80)), value)


def _item(cast: Cast, adulterants: Sequence[str], chance: random.Random) -> dict[str, Any]:
    detection: dict[str, Any] = {
        "structure": cast.smiles,
        "reported_as": cast.name,
        "role": "major",
        "result": "uncertain" if chance.random() < 0.03 else "positive",
        "techniques": chance.choice(_TECHNIQUES),
        "reference_material": chance.random() < 0.6,
    }
    detections = [detection]
    if adulterants and chance.random() < 0.3:
        detections.append({"name": chance.choice(adulterants), "role": "minor", "techniques": ["GC-MS"]})
    form = chance.choice(_FORMS.get(cast.chemical_class, _USUAL_FORMS))
    return {"form": form.value, "net_mass_g": round(chance.lognormvariate(1.0, 1.6), 2), "detections": detections}
