"""The client itself: one object for one registry, its connections kept open between calls."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Literal, Self, TypeVar, Unpack
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from nps_registry.client.answers import (
    Batch,
    Card,
    Explanation,
    Identity,
    MassHits,
    NamedHits,
    PartHits,
    PeakHits,
    Problem,
    Receipt,
    ScoredHits,
    Substance,
    SubstancePage,
)
from nps_registry.client.filters import Filters, ListFilters, SimilarityFilters, require_known
from nps_registry.client.problems import NoAnswer, make_problem

Shape = TypeVar("Shape", bound=BaseModel)
Export = Literal["substances.csv", "substances.sdf", "substances.json", "substances.parquet", "reports.csv"]
FileForm = Literal["csv", "xlsx", "sdf", "json", "parquet"]
SearchKind = Literal["name", "identity", "similarity", "substructure", "superstructure", "mass"]
Filter = str | int | float | None

_PATIENT = frozenset({429, 503})
_HOPELESS = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)
"""Faults of the address or the token, which no second attempt mends."""
_LONGEST_WAIT_S = 60.0


class Registry:
    """A registry at an address.

    Args:
        address: of the registry, such as ``https://registry.example``.
        token: for what a visitor may not do; ``nps-registry tokens create`` prints one.
        timeout_s: seconds to wait for one answer.
        attempts: times that a request is made when the registry is busy (429, 503) or cannot be reached. A report
            that has no idempotency key is sent once.
        transport: how requests are sent, for tests.

    A filter that there is none of is a TypeError. Every method raises:
        RegistryProblem: the registry refused, by one of its subclasses, with the registry's sentence.
        NoAnswer: it cannot be reached, or what answered is no registry.
    """

    def __init__(
        self,
        address: str,
        *,
        token: str | None = None,
        timeout_s: float = 30.0,
        attempts: int = 4,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        self._attempts = max(1, attempts)
        self._http = httpx.Client(
            base_url=address.rstrip("/").removesuffix("/api/v1") + "/api/v1/",
            headers=headers,
            timeout=timeout_s,
            transport=transport,
            follow_redirects=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    # Search

    def named(self, name: str, **filters: Unpack[Filters]) -> NamedHits:
        """Substances that carry *name*, or one that is typed nearly so."""
        return self._get("search/name", NamedHits, q=name, **require_known(filters))

    def identify(self, structure: str, *, stereo: str | None = None) -> Identity:
        """Which substance *structure* (SMILES, InChI or molfile) is, and its relatives."""
        return self._post("search/identity", Identity, {"structure": structure, "stereo": stereo})

    def similar(
        self,
        structure: str,
        *,
        threshold: float = 0.5,
        fingerprint: str = "morgan",
        metric: str = "tanimoto",
        **filters: Unpack[SimilarityFilters],
    ) -> ScoredHits:
        """Substances that resemble *structure* (SMILES or InChI), by falling score."""
        asked: dict[str, Filter] = {"threshold": threshold, "fingerprint": fingerprint, "metric": metric}
        return self._get(
            "search/similarity", ScoredHits, structure=structure, **asked, **require_known(filters, SimilarityFilters)
        )

    def explain(self, structure: str, accession: str, *, fingerprint: str = "morgan") -> Explanation:
        """What the substance *accession* shares with *structure*, and what differs."""
        asked = {"accession": accession, "fingerprint": fingerprint}
        return self._get("search/explanation", Explanation, structure=structure, **asked)

    def containing(self, pattern: str, *, exact_total: bool = False, **filters: Unpack[Filters]) -> PartHits:
        """Substances that contain *pattern*, a SMARTS."""
        total = "exact" if exact_total else "found"
        return self._get("search/substructure", PartHits, pattern=pattern, total=total, **require_known(filters))

    def contained_in(self, structure: str, *, exact_total: bool = False, **filters: Unpack[Filters]) -> PartHits:
        """Substances that *structure* (SMILES or InChI) contains."""
        total = "exact" if exact_total else "found"
        return self._get("search/superstructure", PartHits, structure=structure, total=total, **require_known(filters))

    def weighing(
        self,
        *,
        mz: float | None = None,
        mass_da: float | None = None,
        formula: str | None = None,
        adduct: str = "[M+H]+",
        ppm: float = 5.0,
        isotopes: Iterable[float] = (),
        **filters: Unpack[Filters],
    ) -> MassHits:
        """Substances of one ion's m/z, of one neutral mass, or of one formula, which may leave counts open."""
        heights = ",".join(f"{height!r}" for height in map(float, isotopes)) or None
        asked = {"mz": mz, "mass_da": mass_da, "formula": formula, "adduct": adduct, "ppm": ppm, "isotopes": heights}
        return self._get("search/mass", MassHits, **asked, **require_known(filters))

    def explaining(
        self, peaks: Iterable[float | Sequence[float]], *, adducts: Iterable[str] = ("[M+H]+",), ppm: float = 5.0
    ) -> PeakHits:
        """Substances that explain *peaks*: each an m/z, or an m/z with its intensity."""
        pairs = [peak if isinstance(peak, Sequence) else (peak, None) for peak in peaks]
        features = [{"mz": mz, "intensity": intensity} for mz, intensity in pairs]
        return self._post("search/features", PeakHits, {"features": features, "adducts": list(adducts), "ppm": ppm})

    def look_up(self, rows: Iterable[str], *, threshold: float = 0.5) -> Batch:
        """Which substances *rows* of structures and names are; an error in the place of one that cannot be read.

        Raises:
            TypeError: *rows* is one text, which would be taken for a row per letter.
        """
        if isinstance(rows, str):
            raise TypeError("look_up takes a list of texts, not one text: put it in brackets")
        return self._post("search/batch", Batch, {"rows": list(rows), "threshold": threshold})

    def download(self, kind: SearchKind, form: FileForm, **asked: Filter) -> bytes:
        """The answer to a search as a file that says where it comes from; *asked* are the search's parameters."""
        return self._send("GET", f"search/{kind}", params=_given({**asked, "format": form})).content

    # Substances

    def substance(self, accession: str) -> Substance:
        """Everything public about one substance; for an entry that was merged, of the one that it went into."""
        return self._get(f"substances/{quote(accession, safe='')}", Substance)

    def substances(self, **filters: Unpack[ListFilters]) -> Iterator[Card]:
        """All substances that *filters* leave, page by page."""
        asked = require_known(filters, ListFilters)
        cursor: str | None = None
        while True:
            page = self._get("substances", SubstancePage, **asked, cursor=cursor)
            yield from page.items
            cursor = page.next
            if cursor is None:
                return

    def export(self, name: Export) -> bytes:
        """A whole public table."""
        return self._send("GET", f"exports/{name}").content

    # Reports

    def report(self, report: Mapping[str, Any], *, idempotency_key: str | None = None) -> Receipt:
        """Submit a report and answer its receipt. With a key it can be sent again safely, and is when need be."""
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        answer = self._send("POST", "reports", json=dict(report), headers=headers, again=bool(idempotency_key))
        return _read(answer, Receipt)

    # How requests are made

    def _get(self, path: str, shape: type[Shape], **params: Filter) -> Shape:
        return _read(self._send("GET", path, params=_given(params)), shape)

    def _post(self, path: str, shape: type[Shape], body: Mapping[str, Any]) -> Shape:
        return _read(self._send("POST", path, json=_given(body)), shape)

    def _send(self, method: str, path: str, *, again: bool = True, **request: Any) -> httpx.Response:
        """The answer, which is no refusal; busy registries and broken connections are tried again with patience."""
        last = self._attempts - 1 if again else 0
        for attempt in range(last + 1):
            try:
                answer = self._http.request(method, path, **request)
            except httpx.TransportError as fault:
                if attempt == last or isinstance(fault, _HOPELESS):
                    raise NoAnswer(f"The registry at {self._http.base_url} cannot be reached: {fault}") from fault
                time.sleep(_pause_s(attempt))
                continue
            if answer.status_code not in _PATIENT or attempt == last:
                break
            time.sleep(_pause_s(attempt, answer.headers.get("retry-after", "")))
        if answer.is_success:
            return answer
        raise make_problem(_read_problem(answer))


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _pause_s(attempt: int, told: str = "") -> float:
    """Seconds to wait before the next attempt: what the registry said, else twice as long each time."""
    return min(float(told), _LONGEST_WAIT_S) if told.isdigit() else 0.25 * 2.0**attempt


def _read(answer: httpx.Response, shape: type[Shape]) -> Shape:
    try:
        return shape.model_validate_json(answer.content)
    except ValidationError as fault:
        raise NoAnswer(f"What {answer.url} answered is not what a registry answers: {fault}") from fault


def _read_problem(answer: httpx.Response) -> Problem:
    try:
        return Problem.model_validate_json(answer.content)
    except ValidationError:
        return Problem(status=answer.status_code, title=answer.reason_phrase)
