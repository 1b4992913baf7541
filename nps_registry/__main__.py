"""``python -m nps_registry`` is ``nps-registry``."""

from nps_registry.cli import main

main()
