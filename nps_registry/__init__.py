"""An open early-warning registry for new psychoactive substances."""

__version__ = "0.1.0"
