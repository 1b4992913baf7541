"""What can go wrong when a registry is asked, as exceptions with the registry's own sentence."""

from __future__ import annotations

from nps_registry.client.answers import FieldProblem, Problem


class RegistryProblem(Exception):
    """The registry refused the request.

    Attributes:
        status: HTTP status.
        detail: one sentence: what is wrong, where, what to do.
        errors: the fields at fault, where the request had fields.
        type: key of the kind of refusal.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail or problem.title)
        self.status = problem.status
        self.detail = problem.detail
        self.errors: tuple[FieldProblem, ...] = problem.errors
        self.type = problem.type


class InvalidRequest(RegistryProblem):
    """Something in the request cannot be read or is out of bounds (400, 413, 415, 422)."""


class NotPermitted(RegistryProblem):
    """No token, one that is not valid, or one that may not do this (401, 403)."""


class NotFound(RegistryProblem):
    """Nothing by that name that the caller may see (404, 410)."""


class Conflict(RegistryProblem):
    """The request contradicts what is already there (409)."""


class TooBusy(RegistryProblem):
    """The registry asked for patience more often than this client has (429, 503)."""


class NoAnswer(Exception):
    """The registry cannot be reached, or what answered is no registry."""


_KINDS: dict[int, type[RegistryProblem]] = {
    **dict.fromkeys((400, 413, 415, 422), InvalidRequest),
    **dict.fromkeys((401, 403), NotPermitted),
    **dict.fromkeys((404, 410), NotFound),
    409: Conflict,
    **dict.fromkeys((429, 503), TooBusy),
}


def make_problem(problem: Problem) -> RegistryProblem:
    """The exception for *problem*, by its status."""
    return _KINDS.get(problem.status, RegistryProblem)(problem)
