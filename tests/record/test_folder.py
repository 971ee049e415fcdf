import os
import stat
from pathlib import Path

import pytest

from accord.errors import InvalidInput
from accord.record import folder as folder_room
from accord.record.folder import FolderExists, inside, read_inside, write_file, write_folder

FILES = {"record.json": b"{}", "steps/one.json": b"1"}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_is_written_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_folder(tmp_path / "out" / "record", FILES)
    assert contents(tmp_path) == {f"out/record/{name}": content for name, content in FILES.items()}


def test_a_folder_that_is_there_is_not_touched(tmp_path: Path) -> None:
    write_folder(tmp_path / "record", FILES)
    with pytest.raises(FolderExists, match="--overwrite"):
        write_folder(tmp_path / "record", {"record.json": b"other"})
    assert contents(tmp_path / "record") == FILES


def test_only_a_record_is_replaced(tmp_path: Path) -> None:
    write_folder(tmp_path / "record", FILES)
    write_folder(tmp_path / "record", {"record.json": b"new"}, replace=True)
    assert contents(tmp_path) == {"record/record.json": b"new"}
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_bytes(b"mine")
    with pytest.raises(FolderExists, match="not a record"):
        write_folder(tmp_path / "letters", FILES, replace=True)
    assert contents(tmp_path / "letters") == {"a.txt": b"mine"}


def test_a_failure_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Path] = []

    def full_disk(path: Path, content: bytes) -> None:
        if written:
            raise OSError(28, "No space left on device")
        written.append(path)
        path.write_bytes(content)

    monkeypatch.setattr(folder_room, "_write_flushed", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_folder(tmp_path / "record", FILES)
    assert contents(tmp_path) == {}


def test_a_rename_that_fails_brings_the_old_record_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(tmp_path / "record", FILES)
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name.startswith(".record.") and not self.name.endswith(".old") and target.name == "record":
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="Input/output"):
        write_folder(tmp_path / "record", {"record.json": b"new"}, replace=True)
    monkeypatch.undo()
    assert contents(tmp_path) == {f"record/{name}": content for name, content in FILES.items()}


def test_a_record_behind_a_link_is_replaced_where_it_is(tmp_path: Path) -> None:
    write_folder(tmp_path / "real", FILES)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_folder(tmp_path / "link", {"record.json": b"new"}, replace=True)
    assert (tmp_path / "link").is_symlink()
    assert contents(tmp_path / "real") == {"record.json": b"new"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "real"]


def test_a_salt_key_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    write_folder(tmp_path / "record", {**FILES, "salt.key": b"00"})
    assert stat.S_IMODE((tmp_path / "record" / "salt.key").stat().st_mode) == 0o600
    mask = os.umask(0o027)
    try:
        write_folder(tmp_path / "other", FILES)
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "other").stat().st_mode) == 0o750


@pytest.mark.parametrize("name", ["../out", "/etc/passwd", "a/../../b", "", "a\\b"])
def test_a_name_that_climbs_out_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        inside(name)
    with pytest.raises(InvalidInput):
        write_folder(tmp_path / "record", {name: b""})


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "record").mkdir()
    (tmp_path / "record" / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(InvalidInput, match="leads out"):
        read_inside(tmp_path / "record", "link")


def test_a_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    write_file(tmp_path / "table.csv", b"one")
    write_file(tmp_path / "table.csv", b"two")
    assert contents(tmp_path) == {"table.csv": b"two"}
