"""No wheel without the parts of the pages that are brought from npm: asked by hatchling before it builds one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebPartsHook(BuildHookInterface[Any]):
    """Refuses an incomplete wheel in one sentence."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Look whether the parts are there; an installation from a checkout serves them from where they are."""
        part = Path(self.root, "web", "static", "vendor", "openchemlib.js")
        if version != "editable" and not part.is_file():
            raise RuntimeError("web/static/vendor is empty: run 'make web-parts' first, which brings it from npm.")
