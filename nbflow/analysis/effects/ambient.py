"""Ambient state: what library calls, stores and magics read and change without a name.

Tables of full paths. Names of ambient state begin with "@".
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Final

from nbflow.analysis.effects.library import CLASSES, KNOWN_MODULES, STANDARD, words

#: The path of IPython's shell, which ``get_ipython()`` gives.
SHELL: Final = "IPython.get_ipython()"
#: Functions that set or draw from a generator that everybody shares.
_RANDOM: Final = words(
    """seed random randint randrange uniform gauss choice choices shuffle sample betavariate
    expovariate normalvariate triangular setstate getstate getrandbits lognormvariate vonmisesvariate
    gammavariate paretovariate weibullvariate randbytes binomialvariate"""
)
_NUMPY_MAKERS: Final = words(
    """default_rng RandomState Generator SeedSequence PCG64 MT19937 Philox SFC64 BitGenerator
    PCG64DXSM"""
)
_TORCH_DRAWS: Final = words(
    """rand randn randint randperm normal bernoulli multinomial manual_seed seed rand_like randn_like
    poisson get_rng_state set_rng_state initial_seed randint_like"""
)
#: Library functions and constructors that may draw from numpy's shared generator.
_DRAWS: Final = words(
    """sklearn.model_selection.train_test_split sklearn.model_selection.cross_val_score
    sklearn.model_selection.cross_validate sklearn.utils.shuffle sklearn.utils.resample
    sklearn.model_selection.cross_val_predict sklearn.model_selection.learning_curve
    sklearn.model_selection.validation_curve sklearn.inspection.permutation_importance
    sklearn.cluster.k_means sklearn.cluster.kmeans_plusplus scipy.cluster.vq.kmeans
    scipy.cluster.vq.kmeans2 scipy.optimize.differential_evolution scipy.optimize.basinhopping
    scipy.optimize.dual_annealing scipy.stats.bootstrap scipy.stats.permutation_test
    scipy.stats.ortho_group scipy.sparse.random sklearn.metrics.silhouette_score
    statsmodels.tsa.arima_process.arma_generate_sample sklearn.manifold.spectral_embedding
    statsmodels.api.tsa.arma_generate_sample sklearn.random_projection.johnson_lindenstrauss
    scipy.linalg.interpolative.svd
    sklearn.feature_selection.mutual_info_classif sklearn.feature_selection.mutual_info_regression
    sklearn.utils.extmath.randomized_svd sklearn.covariance.fast_mcd
    sklearn.utils.random.sample_without_replacement
    """
)
_DRAW_PREFIXES: Final = (
    "sklearn.datasets.make_", "seaborn.", "networkx.", "imblearn.", "scipy.stats.",
    "skimage.util.random_noise",
    "lightgbm.", "xgboost.", "statsmodels.tsa.", "hyperopt.", "optuna.", "emcee.", "umap.",
)  # fmt: skip
#: Methods that may draw from numpy's shared generator when no ``random_state`` was given.
DRAWING_METHODS: Final = words(
    """fit fit_transform fit_predict partial_fit sample rvs split fit_resample simulate
    bootstrap generate refit fit_generator"""
)
#: Bootstrapped drawings of seaborn.
_SEABORN_DRAWS: Final = words(
    """barplot pointplot lineplot regplot lmplot catplot factorplot relplot pairplot jointplot
    PairGrid FacetGrid tsplot stripplot swarmplot clustermap residplot"""
)
_NETWORKX_PLAIN: Final = words("Graph DiGraph MultiGraph MultiDiGraph")

#: State that a call changes, by full path.
_CHANGES: Final = {
    "os.putenv": "@environ",
    "os.unsetenv": "@environ",
    "dotenv.load_dotenv": "@environ",
    "os.chdir": "@cwd",
    "os.fchdir": "@cwd",
    "warnings.filterwarnings": "@warnings",
    "warnings.simplefilter": "@warnings",
    "warnings.resetwarnings": "@warnings",
    "logging.captureWarnings": "@warnings",
    "locale.setlocale": "@locale",
    "decimal.setcontext": "@decimal",
    "decimal.getcontext": "@decimal",
    "time.tzset": "@timezone",
    "gc.disable": "@limits",
    "gc.enable": "@limits",
    "gc.set_threshold": "@limits",
    "sys.set_int_max_str_digits": "@limits",
    "os.umask": "@limits",
    "resource.setrlimit": "@limits",
    "socket.setdefaulttimeout": "@limits",
    "calendar.setfirstweekday": "@limits",
    "sys.setswitchinterval": "@limits",
    "mimetypes.add_type": "@module:mimetypes._db",
    "copyreg.pickle": "@module:copyreg.dispatch_table",
    "codecs.register_error": "@codecs",
    "sqlite3.register_adapter": "@module:sqlite3.adapters",
    "sqlite3.register_converter": "@module:sqlite3.converters",
    "shutil.register_archive_format": "@module:shutil._ARCHIVE_FORMATS",
    "shutil.unregister_archive_format": "@module:shutil._ARCHIVE_FORMATS",
    "shutil.register_unpack_format": "@module:shutil._UNPACK_FORMATS",
    "shutil.unregister_unpack_format": "@module:shutil._UNPACK_FORMATS",
    "xml.etree.ElementTree.register_namespace": "@module:xml.etree.ElementTree._namespace_map",
    "urllib.request.install_opener": "@module:urllib.request._opener",
    "csv.register_dialect": "@csv",
    "csv.unregister_dialect": "@csv",
    "csv.field_size_limit": "@csv",
    "sys.setrecursionlimit": "@limits",
    "signal.signal": "@signals",
    "logging.basicConfig": "@logging",
    "logging.disable": "@logging",
    "logging.addLevelName": "@logging",
    "logging.setLogRecordFactory": "@module:logging._logRecordFactory",
    "logging.config.dictConfig": "@logging",
    "logging.config.fileConfig": "@logging",
    "matplotlib.colormaps.register": "@matplotlib.colormaps",
    "matplotlib.colormaps.unregister": "@matplotlib.colormaps",
    "matplotlib.cm.register_cmap": "@matplotlib.colormaps",
    "matplotlib.pyplot.register_cmap": "@matplotlib.colormaps",
    "pandas.api.extensions.register_dataframe_accessor": "@pandas.accessors",
    "pandas.api.extensions.register_series_accessor": "@pandas.accessors",
    "pandas.api.extensions.register_index_accessor": "@pandas.accessors",
    "matplotlib.rc": "@matplotlib.rcParams",
    "matplotlib.rcdefaults": "@matplotlib.rcParams",
    "matplotlib.rc_file": "@matplotlib.rcParams",
    "matplotlib.rc_file_defaults": "@matplotlib.rcParams",
    "matplotlib.use": "@matplotlib.rcParams",
    "matplotlib.style.use": "@matplotlib.rcParams",
    "matplotlib.pyplot.rc": "@matplotlib.rcParams",
    "matplotlib.pyplot.rcdefaults": "@matplotlib.rcParams",
    "matplotlib.pyplot.style.use": "@matplotlib.rcParams",
    "matplotlib.pyplot.switch_backend": "@matplotlib.rcParams",
    "matplotlib.pyplot.xkcd": "@matplotlib.rcParams",
    "matplotlib.pyplot.set_cmap": "@matplotlib.rcParams",
    "matplotlib.pyplot.ion": "@matplotlib.rcParams",
    "matplotlib.pyplot.ioff": "@matplotlib.rcParams",
    "seaborn.set": "@matplotlib.rcParams",
    "seaborn.set_theme": "@matplotlib.rcParams",
    "seaborn.set_style": "@matplotlib.rcParams",
    "seaborn.set_context": "@matplotlib.rcParams",
    "seaborn.set_palette": "@matplotlib.rcParams",
    "seaborn.set_color_codes": "@matplotlib.rcParams",
    "seaborn.reset_defaults": "@matplotlib.rcParams",
    "seaborn.reset_orig": "@matplotlib.rcParams",
    "IPython.display.set_matplotlib_formats": "@ipython",
    "matplotlib_inline.backend_inline.set_matplotlib_formats": "@ipython",
    "pandas.set_option": "@pandas.options",
    "pandas.reset_option": "@pandas.options",
    "pandas.set_eng_float_format": "@pandas.options",
    "pandas.plotting.register_matplotlib_converters": "@matplotlib.rcParams",
    "numpy.set_printoptions": "@numpy.printoptions",
    "numpy.set_string_function": "@numpy.printoptions",
    "numpy.seterr": "@numpy.printoptions",
    "numpy.seterrcall": "@numpy.printoptions",
    "tqdm.tqdm.pandas": "@pandas.accessors",
    "tqdm.auto.tqdm.pandas": "@pandas.accessors",
    "tqdm.autonotebook.tqdm.pandas": "@pandas.accessors",
    "tqdm.notebook.tqdm.pandas": "@pandas.accessors",
    "tqdm.std.tqdm.pandas": "@pandas.accessors",
    "tqdm.tqdm_notebook.pandas": "@pandas.accessors",
    "sklearn.set_config": "@sklearn.config",
    "sympy.init_printing": "@ipython",
    "sympy.interactive.init_printing": "@ipython",
    "sympy.interactive.printing.init_printing": "@ipython",
    "sympy.init_session": "@ipython",
    "site.addsitedir": "@sys.path",
    "pylab.rc": "@matplotlib.rcParams",
}
#: Functions that keep a function of the notebook, for libraries to call.
KEEP_FUNCTIONS: Final = words(
    """numpy.seterrcall copyreg.pickle codecs.register_error codecs.register sqlite3.register_adapter
    sqlite3.register_converter shutil.register_archive_format shutil.register_unpack_format
    logging.setLogRecordFactory"""
)
#: Functions that register something in this process alone.
_IN_PROCESS: Final = words(
    """codecs.register sys.settrace sys.setprofile sys.addaudithook threading.settrace
    threading.setprofile multiprocessing.set_start_method logging.setLoggerClass
    asyncio.set_event_loop_policy gettext.install weakref.finalize gc.callbacks.append"""
)
_ABSTRACT: Final = ("numbers.", "collections.abc.", "typing.", "abc.", "io.", "os.PathLike.")
#: What replaces attributes of modules until it is stopped.
_PATCHERS: Final = words(
    "unittest.mock.patch unittest.mock.patch.object unittest.mock.patch.dict unittest.mock.patch.multiple"
)


@cache
def in_process(path: str) -> bool:
    """Whether a call registers something that ends with the process."""
    return path in _IN_PROCESS or (path.endswith(".register") and path.startswith(_ABSTRACT))


def patcher(path: str) -> bool:
    """Whether the function at ``path`` makes something that replaces attributes of modules."""
    return path in _PATCHERS


#: Objects whose stores, and whose mutating methods, change ambient state; and whose subtree does.
_OBJECTS: Final = {
    "os.environ": "@environ",
    "sys.path": "@sys.path",
    "sys.modules": "@sys.modules",
    "mimetypes.types_map": "@module:mimetypes._db",
    "warnings.filters": "@warnings",
    "logging.root": "@logging",
    "matplotlib.rcParams": "@matplotlib.rcParams",
    "matplotlib.pyplot.rcParams": "@matplotlib.rcParams",
    "pylab.rcParams": "@matplotlib.rcParams",
    "matplotlib.pylab.rcParams": "@matplotlib.rcParams",
    "pandas.options": "@pandas.options",
    "decimal.getcontext()": "@decimal",
    "IPython.core.interactiveshell.InteractiveShell": "@ipython",
    SHELL: "@ipython",
}
#: Managers inside of which a change of this state is undone at the end.
_RESTORES: Final = {
    "warnings.catch_warnings": "@warnings",
    "matplotlib.rc_context": "@matplotlib.rcParams",
    "matplotlib.pyplot.rc_context": "@matplotlib.rcParams",
    "matplotlib.style.context": "@matplotlib.rcParams",
    "matplotlib.pyplot.style.context": "@matplotlib.rcParams",
    "matplotlib.pyplot.xkcd": "@matplotlib.rcParams",
    "pandas.option_context": "@pandas.options",
    "numpy.errstate": "@numpy.printoptions",
    "numpy.printoptions": "@numpy.printoptions",
    "decimal.localcontext": "@decimal",
    "sklearn.config_context": "@sklearn.config",
    "contextlib.chdir": "@cwd",
    "seaborn.axes_style": "@matplotlib.rcParams",
    "seaborn.plotting_context": "@matplotlib.rcParams",
    "seaborn.color_palette": "@matplotlib.rcParams",
}
#: Magics that change ambient state.
MAGICS: Final = {
    "cd": "@cwd",
    "pushd": "@cwd",
    "popd": "@cwd",
    "env": "@environ",
    "set_env": "@environ",
    "dotenv": "@environ",
    "matplotlib": "@ipython",
    "config": "@ipython",
    "load_ext": "@ipython",
    "reload_ext": "@ipython",
    "unload_ext": "@ipython",
    "precision": "@ipython",
    "autoreload": "@ipython",
    "pprint": "@ipython",
    "alias": "@ipython",
    "unalias": "@ipython",
    "alias_magic": "@ipython",
    "xmode": "@ipython",
    "colors": "@ipython",
    "pdb": "@ipython",
    "automagic": "@ipython",
    "autocall": "@ipython",
    "gui": "@ipython",
    "aimport": "@ipython",
    "pylab": "@ipython",
}
_FIGURE_TOPS: Final = ("matplotlib.pyplot", "pylab", "seaborn", "matplotlib.pylab")
#: Functions of pyplot and seaborn that draw nothing.
_NOT_DRAWING: Final = words(
    """color_palette load_dataset set set_theme set_style set_context set_palette rc style.use
    rcdefaults hls_palette cubehelix_palette get_cmap get_dataset_names set_color_codes light_palette
    dark_palette diverging_palette husl_palette rcParams.update xkcd_palette despine switch_backend"""
)


@cache
def changed(path: str) -> str:
    """The ambient state that calling ``path`` changes, or ""."""
    known = _CHANGES.get(path)
    if known is not None:
        return known
    owner, _, name = path.rpartition(".")
    if owner == "matplotlib.pyplot" and name in _COLOUR_MAPS:
        return "@matplotlib.rcParams"
    if owner and name in _WRITING:
        return state(owner)
    return ""


#: Functions that look at the clock, and those that do so where they are given fewer arguments.
_CLOCK: Final = words(
    """time.time time.time_ns time.monotonic time.monotonic_ns time.perf_counter time.perf_counter_ns
    time.process_time time.process_time_ns time.thread_time time.thread_time_ns time.clock_gettime
    datetime.datetime.now datetime.datetime.today datetime.datetime.utcnow datetime.date.today
    pandas.Timestamp.now pandas.Timestamp.today pandas.Timestamp.utcnow timeit.default_timer
    timeit.timeit timeit.repeat uuid.uuid1 django.utils.timezone.now pendulum.now arrow.now
    arrow.utcnow"""
)
_CLOCK_WITHOUT: Final = {
    "time.localtime": 1,
    "time.gmtime": 1,
    "time.ctime": 1,
    "time.asctime": 1,
    "time.strftime": 2,
}
#: The same for chance: what no seed repeats.
_CHANCE: Final = words(
    """uuid.uuid4 os.urandom os.getrandom random.SystemRandom secrets.token_bytes secrets.token_hex
    secrets.token_urlsafe secrets.choice secrets.randbelow secrets.randbits secrets.SystemRandom"""
)
#: What makes a file or a folder under a name of its own. Its result can be used again: it says what it wrote.
_TEMPORARY: Final = words(
    """tempfile.mkdtemp tempfile.mkstemp tempfile.mktemp tempfile.TemporaryDirectory
    tempfile.NamedTemporaryFile"""
)
_CHANCE_BARE: Final = words(
    """random.seed random.Random numpy.random.seed numpy.random.default_rng numpy.random.RandomState
    numpy.random.SeedSequence numpy.random.PCG64 numpy.random.PCG64DXSM numpy.random.MT19937
    numpy.random.Philox numpy.random.SFC64 torch.seed"""
)


@cache
def passing(path: str, given: int) -> str:
    """``@clock``, ``@chance`` or ``@temporary`` where what ``path`` gives is another each time, or "".

    ``given`` is the number of its arguments. No step makes such state, and nothing waits for it.
    """
    if path in _CLOCK or given < _CLOCK_WITHOUT.get(path, 0):
        return "@clock"
    if path in _TEMPORARY:
        return "@temporary"
    return "@chance" if path in _CHANCE or (path in _CHANCE_BARE and not given) else ""


@cache
def part_changed(path: str) -> str:
    """The attribute of a module that a call changes in place: ``settings.ITEMS.append(1)``, or ""."""
    owner, _, name = path.rpartition(".")
    top, _, rest = owner.partition(".")
    if not rest or name not in _WRITING or (top in KNOWN_MODULES and top not in STANDARD):
        return ""
    last = rest.rpartition(".")[2]
    is_class = last[:1].isupper() and not last.isupper()  # `Counter.update(counter, more)`
    return "" if is_class or owner in CLASSES or state(owner) else owner


_COLOUR_MAPS: Final = words(
    """autumn bone cool copper flag gray hot hsv inferno jet magma nipy_spectral pink plasma prism
    spring summer viridis winter"""
)
_WRITING: Final = words(
    "append insert extend update pop setdefault clear remove sort reverse popitem __setitem__"
)


@cache
def state(path: str) -> str:
    """The ambient state that the library object at ``path`` is or belongs to, or ""."""
    while path:
        known = _OBJECTS.get(path)
        if known is not None:
            return known
        path = path.rpartition(".")[0]
    return ""


def restored(path: str) -> str:
    """The ambient state that the context manager at ``path`` sets back."""
    return _RESTORES.get(path, "")


_NUMPY_RANDOM: Final = words(
    "numpy.random numpy.random.mtrand numpy.random.mtrand._rand numpy.random._rand scipy.random"
)


@cache
def generator(path: str) -> str:
    """The shared generator that ``path`` itself sets or draws from, or ""."""
    owner, _, name = path.rpartition(".")
    if owner in {"random", "random._inst"} and name in _RANDOM:
        return "@random"
    if owner in _NUMPY_RANDOM:
        return "" if name in _NUMPY_MAKERS else "@numpy.random"
    if owner in {"torch", "torch.random", "torch.cuda"} and name in _TORCH_DRAWS:
        return "@torch.random"
    return ""


@cache
def may_draw(path: str) -> tuple[str, ...]:
    """Shared generators that a library function may draw from, if the user set them."""
    if path in _DRAWS:
        return ("@numpy.random",)
    name = path.rpartition(".")[2]
    if path.startswith("seaborn."):
        return ("@numpy.random",) if name in _SEABORN_DRAWS else ()
    if path.startswith("scipy.stats."):
        return ("@numpy.random",) if name == "rvs" else ()
    if path.startswith("networkx."):
        return () if name in _NETWORKX_PLAIN else ("@numpy.random", "@random")
    if path.startswith("torch.nn."):
        return ("@torch.random",)
    return ("@numpy.random",) if path.startswith(_DRAW_PREFIXES) else ()


@cache
def draws_figure(path: str) -> bool:
    """Whether the function works on pyplot's current figure."""
    for top in _FIGURE_TOPS:
        if path.startswith(top + "."):
            return path[len(top) + 1 :] not in _NOT_DRAWING
    return False


