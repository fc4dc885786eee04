"""What is known of Python's own and other libraries' functions and methods, in one place.

Three questions are answered: what does a call give (a new object, a view of its receiver, ...), which
objects does it change, and which family does the result belong to. What is not listed is unknown: it may
change its receiver and all its arguments, and its result may hold them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Final

from nbflow.analysis.effects.values import Region


class Gives(Enum):
    """How the result of a call is related to its receiver and arguments."""

    PLAIN = "something that cannot change"
    FRESH = "a new object that holds none of them"
    COPY = "a new object that holds what they hold"
    CAPTURE = "a new object that holds them"
    ITERATOR = "an iterator over them"
    INSIDE = "one of them, a view or a part of them"
    RECEIVER = "the receiver itself"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a call does. ``mutates`` are positions of changed arguments; ``changes`` the receiver."""

    gives: Gives
    of: str = ""
    mutates: tuple[int, ...] = ()
    changes: bool = False
    known: bool = True


@dataclass(frozen=True, slots=True)
class Estimator:
    """What is known of a scikit-learn object.

    ``seeded``: it draws from no shared generator. ``counts``: it changes when it predicts.
    ``clones``: it fits copies of the estimators that it is made of. ``overwrites``: it was told to
    work in the data that it is given.
    """

    seeded: bool
    counts: bool
    clones: bool
    overwrites: bool = False


def words(text: str) -> frozenset[str]:
    """The words of a table."""
    return frozenset(text.split())


UNKNOWN: Final = Behaviour(Gives.CAPTURE, known=False, changes=True)

# ---------------------------------------------------------------- families of objects

#: Python's containers: what is taken out of one is what was put in, never a view.
CONTAINERS: Final = words("list tuple dict set deque")
#: Objects that are used up by looking at them.
CONSUMED: Final = words("generator iterator file stream chunks")
#: Objects that fill a cache, or count, when they are only looked at.
LAZY: Final = words("grouped results graph")
#: Elements that an array can only hold as they are.
OBJECTS: Final = words("instance dict set deque function class defaultdict")
#: Objects that no pickle carries, and what to call them.
UNPICKLABLE: Final = {
    "generator": "generator",
    "stream": "stream",
    "lock": "lock",
    "thread": "thread",
    "queue": "queue",
    "pool": "pool of workers",
    "connection": "connection",
    "socket": "socket",
    "process": "running process",
    "coroutine": "coroutine",
    "shared object of processes": "shared object of processes",
    "library of C": "loaded library of C",
    "descriptor": "number of an open file",
    "context variable": "context variable",
    "module-like": "module",
    "chunks": "reader of chunks",
}

_SHARED: Final = words(
    """Queue SimpleQueue JoinableQueue Pipe Value Array Event Condition Semaphore BoundedSemaphore
    Barrier Manager"""
)
#: Families of what a constructor or function gives, by full path.
FAMILIES: Final = {
    "threading.Lock": "lock",
    "threading.RLock": "lock",
    "threading.Condition": "lock",
    "threading.Event": "lock",
    "threading.Semaphore": "lock",
    "threading.BoundedSemaphore": "lock",
    "threading.Barrier": "lock",
    "multiprocessing.Lock": "lock",
    "multiprocessing.RLock": "lock",
    **dict.fromkeys((f"multiprocessing.{name}" for name in _SHARED), "shared object of processes"),
    "socketserver.TCPServer": "socket",
    "socketserver.ThreadingTCPServer": "socket",
    "http.server.HTTPServer": "socket",
    "http.server.ThreadingHTTPServer": "socket",
    "ctypes.CDLL": "library of C",
    "asyncio.Lock": "lock",
    "queue.Queue": "queue",
    "queue.LifoQueue": "queue",
    "queue.PriorityQueue": "queue",
    "queue.SimpleQueue": "queue",
    "threading.Thread": "thread",
    "threading.Timer": "thread",
    "multiprocessing.Process": "process",
    "multiprocessing.Pool": "pool",
    "multiprocessing.pool.Pool": "pool",
    "multiprocessing.pool.ThreadPool": "pool",
    "concurrent.futures.ThreadPoolExecutor": "pool",
    "concurrent.futures.ProcessPoolExecutor": "pool",
    "subprocess.Popen": "process",
    "socket.socket": "socket",
    "socket.create_connection": "socket",
    "sqlite3.connect": "connection",
    "psycopg2.connect": "connection",
    "pymysql.connect": "connection",
    "mysql.connector.connect": "connection",
    "duckdb.connect": "connection",
    "http.client.HTTPConnection": "connection",
    "http.client.HTTPSConnection": "connection",
    "urllib.request.urlopen": "stream",
    "zipfile.ZipFile": "stream",
    "pandas.ExcelWriter": "stream",
    "tarfile.open": "stream",
    "gzip.open": "stream",
    "bz2.open": "stream",
    "lzma.open": "stream",
    "io.open": "file",
    "codecs.open": "file",
    "builtins.open": "file",
    "numpy.memmap": "data",
    "numpy.lib.format.open_memmap": "data",
    "shelve.open": "dict",
    "dbm.open": "dict",
    "dbm.dumb.open": "dict",
    "configparser.ConfigParser": "config",
    "configparser.RawConfigParser": "config",
    "logging.getLogger": "logger",
    "logging.Logger": "logger",
    "os.open": "descriptor",
    "contextvars.ContextVar": "context variable",
    "io.StringIO": "list",
    "io.BytesIO": "list",
    "numpy.random.default_rng": "rng",
    "numpy.random.SeedSequence": "rng",
    "numpy.random.Philox": "rng",
    "numpy.random.SFC64": "rng",
    "numpy.random.PCG64DXSM": "rng",
    "scipy.stats.qmc.Sobol": "rng",
    "scipy.stats.qmc.Halton": "rng",
    "scipy.stats.qmc.LatinHypercube": "rng",
    "scipy.stats.qmc.PoissonDisk": "rng",
    "scipy.integrate.ode": "",
    "scipy.integrate.complex_ode": "",
    "scipy.integrate.RK45": "",
    "scipy.integrate.RK23": "",
    "scipy.integrate.DOP853": "",
    "scipy.integrate.Radau": "",
    "scipy.integrate.BDF": "",
    "scipy.integrate.LSODA": "",
    "bs4.BeautifulSoup": "tree",
    "bs4.BeautifulStoneSoup": "tree",
    "xml.etree.ElementTree.parse": "tree",
    "xml.etree.ElementTree.fromstring": "tree",
    "xml.etree.ElementTree.XML": "tree",
    "xml.etree.ElementTree.Element": "tree",
    "xml.etree.ElementTree.ElementTree": "tree",
    "xml.dom.minidom.parse": "tree",
    "xml.dom.minidom.parseString": "tree",
    "lxml.etree.parse": "tree",
    "lxml.etree.fromstring": "tree",
    "lxml.etree.XML": "tree",
    "lxml.etree.HTML": "tree",
    "lxml.etree.Element": "tree",
    "lxml.etree.ElementTree": "tree",
    "lxml.html.parse": "tree",
    "lxml.html.fromstring": "tree",
    "lxml.html.document_fromstring": "tree",
    "lxml.html.fragment_fromstring": "tree",
    "PIL.ImageDraw.Draw": "writer",
    "matplotlib.animation.FuncAnimation": "animation",
    "matplotlib.animation.ArtistAnimation": "animation",
    "numpy.random.RandomState": "rng",
    "numpy.random.Generator": "rng",
    "numpy.random.MT19937": "rng",
    "numpy.random.PCG64": "rng",
    "random.Random": "rng",
    "torch.Generator": "rng",
    "collections.deque": "deque",
    "collections.Counter": "dict",
    "collections.OrderedDict": "dict",
    # Not one of the containers: what a missing key gives is in nobody's hands, so it is a part of it.
    "collections.defaultdict": "defaultdict",
    "csv.reader": "iterator",
    "csv.DictReader": "iterator",
    "csv.writer": "writer",
    "csv.DictWriter": "writer",
    "types.SimpleNamespace": "",
}

