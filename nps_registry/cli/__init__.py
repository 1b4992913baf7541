"""The command line: results on stdout, progress and messages on stderr, every failure one sentence."""

from __future__ import annotations

import sys

from nps_registry.errors import Refusal


def main() -> None:
    """Run ``nps-registry``; exit 0 for success, 1 where the request cannot be answered, 2 for wrong usage."""
    from nps_registry.cli.commands import app  # after the guard below can catch what importing refuses

    try:
        app(prog_name="nps-registry")
    except Refusal as refusal:
        sys.stderr.write(f"nps-registry: {refusal.detail}\n")
        if len(refusal.errors) > 1:
            for error in refusal.errors:
                sys.stderr.write(f"  {error.field}: {error.message}\n")
        raise SystemExit(refusal.exit_code) from None
    except BrokenPipeError:
        # The reader (head, less) has seen enough.
        sys.stderr.close()
        raise SystemExit(0) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        sys.stderr.write(f"nps-registry: {where}{error.strerror or error}.\n")
        raise SystemExit(1) from None
