"""The file that variables travel in: written once, read by mapping, refused where it cannot be right."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from trips import digest, loaded

from nbflow.runtime import bundle, live, pickling


@pytest.fixture(autouse=True)
def fresh() -> None:
    """No notebook is alive but the test's own."""
    live.begin({}, "test")


def _written(value: object, store: Path) -> Path:
    key = bundle.write(pickling.dump(value).payload, ["v"], str(store))
    return Path(bundle.path_of(str(store), key))


def test_the_same_value_is_written_once(tmp_path: Path) -> None:
    first = _written([1, 2], tmp_path)
    stamp = first.stat().st_mtime_ns
    assert _written([1, 2], tmp_path) == first
    assert (first.stat().st_mtime_ns, len(list(tmp_path.iterdir()))) == (stamp, 1)


def test_the_names_are_part_of_what_a_bundle_is() -> None:
    payload = pickling.dump([1]).payload
    assert bundle.digest(payload, ["a"]) != bundle.digest(payload, ["b"])


def test_buffers_are_aligned_and_writing_to_them_leaves_the_file_alone(tmp_path: Path) -> None:
    numpy = pytest.importorskip("numpy")
    value = numpy.arange(1 << 18, dtype="f8")
    path = _written(value, tmp_path)
    before = path.read_bytes()
    found = pickling.load(bundle.read(str(path)))["v"]
    assert found.ctypes.data % bundle.ALIGNMENT == 0
    found[0] = 7
    assert path.read_bytes() == before
    assert found[0] == 7


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b"something else entirely", "not a bundle"), (None, "cut short")],
)
def test_a_file_that_is_no_whole_bundle_is_refused(
    content: bytes | None, words: str, tmp_path: Path
) -> None:
    path = _written(list(range(1000)), tmp_path)
    path.write_bytes(path.read_bytes()[:-64] if content is None else content)
    with pytest.raises(bundle.BundleError, match=words):
        bundle.read(str(path))


def test_a_bundle_of_another_python_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(bundle, "PYTHON", "2.70")
        path = _written([1], tmp_path)
    with pytest.raises(bundle.BundleError, match=r"under Python 2\.70"):
        bundle.read(str(path))


def test_nothing_is_left_of_a_bundle_that_could_not_be_written(tmp_path: Path) -> None:
    payload = bundle.Payload(stream=b"x", buffers=("no buffer",))  # type: ignore[arg-type]
    with pytest.raises((TypeError, AttributeError)):
        bundle.write(payload, ["v"], str(tmp_path), "key")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="C code has a fixed depth there")
def test_a_deep_value_travels(tmp_path: Path) -> None:
    value: list[object] = []
    for _ in range(5_000):
        value = [value]
    found, depth = loaded(value, tmp_path), 0
    while isinstance(found, list) and found:
        found, depth = found[0], depth + 1
    assert depth == 5_000


def test_what_cannot_travel_says_so() -> None:
    with pytest.raises(TypeError, match="generator"):
        pickling.dump(n for n in range(3))


@pytest.mark.parametrize("equal", ["aa", 3, (1, "b"), b"x", {"k": [1.5]}])
def test_equal_values_made_apart_have_one_digest(equal: object, tmp_path: Path) -> None:
    assert digest(equal) == digest(loaded(equal, tmp_path))


def test_a_bundle_with_one_bit_flipped_is_seen_for_what_it_is(tmp_path: Path) -> None:
    path = _written([list(range(100)), bytearray(b"x" * 300_000)], tmp_path)
    content = path.read_bytes()
    used = {0, 9, 13, 40, len(content) // 2, len(content) - 100}
    for place in used:
        flipped = bytearray(content)
        flipped[place] ^= 4
        path.write_bytes(flipped)
        with pytest.raises(bundle.DamagedError):
            bundle.check(bundle.read(str(path)))
    path.write_bytes(content)
    bundle.check(bundle.read(str(path)))


def test_the_key_of_a_large_bundle_is_computed_on_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    payload = pickling.dump(bytearray(range(256)) * 40).payload
    expected = bundle.digest(payload, ["v"])
    monkeypatch.setattr(bundle, "_LARGE", 1000)
    monkeypatch.setattr(bundle, "_PIECE", 999)
    claimed: list[str] = []
    for _ in range(2):
        assert bundle.write(payload, ["v"], str(tmp_path), claim=claimed.append) == expected
    assert claimed == [expected] * 2
    assert [path.name for path in tmp_path.iterdir()] == [f"{expected}.nbb"]
    bundle.check(bundle.read(str(tmp_path / f"{expected}.nbb")))


def test_a_large_bundle_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bundle, "_LARGE", 1000)
    monkeypatch.setattr("nbflow.runtime.space.reserve", full)
    payload = pickling.dump(bytearray(range(256)) * 40).payload
    with pytest.raises(OSError, match="No space"):
        bundle.write(payload, ["v"], str(tmp_path))
    assert list(tmp_path.iterdir()) == []
