"""A throw-away certificate for the site's hosts, made in memory, gone with the process."""

import ipaddress
import ssl
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAMES = ("www.rfi.fr", "rfi.fr", "*.rfi.fr", "m.cn.rfi.fr", "rfi.my", "localhost")
FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC)


def build(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """Self-signed and its own authority, so a client may trust just this one."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a small RFI of our own")])
    hosts: list[x509.GeneralName] = [x509.DNSName(host) for host in NAMES]
    hosts.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(FIRST)
        .not_valid_after(LAST)
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )


def context() -> tuple[ssl.SSLContext, str]:
    """A server's TLS context, and the certificate as PEM for clients that verify."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = build(key).public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "both.pem"  # ssl reads files only; this one lives for a moment
        file.write_bytes(pem + secret)
        tls.load_cert_chain(file)
    return tls, pem.decode()