#: Estimators that draw nothing.
_REPEATABLE: Final = words(
    """LinearRegression Ridge StandardScaler MinMaxScaler MaxAbsScaler RobustScaler Normalizer
    LabelEncoder OneHotEncoder OrdinalEncoder LabelBinarizer MultiLabelBinarizer Binarizer
    KBinsDiscretizer PolynomialFeatures PowerTransformer SimpleImputer KNNImputer
    KNeighborsClassifier KNeighborsRegressor NearestNeighbors GaussianNB MultinomialNB BernoulliNB
    ComplementNB CountVectorizer TfidfVectorizer TfidfTransformer HashingVectorizer DictVectorizer
    AgglomerativeClustering DBSCAN MeanShift LinearDiscriminantAnalysis
    QuadraticDiscriminantAnalysis IsotonicRegression NearestCentroid PCA LogisticRegression Lasso
    ElasticNet LassoCV RidgeCV SVR FunctionTransformer ColumnTransformer SelectKBest VarianceThreshold
    LeaveOneOut GroupKFold TimeSeriesSplit LassoLars LassoLarsIC Lars BayesianRidge KernelDensity
    KernelRidge OLS GLM Logit Poisson WLS GLS ARIMA SARIMAX MaxAbsScaler LabelPropagation"""
)


@cache
def _is_repeatable(path: str) -> bool:
    return path.rpartition(".")[2] in _REPEATABLE


def repeatable(path: str, keywords: Collection[str]) -> bool:
    """Whether what the class at ``path`` makes draws from no shared generator."""
    return "random_state" in keywords or "seed" in keywords or _is_repeatable(path)
