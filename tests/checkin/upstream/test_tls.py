"""Over TLS, a token goes to the host that a certificate is for, and to no other."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta

import pytest
import stamina
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_httpserver import HTTPServer

from checkin.errors import UpstreamUnavailable
from checkin.upstream import UpstreamApi
from tests.checkin.upstream.refreshes import refresh


@pytest.fixture
def impostor(tmp_path):
    """A server with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(hours=1))
        .not_valid_after(datetime.now(UTC) + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with HTTPServer(host="127.0.0.1", ssl_context=context) as server:
        yield server


def test_a_host_that_cannot_prove_who_it_is_gets_neither_token_nor_key(impostor, settings):
    settings.CHECKIN_URL = settings.CHECKOUT_API_URL = impostor.url_for("/").rstrip("/")
    answer = refresh("alice@demo.test", "eyJ").answer
    assert answer.error == f"127.0.0.1:{impostor.port} cannot be reached."
    with stamina.set_testing(True, attempts=1), pytest.raises(UpstreamUnavailable, match="cannot be reached"):
        UpstreamApi().test()
    assert impostor.log == []
