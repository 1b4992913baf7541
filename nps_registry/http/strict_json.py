"""The strict reader of JSON, which stands with intake: rows of JSON Lines are read by it too."""

from nps_registry.intake.strict_json import decode_text, read_json

__all__ = ["decode_text", "read_json"]