#: Top-level modules whose functions give data: arrays, frames, results of fits.
_DATA_MODULES: Final = words(
    """numpy pandas scipy statsmodels category_encoders pandas_profiling polars dask
    xarray geopandas shapely skimage cv2 PIL missingno patsy mlxtend yellowbrick lifelines cupy numba
    pyarrow requests bs4 lxml yaml simplejson ujson tabulate pycountry pytz dateutil prettytable squarify
    wordcloud gensim nltk spacy textblob networkx sympy librosa pywt emcee corner astropy umap hdbscan
    eli5 shap lime joypy ptitprince pingouin researchpy pmdarima prophet tqdm h5py openpyxl xlrd tables"""
)
_FIGURE_MODULES: Final = words("matplotlib pylab seaborn mpl_toolkits plotly bokeh altair folium")
_TENSOR_MODULES: Final = words(
    """torch torchvision torchaudio tensorflow keras tf_keras jax flax optax transformers datasets
    pytorch_lightning lightning torchmetrics torch_geometric timm fastai theano mxnet tensorflow_datasets"""
)
_ESTIMATOR_MODULES: Final = words(
    "sklearn imblearn xgboost lightgbm catboost sklearn_crfsuite hmmlearn"
)
_ESTIMATOR_MAKERS: Final = words(
    """make_pipeline make_union make_column_transformer train
    record_evaluation early_stopping print_evaluation log_evaluation reset_parameter"""
)
#: Data modules whose results are objects of many kinds, which may change.
_OBJECT_MODULES: Final = words("networkx requests bs4 nltk gensim spacy")
#: Estimators whose trees count how often they were asked.
_COUNTING: Final = words("KDTree BallTree LocalOutlierFactor KernelDensity KNNImputer")
_CLONING: Final = words(
    """ColumnTransformer make_column_transformer RFE RFECV SelectFromModel SequentialFeatureSelector
    OneVsRestClassifier OneVsOneClassifier OutputCodeClassifier CalibratedClassifierCV
    TransformedTargetRegressor RANSACRegressor SelfTrainingClassifier ClassifierChain RegressorChain"""
)
_CLONING_SUFFIXES: Final = (
    "SearchCV", "BaggingClassifier", "BaggingRegressor", "AdaBoostClassifier", "AdaBoostRegressor",
    "VotingClassifier", "VotingRegressor", "StackingClassifier", "StackingRegressor",
    "MultiOutputClassifier", "MultiOutputRegressor",
)  # fmt: skip
#: Functions that make a statistical model from a formula.
_MODEL_MAKERS: Final = words(
    """ols wls gls glm logit probit poisson mnlogit negativebinomial quantreg rlm mixedlm phreg gee
    glsar ordinal_gee nominal_gee glmgam conditional_logit"""
)
_GRAPH_MAKER: Final = re.compile(
    r"Graph$|_graph$|^(from|read|parse|to_(un)?directed|relabel|convert_node)|^(compose|union|"
    r"disjoint_union|intersection|difference|complement|reverse|subgraph|k_core|condensation|"
    r"contracted_|quotient_|line_graph|ego_|minimum_spanning_tree|maximum_spanning_tree|.*_tree)$"
)
_OTHER_MODULES: Final = words(
    """IPython ipywidgets cycler six attr attrs pydantic typing_extensions more_itertools toolz cytoolz
    faker packaging setuptools pkg_resources colorama termcolor rich click psutil joblib cloudpickle dill
    dotenv sqlalchemy psycopg2 pymysql pymongo boto3 mlflow wandb optuna hyperopt py4j pyspark seaborn_image
    dateparser emoji markdown jinja2 graphviz pydot pydotplus qgrid iso3166 quandl yfinance
    pandas_datareader scikitplot apyori surprise fbprophet vega_datasets palmerpenguins"""
)
STANDARD: Final = frozenset(getattr(sys, "stdlib_module_names", ())) - {"__main__"}
#: Modules whose functions leave their arguments alone unless they are listed below.
KNOWN_MODULES: Final = (
    _DATA_MODULES
    | _FIGURE_MODULES
    | _TENSOR_MODULES
    | _ESTIMATOR_MODULES
    | _OTHER_MODULES
    | STANDARD
    | {"builtins"}
)
#: Modules of the standard library whose results never change.
_PLAIN_MODULES: Final = words(
    """math cmath re datetime time calendar string statistics decimal fractions numbers operator os
    pathlib platform sys secrets uuid textwrap unicodedata keyword token locale getpass
    base64 binascii zlib struct html urllib glob fnmatch shutil tempfile random warnings gc resource
    inspect dis typing enum errno signal stat posixpath ntpath logging timeit cProfile traceback atexit
    pprint builtins json pickle bisect heapq linecache shlex zoneinfo difflib colorsys"""
)

