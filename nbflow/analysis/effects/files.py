"""Which library calls and methods read and write which files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from nbflow.analysis.effects.library import words


@dataclass(frozen=True, slots=True)
class FileUse:
    """A use of files: positions (or keywords) of the paths read and written.

    ``any_file`` is any file; ``suffix`` is what is put behind a path that has none.
    """

    reads: tuple[int, ...] = ()
    writes: tuple[int, ...] = ()
    any_file: bool = False
    keywords: tuple[str, ...] = ()
    suffix: str = ""


_READ: Final = FileUse(reads=(0,), keywords=("filepath_or_buffer", "path", "io", "fname", "file"))
_WRITE: Final = FileUse(
    writes=(0,), keywords=("path_or_buf", "path", "fname", "file", "excel_writer", "buf")
)
_ANY_WRITE_USE: Final = FileUse(any_file=True, writes=(0,))
_ANY_READ_USE: Final = FileUse(any_file=True)
_READ_FUNCTIONS: Final = words(
    """os.access os.lstat os.readlink os.path.lexists os.path.islink os.path.getctime os.path.getatime
    importlib.machinery.SourceFileLoader zipimport.zipimporter xarray.open_dataset
    sklearn.datasets.load_svmlight_file sklearn.datasets.load_files tokenize.open
    numpy.load numpy.loadtxt numpy.genfromtxt numpy.fromfile joblib.load
    os.path.exists os.path.isfile os.path.isdir os.path.getsize os.path.getmtime os.stat
    pandas.ExcelFile matplotlib.pyplot.imread matplotlib.image.imread cv2.imread PIL.Image.open
    scipy.io.loadmat scipy.io.wavfile.read torch.load xml.etree.ElementTree.parse
    skimage.io.imread imageio.imread pyarrow.parquet.read_table linecache.getline
    keras.models.load_model tensorflow.keras.models.load_model geopandas.read_file soundfile.read
    librosa.load configparser.ConfigParser.read dotenv.load_dotenv open3d.io.read_point_cloud
    zipfile.is_zipfile importlib.resources.read_text"""
)
_WRITE_FUNCTIONS: Final = words(
    """numpy.savetxt
    os.mkdir os.makedirs os.remove os.unlink os.rmdir os.removedirs os.utime os.chmod shutil.rmtree
    matplotlib.pyplot.imsave cv2.imwrite scipy.io.savemat logging.FileHandler
    logging.handlers.RotatingFileHandler logging.handlers.TimedRotatingFileHandler
    logging.handlers.WatchedFileHandler
    scipy.io.wavfile.write skimage.io.imsave imageio.imwrite os.truncate os.mkfifo
    pandas.HDFStore """
)
_WRITE_SECOND: Final = words("joblib.dump torch.save ")
_BOTH: Final = words(
    """os.rename os.replace shutil.move shutil.copy shutil.copyfile shutil.copy2 os.link os.symlink
    shutil.copytree os.renames"""
)
_READ_BOTH: Final = words("filecmp.cmp filecmp.dircmp os.path.samefile filecmp.cmpfiles")
_READ_SECOND: Final = words("importlib.util.spec_from_file_location imp.load_source")
_CHANGE: Final = words("os.open fileinput.input fileinput.FileInput compileall.compile_dir")
_ANY: Final = words(
    """os.system os.popen subprocess.run subprocess.call subprocess.check_call subprocess.Popen
    subprocess.check_output subprocess.getoutput subprocess.getstatusoutput shutil.unpack_archive
    shutil.make_archive os.execv os.spawnv urllib.request.urlretrieve
    runpy.run_path sklearn.datasets.dump_svmlight_file
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
            tarfile.open h5py.File wave.open io.FileIO"""
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
#: Functions that open files without Python, where no event tells which.
_UNSEEN: Final = words(
    """pandas.read_parquet pandas.read_feather pandas.read_orc pandas.read_hdf pandas.HDFStore
    h5py.File cv2.imread cv2.VideoCapture soundfile.read xarray.open_dataset xarray.open_dataarray
    keras.models.load_model tensorflow.keras.models.load_model xgboost.Booster lightgbm.Booster
    xgboost.DMatrix lightgbm.Dataset open3d.io.read_point_cloud rasterio.open"""
)
_UNSEEN_PREFIXES: Final = ("pyarrow.", "polars.read_", "polars.scan_", "geopandas.read_", "duckdb.")
_UNSEEN_METHODS: Final = words("load_model load_weights")
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
    """to_string to_markdown save_pretrained to_disk write_csv write_parquet write_json write_ipc
    sink_csv sink_parquet to_zarr
    to_csv to_excel to_parquet to_pickle to_feather to_hdf to_stata to_json to_html to_latex
    to_xml to_orc savefig save save_model save_weights dump_model tofile export_graphviz
    write_html write_image to_file write_png to_netcdf"""
)
_READING_METHODS: Final = words("load_model load_weights load_state read_sql from_disk")
#: Methods of ``pathlib.Path``.
PATH_READS: Final = words("""read_text read_bytes exists is_file is_dir stat samefile""")
PATH_WRITES: Final = words(
    """write_text write_bytes mkdir unlink rmdir touch chmod symlink_to hardlink_to"""
)
PATH_LISTS: Final = words("iterdir glob rglob walk")
PATH_MOVES: Final = words("rename replace")
#: Methods of paths that no text has.
OF_PATHS: Final = (PATH_READS | PATH_WRITES | PATH_LISTS | {"rename"}) - {"walk"}
#: Methods that only paths, temporary folders and archives have, where the object is not known.
_ANY_WRITING_METHODS: Final = words(
    """write_text write_bytes mkdir unlink rmdir touch chmod symlink_to hardlink_to
    cleanup extractall extract"""
)
_ANY_READING_METHODS: Final = words(
    """read_text read_bytes exists is_file is_dir iterdir glob rglob samefile"""
)


_SAVEFIG: Final = FileUse(writes=(0,), keywords=("fname",), suffix=".png")
#: Methods whose name says nothing without the family of their object.
_OF_FAMILIES: Final = {
    ("config", "read"): FileUse(reads=(0,), keywords=("filenames",)),
    ("tree", "parse"): _READ,
    ("tree", "write"): FileUse(writes=(0,), keywords=("file_or_filename",)),
    ("data", "write"): _WRITE,
}
_BY_METHOD: Final[dict[str, FileUse]] = {
    **dict.fromkeys(_ANY_READING_METHODS, _ANY_READ_USE),
    **dict.fromkeys(_ANY_WRITING_METHODS, _ANY_WRITE_USE),
    **dict.fromkeys(_READING_METHODS, _READ),
    **dict.fromkeys(_WRITING_METHODS, _WRITE),
    "savefig": _SAVEFIG,
}
_BY_FUNCTION: Final[dict[str, FileUse]] = {
    **dict.fromkeys(_READ_FUNCTIONS, _READ),
    **dict.fromkeys(_WRITE_FUNCTIONS, _WRITE),
    **dict.fromkeys(
        words("numpy.savez numpy.savez_compressed"), FileUse((), (0,), False, ("file",), ".npz")
    ),
    "numpy.save": FileUse(writes=(0,), keywords=("file",), suffix=".npy"),
    "matplotlib.pyplot.savefig": _SAVEFIG,
    **dict.fromkeys(_WRITE_SECOND, FileUse(writes=(1,), keywords=("filename", "f"))),
    **dict.fromkeys(_READ_BOTH, FileUse(reads=(0, 1))),
    **dict.fromkeys(_READ_SECOND, FileUse(reads=(1,), keywords=("location", "pathname"))),
    **dict.fromkeys(_CHANGE, FileUse(reads=(0,), writes=(0,), keywords=("files", "path", "dir"))),
    **dict.fromkeys(_BOTH, FileUse(reads=(0,), writes=(0, 1))),
    **dict.fromkeys(_ANY, _ANY_WRITE_USE),
    **dict.fromkeys(_ANY_READ, _ANY_READ_USE),
}


@cache
def function(path: str) -> FileUse | None:
    """The files that calling ``path`` uses, None where it uses none."""
    if path.startswith("pandas.read_") and path != "pandas.read_clipboard":
        return _READ
    if path.startswith("networkx.write_"):
        return FileUse(writes=(1,), keywords=("path",))
    if path.startswith(("networkx.read_", "polars.read_", "polars.scan_", "geopandas.read_")):
        return _READ
    return _BY_FUNCTION.get(path)


@cache
def is_unseen(path: str) -> bool:
    """Whether what ``path`` opens is opened without Python."""
    return path in _UNSEEN or (path.startswith(_UNSEEN_PREFIXES) and function(path) is not None)


def is_unseen_method(name: str) -> bool:
    """The same for a method."""
    return name in _UNSEEN_METHODS


@cache
def method(name: str, of: str = "") -> FileUse | None:
    """The files that calling the method ``name`` of an object of family ``of`` uses."""
    return _OF_FAMILIES.get((of, name), _BY_METHOD.get(name))


def writes(mode: str) -> bool:
    """Whether a mode of ``open`` (or a flag of ``dbm.open``) can change the file."""
    return any(sign in mode for sign in "waxcn+")
