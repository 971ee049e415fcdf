"""Time-stamps by a local authority that is OpenSSL: asked over HTTP, kept, verified by us and by OpenSSL."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from shutil import which

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

import accord.cli.stamping
from accord.acts.timestamps import token_tool
from accord.cli import commands
from accord.record.log.timestamps import BadTimeStamp
from calls import PLAN, write_call

clients = pytest.importorskip("pyhanko.sign.timestamps", reason="the extra accord[sign] is not installed")
keys, tsp, certificates = (pytest.importorskip(f"asn1crypto.{name}") for name in ("keys", "tsp", "x509"))
pytestmark = pytest.mark.skipif(which("openssl") is None, reason="openssl is not installed")

ORIGIN = "example.org/small"
CONFIGURATION = """\
[req]
distinguished_name = name
[name]
[authority]
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = ours
[ours]
serial = {at}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
"""


class Authority:
    """OpenSSL's time-stamping authority with a certificate of its own, in a folder."""

    def __init__(self, at: Path, name: str) -> None:
        self.at = at / name
        self.at.mkdir()
        (self.at / "tsa.cnf").write_text(CONFIGURATION.format(at=self.at))
        (self.at / "serial").write_text("01\n")
        self.openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key.pem",
            "-out", "certificate.pem", "-days", 30, "-subj", f"/CN={name}", "-config", "tsa.cnf",
            "-extensions", "authority",
        )  # fmt: skip

    def openssl(self, *arguments: object) -> str:
        program = ["openssl", *(str(one) for one in arguments)]
        done = subprocess.run(program, cwd=self.at, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def sha256(self) -> str:
        content = (self.at / "certificate.pem").read_bytes()
        return sha256(x509.load_pem_x509_certificate(content).public_bytes(Encoding.DER)).hexdigest()

    def answer(self, request: bytes) -> bytes:
        (self.at / "q.tsq").write_bytes(request)
        named = ("-inkey", "key.pem", "-signer", "certificate.pem", "-config", "tsa.cnf")
        self.openssl("ts", "-reply", "-queryfile", "q.tsq", *named, "-out", "r.tsr")
        return (self.at / "r.tsr").read_bytes()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa"), "jp")


@pytest.fixture
def served() -> Iterator[Callable[[Callable[[bytes], bytes]], str]]:
    """Serves whatever answers a request on this machine; gives its address."""
    servers = []

    def serve(answer: Callable[[bytes], bytes]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                found = answer(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(found)

            def log_message(self, format: str, *_: object) -> None:  # noqa: A002  the library's name
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}/"

    yield serve
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


def accord_(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(commands, [str(argument) for argument in arguments])
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


def refused(*arguments: object) -> str:
    done = CliRunner().invoke(commands, [str(argument) for argument in arguments])
    assert done.exit_code == 1
    return str(done.exception)


class Stamped:
    """A closed call with its log and record; the plan names Japan's authority."""

    def __init__(self, at: Path, certificate: str) -> None:
        self.at, self.log, self.record = at, at / "log", at / "record"
        host = accord_("key", "new", at / "host.key", "--name", "host.example").strip()
        eu = accord_("key", "new", at / "EU.key", "--name", "eu.example").strip()
        plan = f'{PLAN}\n[log]\norigin = "{ORIGIN}"\nhost = "{host}"\nwitness = {{ JP = "{host}", EU = "{eu}" }}\n'
        self.call = write_call(at / "call", plan=f'{plan}tsa = {{ JP = "sha256:{certificate}" }}\n')
        accord_("log", "begin", self.log, "--key", at / "host.key", "--origin", ORIGIN)
        accord_("log", "close", self.log, "--key", at / "host.key", "--plan", self.call)
        accord_("log", "add", self.log, self.call / "plan.toml", "--kind", "plan", "--key", at / "host.key")
        accord_("run", self.call, "--out", self.record)

    def ask(self, address: str, *more: object, side: str = "JP") -> tuple[object, ...]:
        return ("log", "timestamp", self.log, "--tsa", address, "--side", side, "--plan", self.call, *more)

    def verified(self, code: int = 0) -> dict[str, tuple[bool, str]]:
        accord_("record", "seal", self.record, "--log", self.log)
        told = json.loads(accord_("record", "verify", self.record, "--json", code=code))
        return {check["name"]: (check["holds"], check["said"]) for check in told["checks"]}


@pytest.fixture
def stamped(tmp_path: Path, authority: Authority) -> Stamped:
    return Stamped(tmp_path, authority.sha256)


Serve = Callable[[Callable[[bytes], bytes]], str]


def test_the_closing_head_is_stamped_and_openssl_agrees(stamped: Stamped, authority: Authority, served: Serve) -> None:
    assert stamped.verified()["time-stamps"] == (True, "none of JP's authority yet")
    told = accord_(*stamped.ask(served(authority.answer))).splitlines()
    assert told[0].startswith("JP's authority: the head of size 1 existed at 20")
    holds, said = stamped.verified()["time-stamps"]
    assert (holds, said) == (True, told[0])
    sealed = stamped.record / "log" / "timestamps"
    assert sorted(one.name for one in sealed.iterdir()) == ["JP-1.tsq", "JP-1.tsr"]
    text = (stamped.log / "checkpoints" / "1").read_text().split("\n\n")[0] + "\n"
    (authority.at / "head.txt").write_text(text)
    checked = ("ts", "-verify", "-in", sealed / "JP-1.tsr", "-CAfile", "certificate.pem")
    authority.openssl(*checked, "-data", "head.txt")
    authority.openssl(*checked, "-queryfile", sealed / "JP-1.tsq")


def test_another_head_is_stamped_where_it_is_asked_for(stamped: Stamped, authority: Authority, served: Serve) -> None:
    address = served(authority.answer)
    accord_(*stamped.ask(address, "--size", 2))
    accord_(*stamped.ask(address))
    assert stamped.verified()["time-stamps"][1].count("existed at") == 2
    assert refused(*stamped.ask(address)) == "JP has a time-stamp of the head of size 1 already"
    assert refused(*stamped.ask(address, "--size", 7)) == "this log has signed no head of size 7"
    assert refused(*stamped.ask(address, side="EU")) == "the plan names no time-stamping authority of EU under log.tsa"


def test_a_token_over_another_head_is_found(stamped: Stamped, authority: Authority, served: Serve) -> None:
    accord_(*stamped.ask(served(authority.answer)))
    for kind in ("tsq", "tsr"):
        (stamped.log / "timestamps" / f"JP-1.{kind}").rename(stamped.log / "timestamps" / f"JP-2.{kind}")
    assert stamped.verified(code=1)["time-stamps"] == (False, "timestamps/JP-2.tsr: it is over another head")


def test_what_an_authority_may_not_answer(
    stamped: Stamped, authority: Authority, served: Serve, tmp_path: Path
) -> None:
    another = Authority(tmp_path, "another")
    first = token_tool().request(b"another head\n", 1)
    answers = {
        "it is signed by another authority": another.answer,
        "it is over another head": lambda _: authority.answer(first),
        "it cannot be read": lambda _: b"<html>busy</html>",
        "answers with more than 262144 bytes": lambda _: bytes(300_000),
    }
    told = {expected: refused(*stamped.ask(served(answer))) for expected, answer in answers.items()}
    assert [expected for expected, said in told.items() if expected not in said] == []
    assert not (stamped.log / "timestamps").exists()
    assert "does not answer" in refused(*stamped.ask("http://127.0.0.1:9/"))
    assert "write an address" in refused(*stamped.ask("file:///etc/passwd"))


def answered(request: bytes, at: datetime, *, purpose: ObjectIdentifier, valid: timedelta) -> tuple[bytes, str]:
    """What an authority answers that looks at nothing: its certificate's purpose, and for how long it was valid."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "careless")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    dated = (
        builder.serial_number(9)
        .not_valid_before(at - timedelta(days=9))
        .not_valid_after(at - timedelta(days=9) + valid)
    )
    made = dated.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True).sign(key, SHA256())
    der = made.public_bytes(Encoding.DER)
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    careless = clients.DummyTimeStamper(
        certificates.Certificate.load(der), keys.PrivateKeyInfo.load(private), fixed_dt=at
    )
    return careless.request_tsa_response(tsp.TimeStampReq.load(request)).dump(), sha256(der).hexdigest()


def test_a_certificate_that_ended_or_is_for_something_else_is_no_authority() -> None:
    text, at = b"head\n", datetime(2026, 4, 15, 9, tzinfo=UTC)
    request = token_tool().request(text, 5)
    stamping, client = ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CLIENT_AUTH
    response, certificate = answered(request, at, purpose=stamping, valid=timedelta(days=30))
    assert token_tool().stamped_at(request, response, text, certificate) == at
    for purpose, days, why in (
        (client, 30, "is not one for time-stamps"),
        (stamping, 1, "was not valid at 2026-04-15"),
    ):
        response, certificate = answered(request, at, purpose=purpose, valid=timedelta(days=days))
        with pytest.raises(BadTimeStamp, match=why):
            token_tool().stamped_at(request, response, text, certificate)


def test_no_changed_byte_of_an_answer_is_another_time(authority: Authority) -> None:
    text = b"example.org/small\n5\nroot\n"
    request = token_tool().request(text, 7)
    response = authority.answer(request)
    at = token_tool().stamped_at(request, response, text, authority.sha256)
    other = []
    for place in range(len(response)):
        changed = response[:place] + bytes([response[place] ^ 1]) + response[place + 1 :]
        try:
            found = token_tool().stamped_at(request, changed, text, authority.sha256)
        except BadTimeStamp:
            continue
        other += [] if found == at else [place]
    assert other == []
    for wrong in (token_tool().request(text, 8), token_tool().request(b"x\n", 7), b"", request[:-1]):
        with pytest.raises(BadTimeStamp):
            token_tool().stamped_at(wrong, response, text, authority.sha256)
    for end in range(0, len(response), 37):
        with pytest.raises(BadTimeStamp):
            token_tool().stamped_at(request, response[:end], text, authority.sha256)


def test_files_that_are_no_time_stamps_are_refused(stamped: Stamped, authority: Authority, served: Serve) -> None:
    accord_(*stamped.ask(served(authority.answer)))
    sealed = stamped.record / "log"
    stamped.verified()
    (sealed / "timestamps" / "JP-1.tsq").unlink()
    told = json.loads(accord_("record", "verify", stamped.record, "--json", code=1))["checks"][-1]
    assert told["said"] == "timestamps/JP-1: request and answer are two files, one is missing"
    (sealed / "timestamps" / "JP-1.tsr").rename(sealed / "timestamps" / "note.txt")
    told = json.loads(accord_("record", "verify", stamped.record, "--json", code=1))["checks"][-1]
    assert told["said"] == "timestamps/note.txt is no time-stamp"


def test_the_command_is_one_of_the_log() -> None:
    assert commands.commands["log"].commands["timestamp"] is accord.cli.stamping.timestamp  # type: ignore[attr-defined]