#: Those whose classes make values that never change, too.
_PLAIN_CLASSES: Final = words(
    "decimal fractions numbers pathlib uuid zoneinfo string typing builtins"
)

# ---------------------------------------------------------------- functions, by full path

_COPIES: Final = words(
    """builtins.list builtins.tuple builtins.set builtins.frozenset builtins.dict builtins.sorted
    copy.copy collections.deque collections.OrderedDict collections.Counter
    heapq.nlargest heapq.nsmallest heapq.merge
    random.sample random.choices operator.itemgetter"""
)
_ITERATORS: Final = words(
    """builtins.map builtins.zip builtins.filter builtins.enumerate builtins.iter builtins.reversed
    itertools.chain itertools.chain.from_iterable itertools.islice itertools.cycle itertools.repeat
    itertools.product itertools.permutations itertools.combinations itertools.accumulate itertools.tee
    itertools.combinations_with_replacement itertools.count itertools.starmap itertools.takewhile
    itertools.dropwhile itertools.zip_longest itertools.compress itertools.filterfalse itertools.pairwise
    itertools.batched itertools.groupby builtins.aiter
    tqdm.tqdm tqdm.auto.tqdm tqdm.notebook.tqdm tqdm.tqdm_notebook
    csv.reader csv.DictReader"""
)
_INSIDE: Final = words(
    """builtins.min builtins.max builtins.getattr builtins.next builtins.vars builtins.anext
    operator.getitem operator.attrgetter functools.reduce random.choice heapq.heappop
    heapq.heappushpop heapq.heapreplace operator.iadd operator.ior operator.imul typing.cast
    builtins.memoryview weakref.ref weakref.proxy contextlib.closing contextlib.nullcontext
    numpy.asarray numpy.asanyarray numpy.ascontiguousarray numpy.asfortranarray numpy.ravel
    numpy.reshape numpy.transpose numpy.squeeze numpy.swapaxes numpy.moveaxis numpy.rollaxis
    numpy.expand_dims numpy.atleast_1d numpy.atleast_2d numpy.atleast_3d numpy.broadcast_to
    numpy.broadcast_arrays numpy.diagonal numpy.diag numpy.flip numpy.fliplr numpy.flipud numpy.rot90
    numpy.split numpy.array_split numpy.hsplit numpy.vsplit numpy.dsplit numpy.real numpy.imag
    numpy.asmatrix numpy.matrix numpy.nditer numpy.ndenumerate numpy.require numpy.frombuffer
    numpy.lib.stride_tricks.as_strided numpy.lib.stride_tricks.sliding_window_view
    torch.from_numpy torch.as_tensor torch.squeeze torch.unsqueeze torch.reshape torch.transpose
    torch.flatten torch.permute torch.chunk torch.split torch.unbind
    sklearn.utils.check_array sklearn.utils.validation.check_array"""
)
#: Functions whose results hold what they are given, beside classes and what has a family.
_CAPTURES: Final = words(
    """sklearn.metrics.make_scorer lightgbm.record_evaluation lightgbm.callback.record_evaluation
    xgboost.callback.record_evaluation"""
)
#: Arguments that are changed, by position.
_MUTATES: Final = {
    "builtins.setattr": (0,),
    "builtins.delattr": (0,),
    "builtins.next": (0,),
    "builtins.anext": (0,),
    "operator.setitem": (0,),
    "operator.delitem": (0,),
    "operator.iadd": (0,),
    "operator.ior": (0,),
    "operator.imul": (0,),
    "operator.iconcat": (0,),
    "random.shuffle": (0,),
    "numpy.random.shuffle": (0,),
    "numpy.fill_diagonal": (0,),
    "numpy.put": (0,),
    "numpy.put_along_axis": (0,),
    "numpy.place": (0,),
    "numpy.putmask": (0,),
    "numpy.copyto": (0,),
    "numpy.linalg.cholesky_inplace": (0,),
    "heapq.heappush": (0,),
    "heapq.heappop": (0,),
    "heapq.heapify": (0,),
    "heapq.heapreplace": (0,),
    "heapq.heappushpop": (0,),
    "bisect.insort": (0,),
    "bisect.insort_left": (0,),
    "bisect.insort_right": (0,),
    "functools.update_wrapper": (0,),
    "pickle.dump": (1,),
    "json.dump": (1,),
    "torch.nn.utils.clip_grad_norm_": (0,),
    "torch.nn.utils.clip_grad_value_": (0,),
    "networkx.add_path": (0,),
    "networkx.add_cycle": (0,),
    "networkx.add_star": (0,),
    "networkx.set_node_attributes": (0,),
    "networkx.set_edge_attributes": (0,),
    "networkx.freeze": (0,),
    "pickle.load": (0,),
    "json.load": (0,),
    "matplotlib.pyplot.setp": (0,),
    "matplotlib.pyplot.sca": (0,),
    "lxml.etree.SubElement": (0,),
    "lxml.etree.strip_tags": (0,),
    "lxml.etree.strip_elements": (0,),
    "lxml.etree.strip_attributes": (0,),
    "lxml.etree.cleanup_namespaces": (0,),
    "lxml.etree.indent": (0,),
    "networkx.double_edge_swap": (0,),
    "networkx.connected_double_edge_swap": (0,),
    "networkx.directed_edge_swap": (0,),
    "copy.replace": (),
    "contextlib.redirect_stdout": (0,),
    "contextlib.redirect_stderr": (0,),
    "gc.collect": (),
    "ast.fix_missing_locations": (0,),
    "ast.increment_lineno": (0,),
    "xml.etree.ElementTree.SubElement": (0,),
    "xml.etree.ElementTree.indent": (0,),
    "sklearn.utils._testing.set_random_state": (0,),
}
#: Functions whose arguments that hold notebook code run it at once, on the other arguments.
#: (What else is passed to a library function may be called as well, but that is only possible.)
_BUILTIN_FRESH: Final = words("builtins.bytearray builtins.object builtins.sum builtins.__import__")
#: Standard library functions that give something that can change, in modules of plain results.
_FRESH: Final = words(
    """copy.deepcopy json.load json.loads pickle.load pickle.loads yaml.safe_load os.listdir os.walk
    glob.glob re.findall re.split re.compile time.localtime shlex.split random.getstate
    random.SystemRandom os.scandir glob.iglob re.finditer inspect.getmembers
    tempfile.TemporaryDirectory tempfile.NamedTemporaryFile"""
)
#: Functions that hand a function back, or make it callable in another way.
WRAPPERS: Final = words(
    """functools.wraps functools.lru_cache functools.cache functools.cached_property
    functools.singledispatch functools.total_ordering builtins.staticmethod builtins.classmethod
    builtins.property dataclasses.dataclass abc.abstractmethod contextlib.contextmanager
    contextlib.asynccontextmanager typing.overload typing.no_type_check typing.final
    typing.runtime_checkable numba.jit numba.njit numba.vectorize numpy.vectorize numpy.frompyfunc
    tensorflow.function torch.no_grad torch.jit.script jax.jit atexit.register enum.unique
    types.coroutine unittest.mock.patch typing_extensions.override functools.partialmethod
    attr.s attr.attrs attr.define attrs.define functools.update_wrapper"""
)

