"""Documents in a store that speaks S3, against a real server of that protocol on this machine; and settings of mail."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
from django.core.files.storage import storages
from moto.server import ThreadedMotoServer

from accord.record.canonical import digest
from accord_server.proposals.documents import LostDocument, is_kept, keep, kept
from accord_server.settings.environment import BadSetting, read_environment
from accord_server.settings.files import Bucket, bucket, django_storage
from accord_server.settings.mail import MailServer, django_mail, mail_server

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def store(settings_of: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A bucket on a server of this machine, and the site's documents in it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    client = boto3.client("s3", endpoint_url=address, region_name="us-east-1")
    client.create_bucket(Bucket="calls")
    told = bucket(f"s3://calls/site?endpoint={address}&region=us-east-1")
    settings_of(STORAGES={"documents": django_storage(told, Path("/nowhere"))})
    storages._storages.clear()
    yield client
    storages._storages.clear()
    client.close()
    server.stop()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the store's own client and server
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_documents_lie_in_a_store_that_speaks_s3(store: Any) -> None:
    subject = uuid4()
    assert keep(subject, PDF) == keep(subject, PDF) == digest(PDF)
    listed = store.list_objects_v2(Bucket="calls")["Contents"]
    assert [one["Key"] for one in listed] == [f"site/{subject.hex}/{digest(PDF)}"]
    assert kept(subject, digest(PDF)) == PDF
    assert not is_kept(uuid4(), digest(PDF))
    store.put_object(Bucket="calls", Key=listed[0]["Key"], Body=PDF + b"%")
    with pytest.raises(LostDocument, match="its digest is another"):
        kept(subject, digest(PDF))


def test_addresses_of_stores_and_mail_servers_are_read_whole(tmp_path: Path) -> None:
    found = read_environment(
        {
            "ACCORD_FOLDER": str(tmp_path),
            "ACCORD_FILES": "s3://calls/a/b?endpoint=https://s3.example&region=eu",
            "ACCORD_SMTP": "smtps://calls:p%40ss@mail.example",
            "ACCORD_MAIL_FROM": "Calls <calls@example.org>",
        }
    )
    assert found.bucket == Bucket(name="calls", prefix="a/b", endpoint="https://s3.example", region="eu")
    assert found.smtp == MailServer(host="mail.example", port=465, user="calls", password="p@ss", from_beginning=True)  # noqa: S106  of no server
    assert found.mail_from == "Calls <calls@example.org>"


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"ACCORD_FILES": "/srv/files"}, "ACCORD_FILES: write s3://bucket/prefix"),
        ({"ACCORD_FILES": "s3://calls?secret=x"}, "ACCORD_FILES: write s3://bucket/prefix"),
        ({"ACCORD_SMTP": "mail.example"}, "ACCORD_SMTP: write smtp://name:password@host:port"),
        ({"ACCORD_SMTP": "smtp://mail.example:port"}, "ACCORD_SMTP: write smtp://"),
        ({"ACCORD_MAIL_FROM": "nobody"}, "ACCORD_MAIL_FROM: write calls@example.org"),
    ],
)
def test_a_bad_address_is_named(tmp_path: Path, variables: dict[str, str], told: str) -> None:
    with pytest.raises(BadSetting) as error:
        read_environment({"ACCORD_FOLDER": str(tmp_path), **variables})
    assert str(error.value).startswith(told)


def test_a_password_leaves_this_machine_under_tls_alone() -> None:
    told = [django_mail(mail_server(one), "a@b.example") for one in ("smtp://x.example", "smtps://x.example")]
    assert [(one["EMAIL_USE_TLS"], one["EMAIL_USE_SSL"], one["EMAIL_PORT"]) for one in told] == [
        (True, False, 587),
        (False, True, 465),
    ]
    assert django_mail(mail_server("smtp://localhost:25"), "a@b.example")["EMAIL_USE_TLS"] is False
    assert django_mail(None, "a@b.example")["EMAIL_BACKEND"].endswith("console.EmailBackend")
