"""Exact effects of small cells: ambient."""

from __future__ import annotations

import pytest
from effects_text import last_effects

CASES = [
    (
        "import sys\nx = [1]\nsys.hidden = x",
        "x.append(2)",
        "r: @module:sys.hidden x | m: @module:sys.hidden x",
    ),
    (
        "import sys\nx = [1]\nsys.hidden = x",
        "sys.hidden.append(2)",
        "r: @module:sys.hidden sys x | m: @module:sys.hidden x",
    ),
    ("import sys\nx = [1]\nsys.hidden = x\nsys.hidden = 1", "x.append(2)", "r: x | m: x"),
    # Functions and modules of libraries that a container holds.
    ("acts = {'o': open}", "acts['o']('f.txt', 'w')", "r: acts | m: @file:f.txt | o: file:f.txt"),
    ("import os\nacts = [os.chdir]", "acts[0]('d')", "r: @cwd @file:d? acts | m: @cwd"),
    ("import random\nacts = [random.random]", "acts[0]()", "r: @random acts | m: @random"),
    (
        "import math, cmath",
        "for m in (math, cmath): m.pi = 3",
        "r: @module:cmath.pi @module:math.pi cmath math | b: m | m: @module:cmath.pi @module:math.pi"
        " | n: module-patch:cmath.pi module-patch:math.pi",
    ),
    (
        "import numpy as np",
        "np.random.seed(0)",
        "r: @numpy.random np | m: @numpy.random",
    ),
    (
        "import numpy as np",
        "x = np.random.rand(3)",
        "r: @numpy.random np | b: x | m: @numpy.random",
    ),
    (
        "from numpy.random import randint as ri",
        "ri(3)",
        "r: @numpy.random ri | m: @numpy.random ri",
    ),
    ("import time", "time.strftime('%Y')", "r: @clock time"),
    ("import time\nx = None", "time.strftime('%Y', x)", "r: time x"),
    ("from datetime import datetime as d", "d.now()", "r: @clock d"),
    ("import uuid", "uuid.uuid4()", "r: @chance uuid"),
    ("import tempfile", "tempfile.mkdtemp()", "r: @temporary tempfile"),
    ("import numpy as np", "np.random.RandomState()", "r: @chance np"),
    ("import numpy as np", "np.random.RandomState(3)", "r: np"),
    (
        "import random",
        "random.random()",
        "r: @random random | m: @random",
    ),
    (
        "from random import random",
        "random()",
        "r: @random random | m: @random random",
    ),
    (
        "import numpy as np\nrng = np.random.default_rng(0)",
        "rng.normal()",
        "r: rng | m: rng",
    ),
    (
        "import torch",
        "torch.manual_seed(0)",
        "r: @torch.random torch | m: @torch.random",
    ),
    (
        "from sklearn.model_selection import train_test_split",
        "train_test_split([1])",
        "r: train_test_split",
    ),
    (
        "import numpy as np\n"
        "np.random.seed(0)\n"
        "from sklearn.model_selection import train_test_split",
        "train_test_split([1])",
        "r: @numpy.random? train_test_split | m: @numpy.random?",
    ),
    (
        "import numpy as np\n"
        "np.random.seed(0)\n"
        "from sklearn.model_selection import train_test_split",
        "train_test_split([1], random_state=1)",
        "r: train_test_split",
    ),
    (
        "import numpy as np\nnp.random.seed(0)\nfrom sklearn.cluster import KMeans\nk = KMeans()",
        "k.fit([[1]])",
        "r: @numpy.random? k | m: @numpy.random? k",
    ),
    (
        "import numpy as np\n"
        "np.random.seed(0)\n"
        "from sklearn.cluster import KMeans\n"
        "k = KMeans(random_state=0)",
        "k.fit([[1]])",
        "r: k | m: k",
    ),
    (
        "import numpy as np\n"
        "np.random.seed(0)\n"
        "from sklearn.linear_model import LinearRegression\n"
        "k = LinearRegression()",
        "k.fit([[1]])",
        "r: k | m: k",
    ),
    (
        "import numpy as np\nnp.random.seed(0)\nimport pandas as pd\ndf = pd.DataFrame()",
        "df.sample(1)",
        "r: @numpy.random? df | m: @numpy.random?",
    ),
    (
        "import os",
        "os.environ['A'] = '1'",
        "r: @environ os | m: @environ",
    ),
    (
        "import os",
        "os.environ.update(A='1')",
        "r: @environ os | m: @environ",
    ),
    (
        "import os",
        "os.environ.get('A')",
        "r: os",
    ),
    (
        "import os",
        "os.getenv('A')",
        "r: os",
    ),
    (
        "import os",
        "os.chdir('/')",
        "r: @cwd os | m: @cwd",
    ),
    (
        "import sys",
        "sys.path.append('.')",
        "r: @sys.path sys | m: @sys.path",
    ),
    (
        "import sys",
        "sys.path.insert(0, '.')",
        "r: @sys.path sys | m: @sys.path",
    ),
    (
        "import warnings",
        "warnings.filterwarnings('ignore')",
        "r: @warnings warnings | m: @warnings",
    ),
    (
        "import warnings",
        "with warnings.catch_warnings():\n    warnings.simplefilter('ignore')",
        "r: warnings",
    ),
    (
        "import locale",
        "locale.setlocale(locale.LC_ALL, 'C')",
        "r: @locale locale | m: @locale",
    ),
    (
        "import decimal",
        "decimal.getcontext().prec = 3",
        "r: @decimal decimal | m: @decimal",
    ),
    (
        "import matplotlib.pyplot as plt",
        "plt.rcParams['figure.figsize'] = (1, 1)",
        "r: @matplotlib.rcParams plt | m: @matplotlib.rcParams",
    ),
    (
        "import matplotlib as mpl",
        "mpl.rcParams.update({'a': 1})",
        "r: @matplotlib.rcParams mpl | m: @matplotlib.rcParams",
    ),
    (
        "import matplotlib.pyplot as plt",
        "plt.style.use('ggplot')",
        "r: @matplotlib.rcParams plt | m: @matplotlib.rcParams",
    ),
    (
        "import matplotlib.pyplot as plt",
        "with plt.style.context('ggplot'):\n    plt.rc('font', size=3)",
        "r: plt",
    ),
    (
        "import seaborn as sns",
        "sns.set()",
        "r: @matplotlib.rcParams sns | m: @matplotlib.rcParams",
    ),
    (
        "import seaborn as sns",
        "sns.set_palette('x')",
        "r: @matplotlib.rcParams sns | m: @matplotlib.rcParams",
    ),
    (
        "import pandas as pd",
        "pd.set_option('display.max_rows', 3)",
        "r: @pandas.options pd | m: @pandas.options",
    ),
    (
        "import pandas as pd",
        "pd.options.display.max_rows = 3",
        "r: @pandas.options pd | m: @pandas.options",
    ),
    (
        "import numpy as np",
        "np.set_printoptions(precision=2)",
        "r: @numpy.printoptions np | m: @numpy.printoptions",
    ),
    (
        "import sklearn",
        "sklearn.set_config(display='text')",
        "r: @sklearn.config sklearn | m: @sklearn.config",
    ),
    (
        "import ssl",
        "ssl._create_default_https_context = ssl._create_unverified_context",
        "r: @module:ssl._create_default_https_context ssl | m: "
        "@module:ssl._create_default_https_context | n: "
        "module-patch:ssl._create_default_https_context",
    ),
    (
        "import plotly.io as pio",
        "pio.templates.default = 'none'",
        "r: @module:plotly.io.templates.default pio | m: "
        "@module:plotly.io.templates.default | n: "
        "module-patch:plotly.io.templates.default",
    ),
    (
        "import matplotlib.pyplot as plt",
        "plt.plot([1])\nplt.show()",
        "r: plt",
    ),
    (
        "import matplotlib\nmatplotlib.use('Agg')\nimport matplotlib.pyplot as plt",
        "plt.plot([1])",
        "r: @pyplot plt | m: @pyplot",
    ),
    (
        "import matplotlib\n"
        "matplotlib.use('Agg')\n"
        "import matplotlib.pyplot as plt\n"
        "fig, ax = plt.subplots()",
        "ax.plot([1])",
        "r: @pyplot ax fig | m: @pyplot ax fig",
    ),
    (
        "import os\nos.environ['MPLBACKEND'] = 'Agg'\nimport pandas as pd\ndf = pd.DataFrame()",
        "df.plot()",
        "r: @pyplot df | m: @pyplot",
    ),
    (
        "x = 1\nx",
        "Out[1]",
        "r: @out | m: @out",
    ),
    (
        "x = 1\nx",
        "y = _",
        "r: @out | b: y | m: @out",
    ),
    (
        "_ = 3",
        "y = _",
        "r: _ | b: y",
    ),
    (
        "",
        "_, y = 1, 2",
        "b: _ y",
    ),
    (
        "from IPython.core.interactiveshell import InteractiveShell",
        "InteractiveShell.ast_node_interactivity = 'all'",
        "r: @ipython InteractiveShell | m: @ipython",
    ),
    (
        "import logging\nlog = logging.getLogger('m')",
        "log.setLevel(10)",
        "r: @logging log | m: @logging log",
    ),
    (
        "import logging\nlog = logging.getLogger('m')",
        "log.propagate = False",
        "r: @logging log | m: @logging log",
    ),
    (
        "import logging\nh = logging.StreamHandler()\nlogging.getLogger().addHandler(h)",
        "h.setLevel(10)",
        "r: @logging h | m: @logging h",
    ),
    (
        "import settings",
        "settings.ITEMS.append(1)",
        "r: @module:settings.ITEMS settings | m: @module:settings.ITEMS | n: module-patch:settings.ITEMS",
    ),
    (
        "import sys",
        "sys.meta_path.append(1)",
        "r: @module:sys.meta_path sys | m: @module:sys.meta_path | n: module-patch:sys.meta_path",
    ),
    (
        "import numpy as np",
        "np.append([1], 2)",
        "r: np",
    ),
    (
        "import importlib, settings",
        "importlib.reload(settings)",
        "r: @module:settings importlib settings | m: @module:settings",
    ),
    (
        "import numpy as np\nR = np.random.mtrand._rand",
        "R.rand()",
        "r: @numpy.random R | m: @numpy.random R",
    ),
    (
        "import os",
        "os.umask(0o77)",
        "r: @limits os | m: @limits",
    ),
]


@pytest.mark.parametrize(("before", "cell", "expected"), CASES)
def test_effects(before: str, cell: str, expected: str) -> None:
    """``before`` runs as a cell of its own, then ``cell``, whose effects are ``expected``."""
    assert last_effects(before, cell) == expected