# ---------------------------------------------------------------- methods, by name

#: Methods that change their receiver, whatever it is.
MUTATING: Final = words(
    """append extend insert remove pop popitem clear update setdefault add discard sort reverse
    appendleft extendleft popleft rotate difference_update intersection_update
    symmetric_difference_update write writelines writerow writerows writeheader seek truncate flush
    close read readline readlines readinto send throw put get_nowait put_nowait fill resize itemset
    setflags partition byteswap fit partial_fit fit_transform fit_predict fit_resample set_params
    fit_generator fit_on_texts adapt compile train train_on_batch backward step zero_grad
    load_state_dict seed shuffle set_state setstate set add_node add_edge add_nodes_from add_edges_from
    add_weighted_edges_from remove_node remove_edge remove_nodes_from remove_edges_from add_path
    build_vocab execute executemany executescript commit rollback cursor acquire release start join_thread
    terminate kill communicate subtract move_to_end new_child feed push enqueue dequeue
    add_argument add_subplot add_axes add_layer add_row add_column add_trace add_patch add_artist
    add_collection add_line add_callback savefig tick_params legend tight_layout subplots_adjust
    invert_yaxis invert_xaxis update_layout update_traces update_xaxes update_yaxes
    register addHandler setLevel observe on_click link_arguments increment decrement deposit withdraw
    __init__ __setitem__ __delitem__ __setattr__ __delattr__ __next__ __iadd__ __isub__ __imul__
    __imatmul__ __itruediv__ __ifloordiv__ __imod__ __ipow__ __ilshift__ __irshift__ __iand__ __ixor__
    __ior__"""
)
MUTATING_PREFIXES: Final = ("set_", "add_", "remove_", "update_", "delete_", "insert_")
#: Methods that leave their receiver alone and give something new that does not hold it.
PURE: Final = words(
    """abs add_prefix add_suffix agg aggregate align all any apply applymap argmax argmin argsort
    argwhere as_integer_ratio asfreq asof assign astimezone astype at_time autocorr between between_time bfill
    bit_length bool capitalize casefold cat center clip combine combine_first compare compress
    conj conjugate contains convert_dtypes corr corrwith count cov crosstab cummax cummin cumprod cumsum
    cut date day decode describe diff difference digest dot drop drop_duplicates droplevel dropna
    dumps duplicated encode endswith eq equals eval expandtabs explode factorize ffill
    fillna filter find findall first first_valid_index flatten floordiv format format_map from_dict
    fromkeys fullmatch ge get_dummies get_feature_names get_feature_names_out get_params get_support
    group groupdict groups gt head hexdigest hour idxmax idxmin index infer_objects
    info interpolate intersection inverse_transform is_integer isalnum isalpha isascii isdecimal
    isdigit isdisjoint isidentifier islower isna isnull isnumeric isocalendar isoformat isoweekday
    isprintable isspace issubset issuperset istitle isupper join kneighbors kurt
    kurtosis last last_valid_index le len ljust lower lstrip lt mad maketrans map mask match max mean
    median melt memory_usage merge min minute mod mode month mul multiply nbytes ndim ne nlargest
    notna notnull nsmallest nonzero nunique pct_change pivot pivot_table pow predict
    predict_log_proba predict_proba prod product ptp quantile query rank rdiv reindex reindex_like
    removeprefix removesuffix rename rename_axis reorder_levels repeat replace reset_index rfind rindex
    rjust rmod rmul round rpartition rpow rsplit rstrip rsub sample score score_samples search
    searchsorted second select_dtypes sem set_axis set_index shift silhouette_score skew slice
    sort_index sort_values span split splitlines stack startswith std strftime strip sub
    sum summary swapcase swaplevel symmetric_difference tail take timestamp timetuple title
    to_clipboard to_csv to_dict to_excel to_feather to_frame to_hdf to_html to_json to_latex
    to_list to_markdown to_parquet to_period to_pickle to_records to_sql to_string to_timestamp
    to_xarray tobytes today tojson tolist total_seconds trace transform translate truediv trunc tz_convert
    tz_localize union unique unstack upper utcnow value_counts var weekday where xs year zfill
    decision_function evaluate get_weights get_config count_params
    state_dict named_parameters params conf_int pvalues resid forecast get_prediction
    get_forecast summary2 t_test f_test wald_test number_of_nodes number_of_edges
    degree neighbors has_node has_edge has_path successors predecessors subgraph_view
    item numpy size dim nelement numel is_cuda exists is_file is_dir stat
    resolve absolute as_posix with_suffix with_name relative_to glob rglob iterdir joinpath
    expanduser samefile total most_common elements __len__ __contains__ __eq__ __str__
    __repr__ __hash__ __bool__ __sizeof__ bit_count hex is_integer toordinal ctime utctimetuple
    crossing get_n_splits cross_validate mahalanobis pdf cdf sf ppf logpdf
    pmf logpmf isf interval moment entropy expect """
)
#: Methods that give the receiver, a view or a part of it, and change nothing.
VIEWS: Final = words(
    """get items values keys iterrows itertuples get_group reshape ravel view transpose squeeze
    swapaxes diagonal to_numpy parameters named_parameters children modules named_modules layers
    get_layer numpy detach cpu cuda to float double half long flat xs iteritems pipe
    __getitem__ __getattr__ __getattribute__ __iter__ nodes edges subgraph get_children get_axes
    gca get_figure get_lines root nodes_iter stages named_steps"""
)
#: Methods that give a new object through which the receiver is read later.
CAPTURING: Final = words(
    "groupby rolling expanding resample ewm str dt style finditer scandir cache persist"
)
#: Methods that give a new object with the same contents.
COPIES: Final = words(
    "copy __copy__ union difference intersection symmetric_difference most_common"
)

