"""Where the web parts and the catalogue are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from nps_registry.assets import find_part, find_substances, find_web
from nps_registry.errors import NotReady


def test_a_checkout_uses_its_own_directories() -> None:
    root = Path(__file__).resolve().parents[2]
    assert (find_web(), find_substances()) == (root / "web", root / "substances")


def test_a_bundled_part_goes_before_one_beside_the_package(tmp_path: Path) -> None:
    package = tmp_path / "nps_registry"
    (package / "_bundled" / "web").mkdir(parents=True)
    (tmp_path / "web").mkdir()
    (tmp_path / "pyproject.toml").touch()
    assert find_part("web", package=package) == package / "_bundled" / "web"


def test_a_directory_of_that_name_beside_an_installed_package_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    with pytest.raises(NotReady, match="install nps-registry again"):
        find_part("web", package=tmp_path / "nps_registry")
