"""Intake: folders and archives opened, their tricks refused without filling memory or disk."""

import bz2
import gzip
import io
import lzma
import os
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from qunyu.events import intake as module
from qunyu.events.files import File
from qunyu.events.intake import Intake
from qunyu.kernel.errors import DomainError

CHAT = "早上好，茶到了吗\n".encode()
MB = 1024 * 1024


def opened(folder: Path, *paths: Path, include: tuple[str, ...] = ()) -> tuple[dict[str, bytes], list[str], Intake]:
    """What the files of the intake hold, the codes of its problems, and the intake."""
    intake = Intake(folder / "work", include)
    files = intake.open(paths)
    assert [file.name for file in files] == sorted(file.name for file in files)
    return {file.name: content(file) for file in files}, [each.code for each in intake.problems], intake


def content(file: File) -> bytes:
    with file.open() as stream:
        return stream.read()


def write(path: Path, data: bytes = CHAT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def zipped(path: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def tarred(path: Path, members: Mapping[str, bytes], mode: str = "w:xz") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def test_a_single_file(tmp_path: Path) -> None:
    assert opened(tmp_path, write(tmp_path / "chat.txt"))[:2] == ({"chat.txt": CHAT}, [])


def test_a_folder_with_folders_in_it(tmp_path: Path) -> None:
    for name in ("b.txt", "群聊/a.txt", "群聊/2026/c.txt"):
        write(tmp_path / "in" / name)
    names = {"b.txt": CHAT, "群聊/a.txt": CHAT, "群聊/2026/c.txt": CHAT}
    assert opened(tmp_path, tmp_path / "in")[:2] == (names, [])


def test_what_is_not_there_is_told_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(DomainError) as raised:
        opened(tmp_path, tmp_path / "nothing.txt")
    assert raised.value.code == "no_such_file"
    assert "nothing.txt" in raised.value.message.zh
    assert "nothing.txt" in raised.value.message.en


@pytest.mark.parametrize("name", ["chats.zip", "no-ending", "chats.ZIP"])
def test_a_zip_is_known_by_its_bytes(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / name, {"a.txt": CHAT, "群聊/b.txt": b"x" * 100_000})
    files, problems, intake = opened(tmp_path, path)
    assert files == {"a.txt": CHAT, "群聊/b.txt": b"x" * 100_000}
    assert problems == []
    assert {file.container for file in intake.files.values()} == {name}
    assert [file.size for _, file in sorted(intake.files.items())] == [len(CHAT), 100_000]


@pytest.mark.parametrize(
    ("name", "mode"), [("a.tar", "w:"), ("a.tar.xz", "w:xz"), ("a.tgz", "w:gz"), ("a.tar.bz2", "w:bz2")]
)
def test_tars(tmp_path: Path, name: str, mode: str) -> None:
    members = {"x/a.txt": CHAT, "x/b.txt": b"", "c.txt": os.urandom(MB)}
    assert opened(tmp_path, tarred(tmp_path / name, members, mode))[:2] == (members, [])


def test_a_tar_under_another_ending_than_its_compression(tmp_path: Path) -> None:
    assert opened(tmp_path, tarred(tmp_path / "a.tar", {"a.txt": CHAT}, "w:gz"))[:2] == ({"a.txt": CHAT}, [])


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".xz", lzma.compress), (".bz2", bz2.compress)])
def test_compressed_single_files(tmp_path: Path, suffix: str, pack: Callable[[bytes], bytes]) -> None:
    path = write(tmp_path / f"chat.csv{suffix}", pack(CHAT))
    files, problems, intake = opened(tmp_path, path)
    assert (files, problems) == ({"chat.csv": CHAT}, [])
    assert intake.files["chat.csv"].size == len(CHAT)