#: Methods of arrays and frames that change them; all others do not, unless ``inplace=True``.
_DATA_MUTATING: Final = words(
    """insert pop update popitem setdefault clear sort fill put resize itemset setflags setfield
    partition __setitem__ __delitem__
    fit partial_fit fit_transform set_params add_node add_edge add_nodes_from add_edges_from
    add_weighted_edges_from remove_node remove_edge remove_nodes_from remove_edges_from add_path paste
    putpixel putdata putalpha putpalette thumbnail alpha_composite frombytes
    remove_stopwords commit close send execute append_trace create_dataset extend write
    rvs eliminate_zeros sum_duplicates sort_indices setdiag prune
    row_swap col_swap row_del col_del row_op col_op zip_row_op copyin_list copyin_matrix"""
)
#: Methods of documents of elements, and of elements, that change them.
_TREE_MUTATING: Final = words(
    """append extend insert clear remove pop set update setdefault decompose extract replace_with
    replace_with_children replaceWith unwrap wrap insert_before insert_after smooth replace addnext
    addprevious drop_tag drop_tree rewrite_links make_links_absolute strip appendChild removeChild
    insertBefore replaceChild setAttribute removeAttribute normalize reset unlink write"""
)
#: Those that make text or names of them.
_TREE_TEXT: Final = words(
    """get_text getText prettify decode encode text_content has_attr get_attribute_list tostring toxml
    toprettyxml getAttribute hasAttribute new_tag new_string itertext stripped_strings index"""
)
#: Methods of models that run none of the functions that they are made of.
LEAVES_CODE: Final = words("get_params set_params set_output get_metadata_routing")
#: Methods of models that change them; all others do not.
_ESTIMATOR_MUTATING: Final = words(
    """fit partial_fit fit_transform fit_predict set_params fit_resample train load_model
    set_output set_config fit_generator add_pipe initialize update boost refit warm_start reset
    append insert plot rollback_one_iter reset_parameter load_config shuffle_models"""
)
#: Methods that leave a generator of random numbers as it is.
RNG_PURE: Final = words("getstate get_state bit_generator __getstate__ generate_state")
#: Methods of text, numbers and dates, whose results cannot change.
TEXT: Final = words(
    """upper lower title strip lstrip rstrip replace format join capitalize casefold center count
    encode decode endswith startswith expandtabs find index isalnum isalpha isascii isdecimal isdigit
    isidentifier islower isnumeric isprintable isspace istitle isupper ljust rjust swapcase translate
    zfill rfind rindex removeprefix removesuffix hex strftime isoformat date time timestamp weekday
    total_seconds group start end is_integer bit_length conjugate partition rpartition today now
    maketrans format_map hexdigest digest"""
)
#: Methods that configure a logger, and those that log.
CONFIGURES: Final = words(
    """setLevel addHandler removeHandler addFilter removeFilter append extend insert remove pop clear"""
)
LOGS: Final = words("debug info warning warn error exception critical fatal log handle")
#: Attributes of frames and arrays that cannot be changed in place through the result.
DATA_PLAIN: Final = words(
    """shape size ndim dtype dtypes empty name names columns index nbytes itemsize is_unique hasnans
    is_monotonic_increasing is_monotonic_decreasing nlevels year month day hour minute second dayofweek
    weekday quarter date time days seconds microseconds nunique inferred_type start stop step"""
)
#: Keyword arguments that name an object to write into.
OUTPUT_KEYWORDS: Final = words("out where_out file stream buf output evals_result")
#: Classes whose methods may be called on what is passed first.
CLASSES: Final = words(
    """builtins.list builtins.set builtins.object builtins.bytearray collections.OrderedDict
    collections.deque pandas.DataFrame pandas.Series numpy.ndarray"""
)
#: Where functions of numpy take the arrays that they write into, if they are given any.
_INTO: Final[dict[str, tuple[int, ...]]] = {
    **dict.fromkeys(
        words(
            """negative positive absolute fabs abs rint sign conj conjugate exp exp2 expm1 log log2
            log10 log1p sqrt square cbrt reciprocal sin cos tan arcsin arccos arctan sinh cosh tanh
            arcsinh arccosh arctanh degrees radians deg2rad rad2deg invert bitwise_not logical_not
            isfinite isinf isnan isnat signbit spacing floor ceil trunc fix sin acos asin atan isneginf
            isposinf"""
        ),
        (1,),
    ),
    **dict.fromkeys(
        words(
            """add subtract multiply divide true_divide floor_divide power float_power mod remainder
            fmod maximum minimum fmax fmin logical_and logical_or logical_xor hypot arctan2 copysign
            logaddexp logaddexp2 nextafter ldexp heaviside gcd lcm bitwise_and bitwise_or bitwise_xor
            left_shift right_shift greater greater_equal less less_equal equal not_equal matmul dot
            outer argmax argmin max min amax amin any all around round round_ choose median nanmedian
            ptp"""
        ),
        (2,),
    ),
    **dict.fromkeys(
        words(
            """clip take sum prod mean std var cumsum cumprod nansum nanmean nanprod nanstd nanvar
            compress concatenate stack percentile quantile nanpercentile nanquantile"""
        ),
        (3,),
    ),
    **dict.fromkeys(words("modf frexp"), (1, 2)),
    "divmod": (2, 3),
    "trace": (5,),
    "max": (2,),
}
#: The same for methods of their functions: ``np.add.reduce(a, axis, dtype, out)``.
_INTO_OF_UFUNC: Final[dict[str, tuple[int, ...]]] = {
    "reduce": (3,),
    "accumulate": (3,),
    "reduceat": (4,),
}
#: Methods by which an element of an array of objects may be changed.
ELEMENT_MUTATING: Final = words("append extend appendleft remove discard setdefault reverse")
#: Attributes that objects which fill caches have from the start.
NEVER_LAZY: Final = words("params model nobs endog exog df_model df_resid graph name")
#: Builtins that go through what they are given.
ITERATES: Final = frozenset(
    "builtins." + name
    for name in words("list tuple set frozenset dict sorted sum any all min max bytes")
)
#: Special methods that builtins call on the elements of what they go through.
CALLS_ON_ELEMENTS: Final[dict[str, tuple[str, ...]]] = {
    "builtins.sum": ("__radd__", "__add__"),
    "builtins.sorted": ("__lt__", "__gt__"),
    "builtins.min": ("__lt__", "__gt__"),
    "builtins.max": ("__gt__", "__lt__"),
    "builtins.set": ("__hash__", "__eq__"),
    "builtins.frozenset": ("__hash__", "__eq__"),
    "builtins.any": ("__bool__", "__len__"),
    "builtins.all": ("__bool__", "__len__"),
}
#: The same for methods of lists.
METHOD_CALLS_ON_ELEMENTS: Final[dict[str, tuple[str, ...]]] = {
    "sort": ("__lt__", "__gt__"),
    "index": ("__eq__",),
    "count": ("__eq__",),
    "remove": ("__eq__",),
}
#: Special methods that builtins call; what is not listed makes text of its arguments.
CALLS: Final[dict[str, tuple[str, ...]]] = {
    "builtins.len": ("__len__",),
    "builtins.abs": ("__abs__",),
    "builtins.bool": ("__bool__", "__len__"),
    "builtins.int": ("__int__", "__index__", "__trunc__"),
    "builtins.float": ("__float__", "__index__"),
    "builtins.complex": ("__complex__",),
    "builtins.round": ("__round__",),
    "builtins.divmod": ("__divmod__", "__rdivmod__"),
    "builtins.pow": ("__pow__", "__rpow__"),
    "builtins.hash": ("__hash__",),
    "builtins.any": ("__bool__", "__len__"),
    "builtins.all": ("__bool__", "__len__"),
    "builtins.hasattr": ("__getattr__",),
    "builtins.isinstance": (),
    "builtins.issubclass": (),
    "builtins.type": (),
    "builtins.id": (),
    "builtins.callable": (),
}
#: Functions that work on copies of the estimator that they are given.
FITS_CLONES: Final = (
    "sklearn.base.clone", "sklearn.model_selection.cross_val", "sklearn.model_selection.learning_",
    "sklearn.model_selection.validation_",
)  # fmt: skip
#: Builtins that leave what they are given alone, caches included.
LOOKS_AWAY: Final = frozenset(
    "builtins." + name
    for name in words("print type isinstance id repr str hash callable hasattr issubclass")
)

