"""Re-identification over HTTP: one report or a thousand in one act, looked at before it is done."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from nps_registry.api.description import WITH_TOKEN, answers, resource
from nps_registry.api.review_shapes import CorrectionBody, CorrectionShape
from nps_registry.http.bodies import read_body, takes
from nps_registry.http.dependencies import BearerOfRequest, JsonBody, ServicesOfRequest, Writing
from nps_registry.intake import reidentification
from nps_registry.intake.reidentification import Correction
from nps_registry.intake.target import TargetPart
from nps_registry.vocabulary.report import Role, Scope

router = resource("/reports", "review")


@router.post(
    "/reidentify",
    summary="Correct what reports identified",
    response_model=None,
    responses=answers(CorrectionShape, 401, 403, 404, 409, 413, 415),
    openapi_extra=takes(CorrectionBody) | WITH_TOKEN,
)
def reidentify(
    services: ServicesOfRequest, session: Writing, bearer: BearerOfRequest, body: JsonBody
) -> dict[str, Any]:
    """A laboratory corrects its own reports, a curator everybody's. With ``preview`` nothing is changed."""
    bearer.require(Scope.REPORTS_WRITE if bearer.viewer.role is Role.LABORATORY else Scope.REVIEW)
    given = read_body(body, CorrectionBody)
    act = reidentification.preview if given.preview else reidentification.reidentify
    outcome = act(session, services.desk, bearer.viewer, correction_of(given))
    told = asdict(outcome)
    for report in told["reports"]:
        report["id"] = report.pop("report_id")
        report["places"] = [{"item": item, "index": index} for item, index in report["places"]]
    return {"preview": given.preview, **told, "demonstration": services.demonstration}


def correction_of(body: CorrectionBody) -> Correction:
    """What *body* asks for."""
    target = TargetPart(body.to.accession, body.to.structure, body.to.stereo, body.to.name)
    return Correction(
        to=target,
        reason=body.reason,
        substance=body.substance or None,
        references=tuple(dict.fromkeys(body.reports)),
        collected_from=body.collected_from,
        collected_to=body.collected_to,
        places=frozenset((place.item, place.index) for place in body.places),
    )