def test_include_keeps_matching_names_in_folders_and_archives(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "in.zip", {"data/train/a.raw.txt": CHAT, "data/train/a.txt": CHAT, "data/pilot/b.raw.txt": CHAT}
    )
    write(tmp_path / "in" / "data" / "train" / "z.raw.txt")
    write(tmp_path / "in" / "other.raw.txt")
    files, problems, _ = opened(tmp_path, path, tmp_path / "in", include=("*data/train/*.raw.txt", "nothing*"))
    assert (sorted(files), problems) == (["data/train/a.raw.txt", "data/train/z.raw.txt"], [])


def named_raw(path: Path, names: Mapping[bytes, bytes]) -> Path:
    """A zip whose names are those very bytes, not marked as UTF-8, as old programs write them."""
    plain = {bytes([97 + place]) * len(name): name for place, name in enumerate(names)}
    zipped(path, {each.decode(): names[raw] for each, raw in plain.items()})
    data = path.read_bytes()
    for each, raw in plain.items():
        data = data.replace(each, raw)
    path.write_bytes(data)
    return path


def test_names_of_chinese_windows_and_of_macos_are_read(tmp_path: Path) -> None:
    names = {"茶友群记录.txt".encode("gbk"): b"gbk", "联通.txt".encode("gbk"): b"lt", "茶友一群.txt".encode(): b"utf-8"}
    files, problems, _ = opened(tmp_path, named_raw(tmp_path / "old.zip", names))
    assert problems == []
    assert files == {"茶友群记录.txt": b"gbk", "联通.txt": b"lt", "茶友一群.txt": b"utf-8"}


def test_a_name_on_disk_in_gbk_can_be_kept(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path / "in")
    Path(os.fsdecode(folder)).mkdir()
    with open(os.path.join(folder, "茶友群.txt".encode("gbk")), "wb") as stream:  # noqa: PTH118, PTH123
        stream.write(CHAT)
    assert list(opened(tmp_path, tmp_path / "in")[0]) == ["茶友群.txt"]


@pytest.mark.parametrize(
    "name", ["../up.txt", "a/../../up.txt", "/abs.txt", "C:/x.txt", "C:\\x.txt", "..\\up.txt", "\\\\host\\x.txt"]
)
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_paths_out_of_the_archive_are_refused(tmp_path: Path, name: str, pack: Callable[..., Path]) -> None:
    ending = "zip" if pack is zipped else "tar.xz"
    path = pack(tmp_path / f"trick.{ending}", {name: CHAT, "good.txt": CHAT})
    before = {each for each in tmp_path.rglob("*") if each.is_file()}
    files, problems, intake = opened(tmp_path, path)
    assert (files, problems) == ({"good.txt": CHAT}, ["unsafe_path"])
    assert intake.problems[0].data == {"value": name}
    # Whatever was unpacked lies in the intake's own folder.
    fresh = {each for each in tmp_path.rglob("*") if each.is_file()} - before
    assert all(each.is_relative_to(tmp_path / "work") for each in fresh)
    assert not Path("/abs.txt").exists()


@pytest.mark.parametrize("name", [".", "./", "a/.."])
def test_names_that_name_nothing(tmp_path: Path, name: str) -> None:
    files, problems, _ = opened(tmp_path, zipped(tmp_path / "odd.zip", {name: CHAT, "good.txt": CHAT}))
    assert files == {"good.txt": CHAT}
    assert set(problems) <= {"unsafe_path"}


def tracked(action: Callable[[], object]) -> int:
    """The most memory that Python held while `action` ran."""
    tracemalloc.start()
    action()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def on_disk(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())


ZEROS = bytes(20 * MB)
BOMBS: dict[str, Callable[[Path], object]] = {
    "bomb.zip": lambda path: zipped(path, {"a.txt": ZEROS, "b.txt": ZEROS}),
    "bomb.txt.gz": lambda path: path.write_bytes(gzip.compress(ZEROS)),
    "bomb.txt.xz": lambda path: path.write_bytes(lzma.compress(ZEROS)),
    "bomb.txt.bz2": lambda path: path.write_bytes(bz2.compress(ZEROS)),
    "bomb.tar.xz": lambda path: tarred(path, {"a.txt": ZEROS}),
}


