"""``nps-registry serve``: answer over HTTP."""

from __future__ import annotations

import socket

import typer

from nps_registry.errors import NotReady
from nps_registry.localisation import gettext as _
from nps_registry.settings import Settings, read_settings

app = typer.Typer(add_completion=False)


@app.command()
def serve() -> None:
    """Serve the registry at NPS_HOST and NPS_PORT until it is stopped."""
    settings = read_settings()
    _require_free(settings)
    import uvicorn  # only this command needs it
    from uvicorn.supervisors import Multiprocess

    typer.echo(_("nps-registry at %(url)s (stop with Ctrl-C)") % {"url": settings.public_url}, err=True)
    config = uvicorn.Config(
        "nps_registry.app:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_level=settings.log_level,
        access_log=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        server_header=False,
    )
    if settings.workers > 1:
        Multiprocess(config, sockets=[config.bind_socket()]).run()
    else:
        uvicorn.Server(config).run()


def _require_free(settings: Settings) -> None:
    """Refuse a port that is taken with a sentence, before anything is loaded.

    Raises:
        NotReady: the address cannot be listened on.
    """
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise NotReady(
                _("Cannot listen at %(host)s port %(port)d: %(reason)s. Choose another with NPS_PORT.")
                % {"host": settings.host, "port": settings.port, "reason": error.strerror or str(error)}
            ) from None