#: Methods of frames and arrays that give Python's own containers.
_PYTHON_RESULTS: Final = words("to_dict tolist to_list")
#: Families that what a method gives does not belong to.
_NOT_INHERITED: Final = words(
    "defaultdict file stream writer rng pool lock queue thread process socket config xml"
)

_ADDS: Final = words(
    """append extend insert add update setdefault appendleft extendleft put push register write
    __setitem__ __setattr__ add_node add_edge add_nodes_from enqueue"""
)
_TAKES: Final = words("pop popitem popleft setdefault get_nowait cursor execute")
_SAME: Final = words(
    "fit partial_fit set_params set_output to compile train requires_grad_ eval plot"
)


@cache
def may_draw_into(path: str) -> bool:
    """Whether a function that is given axes draws into them."""
    return path.partition(".")[0] in _DATA_MODULES | _ESTIMATOR_MODULES


@cache
def written(path: str) -> tuple[int, ...]:
    """Positions of the arguments that the function of numpy at ``path`` writes into."""
    owner, _, name = path.rpartition(".")
    if owner == "numpy":
        return _INTO.get(name, ())
    return _INTO_OF_UFUNC.get(name, ()) if _is_ufunc(owner) else ()


@cache
def written_by_method(name: str) -> tuple[int, ...]:
    """Positions of the arguments that a method of arrays writes into: ``a.sum(axis, dtype, out)``."""
    return tuple(position - 1 for position in _INTO.get(name, ()))


