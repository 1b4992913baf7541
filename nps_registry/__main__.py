"""``python -m nps_registry``: the same as the ``nps-registry`` command."""

from __future__ import annotations

from nps_registry.cli import main

if __name__ == "__main__":
    main()
