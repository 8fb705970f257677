"""Web: our pages on loopback by nginx, spoken to in TLS through a relay, as every crawler that is measured does."""

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from benchmarks import relay
from benchmarks.pages import Page, pages
from tests import program
from tests.site.certificate import build

NGINX = "/usr/sbin/nginx"
# The number at the end of a URL names the file. Packed once, and sent so to all: nobody here reads anything else.
CONFIGURATION = """
daemon off; {user} worker_processes 1; pid nginx.pid; error_log stderr error;
events {{ worker_connections 512; }}
http {{
    access_log off; tcp_nopush on; tcp_nodelay on; keepalive_requests 10000000; keepalive_timeout 600;
    client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp; uwsgi_temp_path temp; scgi_temp_path temp;
    default_type "text/html; charset=UTF-8"; gzip_static always;
    server {{
        listen {host}:{port} ssl; ssl_certificate public.pem; ssl_certificate_key secret.pem;
        root pages; rewrite "-0*([0-9]+)$" /$1 break;
    }}
}}
"""


@dataclass(frozen=True, slots=True)
class Web:
    """Our pages, served."""

    pages: tuple[Page, ...]
    urls: Path
    """A file of their URLs, one a line."""
    relay: str
    """Host and port of the proxy that leads to them, by CONNECT or SOCKS5."""

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a command that asks for them."""
        proxy = f"http://{self.relay}"
        return {**bare(), "http_proxy": proxy, "https_proxy": proxy}


def bare() -> dict[str, str]:
    """Return this process's environment without what would lead a command elsewhere."""
    ours = "ARCHIVE_DIR", "CONTACT"
    return {
        name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy") and name not in ours
    }


@contextlib.contextmanager
def served(folder: Path, many: int) -> Iterator[Web]:
    """Serve so many pages, kept in a folder that is made, while the block runs."""
    if not Path(NGINX).exists():
        raise SystemExit(f"benchmarks: no {NGINX}: apt-get install nginx-light")
    known = tuple(_keep(folder, many))
    (urls := folder / "urls").write_text("".join(f"{page.url}\n" for page in known))
    tls, port = program.free(), program.free(relay.HOST)
    _certificate(folder)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(CONFIGURATION.format(user=user, host=program.LOOPBACK, port=tls))
    web = [NGINX, "-p", folder, "-c", folder / "nginx.conf", "-e", "stderr"]
    leading = [sys.executable, relay.__file__, port, tls]
    with (
        program.running(web, tls, folder / "web.log"),
        program.running(leading, port, folder / "relay.log", host=relay.HOST),
    ):
        yield Web(known, urls, f"{relay.HOST}:{port}")


def _keep(folder: Path, many: int) -> Iterator[Page]:
    """Write the files that the server sends."""
    (folder / "pages").mkdir(parents=True)
    (folder / "temp").mkdir()
    for page, packed in pages(many):
        (folder / "pages" / f"{page.number}.gz").write_bytes(packed)
        yield page


def _certificate(folder: Path) -> None:
    """Write a certificate for the site's name, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "secret.pem").write_bytes(secret)
    (folder / "public.pem").write_bytes(build(key).public_bytes(serialization.Encoding.PEM))
