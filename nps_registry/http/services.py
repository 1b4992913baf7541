"""What one server process holds for all its requests; built once by the application."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection

from nps_registry.http.metrics import Metrics
from nps_registry.search.index import SubstanceIndex
from nps_registry.settings import Settings
from nps_registry.store.engine import Engine
from nps_registry.vocabulary.report import RegistryMode

if TYPE_CHECKING:
    from nps_registry.accounts.seal import Seal
    from nps_registry.catalogue.class_rules import ClassRules
    from nps_registry.catalogue.records import RetiredAccession
    from nps_registry.intake.recent import RecentStructures
    from nps_registry.intake.understanding import Desk
    from nps_registry.search.substructure import SubstructureWorkers


@dataclass(frozen=True)
class Services:
    """Settings, database, index and figures of this process.

    Attributes:
        mode: whether this registry is a demonstration; fixed at its creation.
        catalogue_directory: where the class rules are read from when they are first needed.
    """

    settings: Settings
    engine: Engine
    index: SubstanceIndex
    mode: RegistryMode
    catalogue_directory: Path
    metrics: Metrics = field(default_factory=Metrics)

    @cached_property
    def rules(self) -> ClassRules:
        """The class rules, compiled at their first use: a server that only reads never needs them."""
        from nps_registry.catalogue.class_rules import ClassRules
        from nps_registry.catalogue.files import read_classes

        return ClassRules.build(read_classes(self.catalogue_directory))

    @cached_property
    def retired(self) -> Mapping[str, RetiredAccession]:
        """The numbers that the catalogue gave once and has no entry for, read when one is first asked for in vain."""
        from nps_registry.catalogue.files import read_retired

        return read_retired(self.catalogue_directory)

    @cached_property
    def substructure(self) -> SubstructureWorkers:
        """The processes that match substructures, from their first use on."""
        from nps_registry.search.substructure import SubstructureWorkers

        kernel = self.settings.index_directory / "kernel"
        return SubstructureWorkers(self.settings.substructure_limit_s, kernel=kernel)

    @cached_property
    def seal(self) -> Seal:
        """What second factors and links are kept encrypted with; the key file is made at its first use."""
        from nps_registry.accounts.seal import seal_of

        return seal_of(self.settings)

    @property
    def desk(self) -> Desk:
        """What receiving a report needs."""
        from nps_registry.intake.understanding import Desk

        return Desk(self.index, self.rules, self.demonstration, self.settings.comparison_limit_s, self._recent)

    @cached_property
    def _recent(self) -> RecentStructures:
        from nps_registry.intake.recent import RecentStructures

        return RecentStructures()

    def stop(self) -> None:
        """End what works beside the requests, and let go of the database."""
        self.index.stop()
        if "substructure" in vars(self):  # else it was never asked for
            self.substructure.stop()
        self.engine.dispose()

    @property
    def demonstration(self) -> bool:
        """Whether everything reported here is invented."""
        return self.mode is RegistryMode.DEMONSTRATION


def services_of(connection: HTTPConnection) -> Services:
    """The services of the application that serves *connection*."""
    services: Services = connection.app.state.services
    return services