@pytest.mark.parametrize("name", list(BOMBS))
def test_bombs_are_refused_without_filling_memory_or_disk(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    BOMBS[name](path)
    assert path.stat().st_size < MB
    found: list[tuple[dict[str, bytes], list[str], Intake]] = []
    peak = tracked(lambda: found.append(opened(tmp_path, path)))
    files, problems, intake = found[0]
    assert (files, problems) == ({}, ["archive_bomb"])
    assert " / " in intake.problems[0].data["reason"]
    # xz alone takes 8 MiB for its dictionary.
    assert peak < 15 * MB
    assert on_disk(tmp_path / "work") < MB


def test_a_header_of_a_tar_that_would_fill_memory_is_refused(tmp_path: Path) -> None:
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 64 * MB
    with lzma.open(tmp_path / "long.tar.xz", "wb", preset=0) as stream:
        stream.write(header.tobuf(tarfile.GNU_FORMAT))
        for _ in range(64):
            stream.write(bytes(MB))
    found: list[tuple[dict[str, bytes], list[str], Intake]] = []
    peak = tracked(lambda: found.append(opened(tmp_path, tmp_path / "long.tar.xz")))
    assert found[0][:2] == ({}, ["bad_archive"])
    assert peak < 6 * MB


def test_too_many_files_in_one_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FILES", 3)
    path = zipped(tmp_path / "many.zip", {f"{number}.txt": CHAT for number in range(4)})
    assert opened(tmp_path, path)[:2] == ({}, ["archive_bomb"])


def test_what_compresses_well_and_is_honest_is_read(tmp_path: Path) -> None:
    line = "2026-03-01 10:00 小茶: 早上好\n".encode()
    path = write(tmp_path / "a.txt.gz", gzip.compress(line * 10_000))
    assert opened(tmp_path, path)[1] == []


@pytest.mark.parametrize("cut", [0.3, 0.9])
@pytest.mark.parametrize("name", ["a.zip", "a.tar.xz", "a.txt.gz", "a.txt.xz", "a.txt.bz2", "a.tar.gz"])
def test_truncated_archives(tmp_path: Path, name: str, cut: float) -> None:
    noise = os.urandom(300_000)
    {
        "a.zip": lambda: zipped(tmp_path / name, {"a.txt": noise}),
        "a.tar.xz": lambda: tarred(tmp_path / name, {"a.txt": noise}),
        "a.tar.gz": lambda: tarred(tmp_path / name, {"a.txt": noise}, "w:gz"),
        "a.txt.gz": lambda: write(tmp_path / name, gzip.compress(noise)),
        "a.txt.xz": lambda: write(tmp_path / name, lzma.compress(noise)),
        "a.txt.bz2": lambda: write(tmp_path / name, bz2.compress(noise)),
    }[name]()
    data = (tmp_path / name).read_bytes()
    write(tmp_path / name, data[: int(len(data) * cut)])
    files, problems, intake = opened(tmp_path, tmp_path / name, write(tmp_path / "good.txt"))
    assert (files, problems) == ({"good.txt": CHAT}, ["bad_archive"])
    assert intake.problems[0].file == name


@pytest.mark.parametrize("name", ["a.zip", "a.tar.xz", "a.txt.gz", "a.txt.xz", "a.txt.bz2", "a.tgz", "a.tar"])
def test_files_that_are_no_archives_at_all(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, b"PK\3\4 but no zip, " + b"and nothing else either " * 50)
    assert opened(tmp_path, tmp_path / name)[:2] == ({}, ["bad_archive"])


@pytest.mark.parametrize("place", range(30, 4000, 600))
def test_damage_within_a_gzip(tmp_path: Path, place: int) -> None:
    data = bytearray(gzip.compress(os.urandom(2000) + CHAT * 500))
    for offset in range(place, min(place + 40, len(data) - 8)):
        data[offset] ^= 0x5A
    assert opened(tmp_path, write(tmp_path / "a.txt.gz", bytes(data)))[1] in (["bad_archive"], [])


def test_a_damaged_member_does_not_take_the_others_along(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"bad.txt": CHAT * 5, "good.txt": CHAT})
    data = bytearray(path.read_bytes())
    data[45] ^= 0xFF
    write(path, bytes(data))
    files, problems, intake = opened(tmp_path, path)
    assert (files, problems) == ({"good.txt": CHAT}, ["bad_archive"])
    assert intake.problems[0].file == "a.zip/bad.txt"