def _is_ufunc(path: str) -> bool:
    owner, _, name = path.rpartition(".")
    return owner == "numpy" and name in _INTO


@cache
def function(path: str) -> Behaviour:
    """What a call of the library function or class at ``path`` does."""
    top = path.partition(".")[0]
    mutates = _MUTATES.get(path, ())
    if path.endswith(".at") and _is_ufunc(path[:-3]):
        mutates = (0,)
    if path in _COPIES:
        found = Behaviour(Gives.COPY, FAMILIES.get(path, _container(path)), mutates)
    elif path in _ITERATORS:
        found = Behaviour(Gives.ITERATOR, "iterator", mutates)
    elif path in _INSIDE:
        found = Behaviour(Gives.INSIDE, "data" if top in _DATA_MODULES else "", mutates)
    elif path in FAMILIES:
        found = Behaviour(Gives.CAPTURE, FAMILIES[path], mutates)
    elif path in _BUILTIN_FRESH or path in _FRESH:
        found = Behaviour(Gives.FRESH, "", mutates)
    elif top in KNOWN_MODULES:
        gives, of = _by_module(path, top)
        found = Behaviour(gives, of, mutates)
    else:
        found = UNKNOWN
    return found


def _container(path: str) -> str:
    name = path.rpartition(".")[2]
    return {"sorted": "list", "frozenset": "set", "copy": ""}.get(
        name, name if name in CONTAINERS else "list"
    )


def _by_module(path: str, top: str) -> tuple[Gives, str]:
    """The rule for a module's functions (new data) and classes (objects that hold their arguments)."""
    name = path.rpartition(".")[2]
    is_class = name[:1].isupper()
    gives = Gives.CAPTURE if is_class or path in _CAPTURES else Gives.FRESH
    if path.startswith(("matplotlib.colors.", "matplotlib.cm.", "matplotlib.ticker.")):
        of, gives = "data", Gives.FRESH
    elif top in _ESTIMATOR_MODULES:
        made = is_class or name in _ESTIMATOR_MAKERS
        of, gives = ("estimator", Gives.CAPTURE) if made else ("data", gives)
    elif top in _FIGURE_MODULES:
        of = "figure"
    elif top in _TENSOR_MODULES:
        of, gives = "" if is_class else "tensor", Gives.CAPTURE
    elif top in _DATA_MODULES:
        gives, of = _of_data_module(name, top, gives)
    else:
        of = ""
        if top in _PLAIN_MODULES and (not is_class or top in _PLAIN_CLASSES):
            gives = Gives.PLAIN
    return gives, of


def _of_data_module(name: str, top: str, gives: Gives) -> tuple[Gives, str]:
    if top == "statsmodels" and (gives is Gives.CAPTURE or name in _MODEL_MAKERS):
        return Gives.CAPTURE, "results"
    if top == "networkx" and _GRAPH_MAKER.search(name):
        return Gives.FRESH, "graph"
    if name in {"Series", "DataFrame", "Index", "DataArray", "Dataset"}:
        return Gives.CAPTURE, "data"
    if top in {"numpy", "pandas"}:
        return Gives.FRESH, "data"
    if top in _OBJECT_MODULES:
        return gives, ""
    return gives, "estimator" if gives is Gives.CAPTURE else "data"


def estimator(path: str, *, seeded: bool, overwrites: bool = False) -> Estimator:
    """What is known of the objects of the estimator's class at ``path``."""
    name = path.rpartition(".")[2]
    clones = name.endswith(_CLONING_SUFFIXES) or name in _CLONING
    counts = "Neighbor" in name or name in _COUNTING
    return Estimator(seeded, counts, clones, overwrites)


def is_lazy(region: Region) -> bool:
    """Whether the object may change when it is only looked at."""
    if region.of in LAZY:
        return True
    facts = region.payload
    return isinstance(facts, Estimator) and facts.counts


@cache
def method(name: str, of: str) -> Behaviour:
    """What calling the method ``name`` of an object of family ``of`` does."""
    rule = _METHODS.get(of)
    return rule(name) if rule is not None else _any_method(name, of)


