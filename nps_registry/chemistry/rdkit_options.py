"""Setting options on RDKit's parameter objects, which would take a misspelt name without a word."""

from __future__ import annotations


def set_options(target: object, **options: object) -> None:
    """Set each of *options* on *target*.

    Raises:
        AttributeError: *target* has no option of that name.
    """
    for name, value in options.items():
        if not hasattr(type(target), name):
            raise AttributeError(f"{type(target).__name__} has no option {name!r}")
        setattr(target, name, value)
