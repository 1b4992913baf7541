"""Bodies that a route reads itself: strictly as JSON, then against their shape, every fault named at once."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from nps_registry.errors import InvalidInput, field_of, sum_up
from nps_registry.http.strict_json import decode_text, read_json
from nps_registry.localisation import gettext as _

Body = TypeVar("Body", bound=BaseModel)


def read_body(body: bytes, shape: type[Body]) -> Body:
    """The *body* of a request as *shape*.

    Raises:
        MalformedRequest: it is not JSON that can be read.
        InvalidInput: with every field at fault.
    """
    value = read_json(decode_text(body))
    if not isinstance(value, dict):
        raise InvalidInput(_("The body must be a JSON object."))
    try:
        return shape.model_validate(value)
    except ValidationError as fault:
        errors = [field_of(each["loc"], each) for each in fault.errors()]
        raise InvalidInput(sum_up(errors), errors=errors) from None


def takes(shape: type[BaseModel]) -> dict[str, Any]:
    """The description of a body that the route reads itself, for ``openapi_extra``; its ``$defs`` go with it."""
    schema = shape.model_json_schema(ref_template="#/components/schemas/{model}")
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
