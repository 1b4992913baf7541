"""``nps-registry serve``: answer over HTTP."""

from __future__ import annotations

import gc
import socket

import typer

from nps_registry.errors import NotReady
from nps_registry.localisation import gettext as _
from nps_registry.settings import Settings, read_settings

app = typer.Typer(add_completion=False)


@app.command()
def serve() -> None:
    """Serve the registry at NPS_HOST and NPS_PORT until it is stopped."""
    # What is made from here on lives as long as the server: looking for cycles in it is left out now and later.
    gc.disable()
    settings = read_settings()
    _require_free(settings)
    import uvicorn  # the application comes after the port is known to be free
    from uvicorn.supervisors import Multiprocess

    from nps_registry.app import create_app

    # Refuses a registry that is not ready once and in a sentence, before any worker is started.
    application = create_app(settings)
    gc.freeze()
    gc.enable()
    typer.echo(_("nps-registry at %(url)s (stop with Ctrl-C)") % {"url": settings.public_url}, err=True)
    alone = settings.workers == 1
    config = uvicorn.Config(
        application if alone else "nps_registry.app:create_app",
        factory=not alone,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_level=settings.log_level,
        access_log=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        server_header=False,
    )
    if alone:
        uvicorn.Server(config).run()
    else:
        Multiprocess(config, sockets=[config.bind_socket()]).run()


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