def _figure_method(name: str) -> Behaviour:
    changes = not name.startswith("get_") and name not in {"items", "keys", "values"}
    return Behaviour(Gives.INSIDE, "figure", changes=changes)


def _rng_method(name: str) -> Behaviour:
    return Behaviour(Gives.FRESH, changes=name not in RNG_PURE)


def _estimator_method(name: str) -> Behaviour:
    if name in _ESTIMATOR_MUTATING or name.startswith(("set_", "add_")):
        gives = Gives.RECEIVER if name in _SAME else Gives.FRESH
        return Behaviour(gives, "data", changes=True)
    return Behaviour(Gives.INSIDE) if name in VIEWS else Behaviour(Gives.FRESH, "data")


def _grouped_method(name: str) -> Behaviour:
    """Groups of a frame, which hand out new frames."""
    if name in {"rolling", "expanding", "resample", "ewm"}:
        return Behaviour(Gives.CAPTURE, "grouped")
    return Behaviour(Gives.FRESH, "" if name in _PYTHON_RESULTS else "data")


def _results_method(name: str) -> Behaviour:
    """A statistical model, or its results, which hold the model."""
    if name.startswith(("fit", "get_", "simulate", "from_")):
        return Behaviour(Gives.CAPTURE, "results")
    return Behaviour(Gives.FRESH, "data", changes=name == "remove_data")


def _graph_method(name: str) -> Behaviour:
    if name in MUTATING or name.startswith(MUTATING_PREFIXES):
        return Behaviour(Gives.FRESH, changes=True)
    if name in {"copy", "to_directed", "to_undirected", "reverse", "edge_subgraph"}:
        return Behaviour(Gives.FRESH, "graph")
    return Behaviour(Gives.INSIDE if name in VIEWS else Gives.FRESH)


def _tree_method(name: str) -> Behaviour:
    """A document of elements (HTML, XML), or one of its elements: what is found is a part of it."""
    if name in _TREE_MUTATING:
        return Behaviour(Gives.INSIDE, changes=True)
    if name in _TREE_TEXT:
        return Behaviour(Gives.FRESH)
    return Behaviour(Gives.INSIDE)


def _styler_method(name: str) -> Behaviour:
    """A frame's style, whose methods change it and give it back."""
    if name.startswith(("to_", "render", "export", "from_")) or name == "pipe":
        return Behaviour(Gives.FRESH)
    if name == "copy" or name.startswith("_"):
        return Behaviour(Gives.CAPTURE, "styler")
    return Behaviour(Gives.RECEIVER, changes=True)


def _animation_method(name: str) -> Behaviour:
    """An animation, which draws its frames when it is shown or saved."""
    return Behaviour(Gives.FRESH, changes=True)


def _writer_method(name: str) -> Behaviour:
    """What writes into another object: a file, a picture."""
    return Behaviour(
        Gives.FRESH,
        changes=not name.startswith(("text", "multiline_text", "get")) or name == "text",
    )


def _data_method(name: str, of: str) -> Behaviour:
    if name in {"groupby", "resample"}:
        return Behaviour(Gives.CAPTURE, "grouped")
    if name in _PYTHON_RESULTS:
        # A list of a column of objects holds the objects themselves.
        return Behaviour(Gives.FRESH if name == "to_dict" else Gives.CAPTURE)
    if name in _DATA_MUTATING or (of == "tensor" and (name.endswith("_") or name == "backward")):
        return Behaviour(Gives.INSIDE if name in _TAKES else Gives.FRESH, of, changes=True)
    if name in VIEWS or name in {"iloc", "loc", "T", "load"}:
        return Behaviour(Gives.INSIDE, of)
    if name in CAPTURING:
        return Behaviour(Gives.CAPTURE, of)
    return Behaviour(Gives.FRESH, of)


def _logger_method(name: str) -> Behaviour:
    return Behaviour(
        Gives.FRESH, "logger" if name == "getChild" else "", changes=name in CONFIGURES
    )


def _any_method(name: str, of: str) -> Behaviour:
    if of in {"file", "stream"} and name in {"read", "readline", "readlines"}:
        found = Behaviour(Gives.FRESH, "list", changes=True)
    elif name in COPIES:
        found = Behaviour(Gives.COPY, of)
    elif name in MUTATING or name.startswith(MUTATING_PREFIXES):
        gives = Gives.INSIDE if name in _TAKES else Gives.FRESH
        found = Behaviour(Gives.RECEIVER if name in _SAME else gives, changes=True)
    elif name in VIEWS:
        found = Behaviour(Gives.INSIDE)
    elif name in CAPTURING:
        found = Behaviour(Gives.CAPTURE, of)
    elif name in PURE or of in CONTAINERS:
        found = Behaviour(Gives.FRESH, _result_family(name, of))
    else:
        found = UNKNOWN
    return found


def _result_family(name: str, of: str) -> str:
    if name in {"split", "rsplit", "splitlines"}:
        return "list"
    return "" if of in CONTAINERS or of in _NOT_INHERITED else of


def adds(name: str) -> bool:
    """Whether the method puts its arguments into its receiver."""
    return name in _ADDS or name.startswith(("add_", "set_", "append_", "insert_"))


_METHODS: Final[dict[str, Callable[[str], Behaviour]]] = {
    "data": lambda name: _data_method(name, "data"),
    "tensor": lambda name: _data_method(name, "tensor"),
    "estimator": _estimator_method,
    "grouped": _grouped_method,
    "results": _results_method,
    "graph": _graph_method,
    "figure": _figure_method,
    "logger": _logger_method,
    "rng": _rng_method,
    "tree": _tree_method,
    "animation": _animation_method,
    "styler": _styler_method,
    "chunks": lambda name: Behaviour(Gives.FRESH, "data", changes=True),
    "writer": _writer_method,
}
