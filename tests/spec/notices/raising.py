"""The shortest way to something that is told: substances, signals and advisories with their messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from nps_registry.chemistry.depict import write_molblock
from nps_registry.chemistry.fingerprints import MORGAN, fingerprint, pattern_fingerprint
from nps_registry.chemistry.reading import read
from nps_registry.store import outbox
from nps_registry.store.engine import Engine, Session, writing
from nps_registry.store.registry import create_registry
from nps_registry.store.tables import (
    Advisory,
    ChemicalClass,
    Rendering,
    Signal,
    SignalReport,
    Substance,
)
from nps_registry.vocabulary.advisory import Severity
from nps_registry.vocabulary.report import RegistryMode
from nps_registry.vocabulary.signal import AdvisoryState, SignalKind, TrafficLight
from nps_registry.vocabulary.substance import Status

THIS_YEAR = datetime.now(UTC).year
MMC3, MMC4, FENTANYL = "CNC(C)C(=O)c1cccc(C)c1", "CNC(C)C(=O)c1ccc(C)cc1", "CCC(=O)N(c1ccccc1)C1CCN(CCc2ccccc2)CC1"


def make_registry(engine: Engine, mode: RegistryMode = RegistryMode.REAL) -> dict[str, int]:
    """A registry of three substances: ``NPS-000001`` and ``-2`` are alike, ``-3`` is a fentanyl; answers their ids."""
    with writing(engine) as session:
        create_registry(session, mode)
        session.add_all(
            ChemicalClass(key=key, label=key.replace("_", " ").capitalize(), position=position)
            for position, key in enumerate(("synthetic_cathinone", "fentanyl_analogue"))
        )
        session.flush()
        return {
            "3-MMC": add_structure(session, "NPS-000001", "3-MMC", MMC3, "synthetic_cathinone", "stimulant"),
            "4-MMC": add_structure(session, "NPS-000002", "4-MMC", MMC4, "synthetic_cathinone", "stimulant"),
            "fentanyl": add_structure(
                session, "NPS-000003", "Fentanyl", FENTANYL, "fentanyl_analogue", "synthetic_opioid"
            ),
        }


def add_structure(
    session: Session, accession: str, name: str, smiles: str, chemical_class: str, effect: str, **more: Any
) -> int:
    """A substance with its structure and fingerprints; answers its id."""
    reading = read(smiles)
    identity, mol = reading.identity, reading.standardised.parent
    values: dict[str, Any] = {"status": Status.LISTED, "from_catalogue": True} | more
    row = Substance(
        accession=accession,
        name=name,
        smiles=identity.smiles,
        inchi=identity.inchi,
        inchikey=identity.inchikey,
        skeleton=identity.skeleton,
        stereo=identity.stereo,
        formula=identity.formula,
        mass_da=identity.mass_da,
        chemical_class=chemical_class,
        effect_groups=[effect],
        **values,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    session.add(
        Rendering(
            substance_id=row.id,
            svg="",
            molblock=write_molblock(mol, scaffold=None, name=accession),
            recipe=MORGAN.id,
            fingerprint=fingerprint(mol, MORGAN),
            pattern_fingerprint=pattern_fingerprint(mol),
        )
    )
    session.flush()
    return row.id


def raise_signal(
    engine: Engine,
    substance_id: int,
    kind: SignalKind = SignalKind.FIRST_IN_COUNTRY,
    *,
    country: str | None = "DE",
    public: bool = True,
    reports: Sequence[str] = (),
    year: int = THIS_YEAR,
) -> str:
    """A signal with the message of the outbox that tells of it, in one transaction; answers its id."""
    with writing(engine) as session:
        signal = Signal(
            key=f"{kind}:{substance_id}:{country}:{public}:{year}:{len(reports)}",
            kind=kind,
            substance_id=substance_id,
            country=country,
            year=year,
            quarter=4,
            public=public,
        )
        session.add(signal)
        session.flush()
        session.add_all(SignalReport(signal_id=signal.id, report_id=report) for report in reports)
        tell_of_signal(session, signal.id, "raised")
        return signal.id


def tell_of_signal(session: Session, signal_id: str, change: str) -> None:
    """The message that tells what happened to a signal."""
    outbox.add(session, "notice.signal", [{"signal": signal_id, "change": change}])


def publish_advisory(
    engine: Engine,
    advisory_id: str = "ADV-1",
    *,
    substance_ids: Sequence[int] = (),
    countries: Sequence[str] = (),
    audience: TrafficLight = TrafficLight.CLEAR,
    recipients: Sequence[str] = (),
    severity: Severity = Severity.HIGH,
    title: str = "A strong opioid is sold as another",
) -> str:
    """A published advisory with the message that tells of it, in one transaction; answers its id."""
    with writing(engine) as session:
        session.add(
            Advisory(
                id=advisory_id,
                state=AdvisoryState.PUBLISHED,
                audience=audience,
                recipients=list(recipients),
                severity=severity,
                title=title,
                substance_ids=list(substance_ids),
                countries=list(countries),
                published_at=datetime.now(UTC),
            )
        )
        session.flush()
        tell_of_advisory(session, advisory_id, "published")
    return advisory_id


def tell_of_advisory(session: Session, advisory_id: str, change: str, revision: int = 1) -> None:
    """The message that tells what happened to an advisory."""
    content: dict[str, object] = {"advisory": advisory_id, "revision": revision, "change": change}
    outbox.add(session, "notice.advisory", [content])
