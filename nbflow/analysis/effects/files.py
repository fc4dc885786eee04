"""Which library calls and methods read and write which files."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from nbflow.analysis.effects.library import words
from nbflow.analysis.effects.values import ANY_FILE, NOTHING


@dataclass(frozen=True, slots=True)
class FileUse:
    """A use of files: positions (or keywords) of the paths read and written. ``all`` is any file."""

    reads: tuple[int, ...] = ()
    writes: tuple[int, ...] = ()
    any_file: bool = False
    keywords: tuple[str, ...] = ()


_READ: Final = FileUse(reads=(0,), keywords=("filepath_or_buffer", "path", "io", "fname", "file"))
_WRITE: Final = FileUse(
    writes=(0,), keywords=("path_or_buf", "path", "fname", "file", "excel_writer")
)
_ANY_WRITE_USE: Final = FileUse(any_file=True, writes=(0,))
_ANY_READ_USE: Final = FileUse(any_file=True)
_READ_FUNCTIONS: Final = words(
    """numpy.load numpy.loadtxt numpy.genfromtxt numpy.fromfile joblib.load
    os.path.exists os.path.isfile os.path.isdir os.path.getsize os.path.getmtime os.stat
    pandas.ExcelFile matplotlib.pyplot.imread matplotlib.image.imread cv2.imread PIL.Image.open
    scipy.io.loadmat scipy.io.wavfile.read torch.load xml.etree.ElementTree.parse
    skimage.io.imread imageio.imread pyarrow.parquet.read_table linecache.getline
    keras.models.load_model tensorflow.keras.models.load_model geopandas.read_file soundfile.read
    librosa.load configparser.ConfigParser.read dotenv.load_dotenv open3d.io.read_point_cloud
    zipfile.is_zipfile importlib.resources.read_text"""
)
_WRITE_FUNCTIONS: Final = words(
    """numpy.savetxt numpy.savez numpy.savez_compressed numpy.save matplotlib.pyplot.savefig
    os.mkdir os.makedirs os.remove os.unlink os.rmdir os.removedirs os.utime os.chmod shutil.rmtree
    matplotlib.pyplot.imsave cv2.imwrite scipy.io.savemat logging.FileHandler
    scipy.io.wavfile.write skimage.io.imsave imageio.imwrite os.truncate os.mkfifo
    pandas.HDFStore """
)
_WRITE_SECOND: Final = words("joblib.dump torch.save ")
_BOTH: Final = words(
    """os.rename os.replace shutil.move shutil.copy shutil.copyfile shutil.copy2 os.link os.symlink
    shutil.copytree"""
)
_ANY: Final = words(
    """os.system os.popen subprocess.run subprocess.call subprocess.check_call subprocess.Popen
    subprocess.check_output subprocess.getoutput subprocess.getstatusoutput shutil.unpack_archive
    shutil.make_archive os.execv os.spawnv urllib.request.urlretrieve
    wget.download gdown.download nltk.download tarfile.open"""
)
_ANY_READ: Final = words("os.listdir os.walk os.scandir glob.glob glob.iglob")
SHELL: Final = words(
    """os.system os.popen subprocess.run subprocess.call subprocess.check_call subprocess.Popen
    subprocess.check_output subprocess.getoutput subprocess.getstatusoutput os.execv os.spawnv"""
)


@dataclass(frozen=True, slots=True)
class Opener:
    """Where the call of an opener has its mode, which says what it does, and what it is by default."""

    mode: int = 1
    default: str = "r"
    keywords: tuple[str, ...] = ("mode",)


OPENERS: Final[dict[str, Opener]] = {
    **dict.fromkeys(
        words(
            """builtins.open io.open codecs.open gzip.open bz2.open lzma.open zipfile.ZipFile
            tarfile.open h5py.File"""
        ),
        Opener(),
    ),
    "sqlite3.connect": Opener(default="r+"),
    "pandas.ExcelWriter": Opener(4, "w"),
    "numpy.memmap": Opener(2, "r+"),
    "numpy.lib.format.open_memmap": Opener(default="r+"),
    "shelve.open": Opener(default="a", keywords=("flag",)),
    "dbm.open": Opener(keywords=("flag",)),
    "dbm.dumb.open": Opener(default="a", keywords=("flag",)),
}
NETWORK_PREFIXES: Final = (
    "requests.",
    "urllib.request.",
    "urllib3.",
    "httpx.",
    "boto3.",
    "smtplib.",
    "ftplib.",
    "socket.create",
)
#: Frame methods and others that write to the path in their first argument.
_WRITING_METHODS: Final = words(
    """to_csv to_excel to_parquet to_pickle to_feather to_hdf to_stata to_json to_html to_latex
    to_xml to_orc savefig save save_model save_weights dump_model tofile export_graphviz
    write_html write_image to_file write_png to_netcdf"""
)
_READING_METHODS: Final = words("load_model load_weights load_state read_sql")
#: Methods of ``pathlib.Path``.
PATH_READS: Final = words("""read_text read_bytes exists is_file is_dir stat samefile""")
PATH_WRITES: Final = words(
    """write_text write_bytes mkdir unlink rmdir touch chmod symlink_to hardlink_to"""
)
PATH_LISTS: Final = words("iterdir glob rglob walk")
PATH_MOVES: Final = words("rename replace")
#: Methods that only paths, temporary folders and archives have, where the object is not known.
_ANY_WRITING_METHODS: Final = words(
    """write_text write_bytes mkdir unlink rmdir touch chmod symlink_to hardlink_to cleanup extractall"""
)
_ANY_READING_METHODS: Final = words(
    """read_text read_bytes exists is_file is_dir iterdir glob rglob samefile"""
)
_URL: Final = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]+://")


_BY_FUNCTION: Final[dict[str, FileUse]] = {
    **dict.fromkeys(_READ_FUNCTIONS, _READ),
    **dict.fromkeys(_WRITE_FUNCTIONS, _WRITE),
    **dict.fromkeys(_WRITE_SECOND, FileUse(writes=(1,), keywords=("filename", "f"))),
    **dict.fromkeys(_BOTH, FileUse(reads=(0,), writes=(0, 1))),
    **dict.fromkeys(_ANY, _ANY_WRITE_USE),
    **dict.fromkeys(_ANY_READ, _ANY_READ_USE),
}


@cache
def function(path: str) -> FileUse | None:
    """The files that calling ``path`` uses, None where it uses none."""
    if path.startswith("pandas.read_") and path != "pandas.read_clipboard":
        return _READ
    return _BY_FUNCTION.get(path)


@cache
def method(name: str) -> FileUse | None:
    """The files that calling the method ``name`` of some object uses."""
    if name in _WRITING_METHODS:
        return _WRITE
    if name in _READING_METHODS:
        return _READ
    if name in _ANY_WRITING_METHODS:
        return _ANY_WRITE_USE
    if name in _ANY_READING_METHODS:
        return _ANY_READ_USE
    return None


def is_url(path: str) -> bool:
    """Whether a path names something on the network (``file:`` URLs are files)."""
    return bool(_URL.match(path)) and not path.startswith("file://")


def name_of(path: object) -> str:
    """The ambient name of the file at ``path``, a constant or ``NOTHING`` where it is not known.

    It is "" for what is no file: a URL, a number.
    """
    if path is NOTHING:
        return ANY_FILE
    return file_name(path) if isinstance(path, str) and not is_url(path) else ""


def file_name(path: str) -> str:
    """The ambient name of a file: ``./data//a.csv`` -> ``@file:data/a.csv``."""
    plain = path[7:] if path.startswith("file://") else path
    return "@file:" + posixpath.normpath(plain.replace("\\", "/"))


def writes(mode: str) -> bool:
    """Whether a mode of ``open`` (or a flag of ``dbm.open``) can change the file."""
    return any(sign in mode for sign in "waxcn+")