def test_an_encrypted_zip_is_a_problem(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.txt": CHAT})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.rindex(b"PK\1\2") + 8] |= 1
    assert opened(tmp_path, write(path, bytes(data)))[:2] == ({}, ["bad_archive"])


def test_symbolic_links_are_skipped(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.txt", b"secret")
    write(tmp_path / "in" / "good.txt")
    (tmp_path / "in" / "link.txt").symlink_to(secret)
    (tmp_path / "in" / "folder").symlink_to(tmp_path)
    assert opened(tmp_path, tmp_path / "in")[:2] == ({"good.txt": CHAT}, [])


def test_links_and_devices_in_a_tar_are_skipped(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for name, kind in (
            ("s", tarfile.SYMTYPE),
            ("h", tarfile.LNKTYPE),
            ("d", tarfile.CHRTYPE),
            ("p", tarfile.FIFOTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    assert opened(tmp_path, tmp_path / "a.tar")[:2] == ({}, [])


def test_litter_of_operating_systems_is_skipped(tmp_path: Path) -> None:
    litter = ("__MACOSX/._a.txt", ".DS_Store", "x/Thumbs.db", "x/._b.txt")
    path = zipped(tmp_path / "a.zip", {**dict.fromkeys(litter, b"x"), "a.txt": CHAT})
    for name in litter:
        write(tmp_path / "in" / name)
    assert opened(tmp_path, path, tmp_path / "in")[:2] == ({"a.txt": CHAT}, [])


def test_files_of_one_name_are_all_kept(tmp_path: Path) -> None:
    for place, folder in enumerate("abc"):
        write(tmp_path / folder / "chat.txt", str(place).encode())
        zipped(tmp_path / folder / "chats.zip", {"_chat.txt": str(place).encode()})
    plain = [tmp_path / folder / "chat.txt" for folder in "abc"]
    packed = [tmp_path / folder / "chats.zip" for folder in "abc"]
    files, problems, _ = opened(tmp_path, *plain, *packed)
    assert problems == []
    assert sorted(data for name, data in files.items() if name.endswith("_chat.txt")) == [b"0", b"1", b"2"]
    assert sorted(data for name, data in files.items() if name.endswith("/chat.txt") or name == "chat.txt") == [
        b"0",
        b"1",
        b"2",
    ]


def test_an_archive_of_many_members_reads_its_directory_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path / "a.zip", {f"channel/{day:05}.json": b"[]" for day in range(300)})
    archives: list[object] = []

    class Counted(zipfile.ZipFile):
        def __init__(self, *given: object, **named: object) -> None:
            archives.append(given)
            super().__init__(*given, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(zipfile, "ZipFile", Counted)
    files, problems, _ = opened(tmp_path, path)
    assert (len(files), problems) == (300, [])
    assert len(archives) == 1


def test_a_member_is_read_as_often_as_needed_and_two_at_a_time(tmp_path: Path) -> None:
    _, _, intake = opened(tmp_path, zipped(tmp_path / "a.zip", {"a.txt": b"one\ntwo\n", "b.txt": b"three\nfour\n"}))
    with intake.files["a.txt"].open() as first, intake.files["b.txt"].open() as second:
        assert [first.readline(), second.readline(), first.readline(), second.readline()] == [
            b"one\n",
            b"three\n",
            b"two\n",
            b"four\n",
        ]
    assert intake.files["a.txt"].head == b"one\ntwo\n"
    assert intake.files["a.txt"].sibling("b.txt") is intake.files["b.txt"]
