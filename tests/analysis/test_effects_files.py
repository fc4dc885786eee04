"""Exact effects of small cells: files."""

from __future__ import annotations

import pytest
from effects_text import last_effects

CASES = [
    (
        "import pandas as pd",
        "df = pd.read_csv('data/a.csv')",
        "r: @file:data/a.csv pd | b: df",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame()",
        "df.to_csv('./out//a.csv')",
        "r: df | m: @file:out/a.csv | o: file:out/a.csv",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame()\np = 'a.csv'",
        "df.to_csv(p)",
        "r: df p | m: @file:a.csv | o: file:a.csv",
    ),
    (
        "import pandas as pd\np = input()",
        "df = pd.read_csv(p)",
        "r: @files p pd | b: df",
    ),
    (
        "import pandas as pd",
        "df = pd.read_csv('https://x.org/a.csv')",
        "r: pd | b: df | o: network",
    ),
    (
        "",
        "open('a.txt').read()",
        "r: @file:a.txt",
    ),
    (
        "",
        "open('a.txt', 'w').write('x')",
        "m: @file:a.txt | o: file:a.txt",
    ),
    (
        "",
        "open('a.txt', 'a').write('x')",
        "r: @file:a.txt | m: @file:a.txt | o: file:a.txt",
    ),
    (
        "",
        "with open('a.txt', mode='wb') as f:\n    f.write(b'x')",
        "b: f | m: @file:a.txt | o: file:a.txt",
    ),
    (
        "i = 1",
        "open(f'{i}.txt', 'w')",
        "r: i | m: @file:1.txt | o: file:1.txt",
    ),
    (
        "d = 'x'\nimport os",
        "os.makedirs(d, exist_ok=True)",
        "r: d os | m: @file:x | o: file:x",
    ),
    (
        "import os\nd = 'x'",
        "open(os.path.join(d, 'a.txt'))",
        "r: @file:x/a.txt d os",
    ),
    (
        "from pathlib import Path",
        "Path('x') / 'a.txt'",
        "r: Path",
    ),
    (
        "from pathlib import Path\nroot = Path('x')",
        "(root / 'a.txt').write_text('b')",
        "r: root | m: @file:x/a.txt | o: file:x/a.txt",
    ),
    (
        "from pathlib import Path\nroot = Path('x')",
        "(root / 'a.txt').read_text()",
        "r: @file:x/a.txt root",
    ),
    (
        "from pathlib import Path\nroot = Path('x')",
        "list(root.glob('*'))",
        "r: @files root",
    ),
    (
        "import os",
        "os.listdir('.')",
        "r: @files os",
    ),
    (
        "import os",
        "os.rename('a', 'b')",
        "r: @file:a os | m: @file:a @file:b | o: file:a file:b",
    ),
    (
        "import shutil",
        "shutil.copy('a', 'b')",
        "r: @file:a shutil | m: @file:a @file:b | o: file:a file:b",
    ),
    (
        "import os",
        "os.path.exists('a')",
        "r: @file:a os",
    ),
    (
        "import numpy as np\nx = np.zeros(3)",
        "np.save('x.npy', x)",
        "r: np x | m: @file:x.npy | o: file:x.npy",
    ),
    (
        "import joblib\nm = {}",
        "joblib.dump(m, 'm.pkl')",
        "r: joblib m | m: @file:m.pkl | o: file:m.pkl",
    ),
    (
        "import pickle\nm = {}",
        "with open('m.pkl', 'wb') as f:\n    pickle.dump(m, f)",
        "r: m pickle | b: f | m: @file:m.pkl | o: file:m.pkl",
    ),
    (
        "import pickle",
        "m = pickle.load(open('m.pkl', 'rb'))",
        "r: @file:m.pkl pickle | b: m",
    ),
    (
        "import matplotlib.pyplot as plt",
        "plt.savefig('a.png')",
        "r: plt | m: @file:a.png | o: file:a.png",
    ),
    (
        "import subprocess",
        "subprocess.run(['ls'])",
        "r: @files subprocess | m: @files | o: files shell",
    ),
    (
        "import os",
        "os.system('ls')",
        "r: @files os | m: @files | o: files shell",
    ),
    (
        "import io\nb = io.StringIO()\nimport pandas as pd\ndf = pd.DataFrame()",
        "df.to_csv(b)",
        "r: b df | m: b",
    ),
    (
        "import sqlite3",
        "c = sqlite3.connect('a.db')",
        "r: @file:a.db sqlite3 | b: c | m: @file:a.db | o: file:a.db | n: unpicklable:c",
    ),
    (
        "import sqlite3",
        "c = sqlite3.connect(':memory:')",
        "r: sqlite3 | b: c | n: unpicklable:c",
    ),
    (
        "import requests",
        "r = requests.get('http://x.org')",
        "r: requests | b: r | o: network",
    ),
    (
        "import pandas as pd",
        "x = pd.ExcelWriter('a.xlsx')",
        "r: pd | b: x | m: @file:a.xlsx | o: file:a.xlsx | n: unpicklable:x",
    ),
    (
        "import numpy as np",
        "m = np.memmap('m.bin', mode='w+', shape=(3,))",
        "r: np | b: m | m: @file:m.bin | o: file:m.bin",
    ),
    (
        "import numpy as np",
        "m = np.memmap('m.bin', 'int8', 'r')",
        "r: @file:m.bin np | b: m",
    ),
    (
        "import numpy as np\nm = np.memmap('m.bin', mode='r+')\nv = m[1:]",
        "v[0] = 1",
        "r: m v | m: @file:m.bin m v | o: file:m.bin",
    ),
    (
        "import shelve\ns = shelve.open('s')",
        "s['a'] = 1",
        "r: s | m: @file:s s | o: file:s",
    ),
    (
        "f = open('a.txt')",
        "t = f.read()",
        "r: f | b: t | m: f",
    ),
    (
        "import sys\nf = open(sys.argv[1], 'a')",
        "f.write('x')",
        "r: f | m: @files f | o: files",
    ),
    (
        "import os\nos.chdir('data')",
        "open('a.txt')",
        "r: @file:data/a.txt",
    ),
    (
        "import os\nos.chdir(input())",
        "open('a.txt')",
        "r: @files",
    ),
    (
        "import os\nif input():\n    os.chdir('data')",
        "open('a.txt')",
        "r: @files",
    ),
    (
        "import os\nos.chdir('data')\nos.chdir('..')",
        "open('a.txt')",
        "r: @file:a.txt",
    ),
    (
        "%cd data",
        "open('a.txt')",
        "r: @file:data/a.txt",
    ),
    (
        "import os\nroot = os.getcwd()",
        "open(os.path.join(root, 'a.txt'))",
        "r: @file:a.txt os root",
    ),
    (
        "from pathlib import Path\nroot = Path.cwd()",
        "(root.parent / 'a.txt').read_text()",
        "r: @file:../a.txt root",
    ),
    (
        "from pathlib import Path\np = Path('x/a.txt')",
        "p.with_suffix('.bak').write_text('b')",
        "r: p | m: @file:x/a.bak | o: file:x/a.bak",
    ),
    (
        "from pathlib import Path\np = Path('x/a.txt')",
        "p.parent.mkdir()",
        "r: p | m: @file:x | o: file:x",
    ),
    (
        "from pathlib import Path",
        "for p in Path('x').glob('*'):\n    p.unlink()",
        "r: @files Path p? | b: p | m: @files | o: files | maybe: p",
    ),
    (
        "import os\nos.symlink('real', 'x/link')",
        "open('x/link')",
        "r: @file:x/link @file:x/real",
    ),
    (
        "import os",
        "os.access('a', os.R_OK)",
        "r: @file:a os",
    ),
    (
        "import filecmp",
        "filecmp.cmp('a', 'b')",
        "r: @file:a @file:b filecmp",
    ),
    (
        "import numpy as np\nx = np.zeros(3)",
        "np.save('x', x)",
        "r: np x | m: @file:x.npy | o: file:x.npy",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame()",
        "df.to_string('a.txt')",
        "r: df | m: @file:a.txt | o: file:a.txt",
    ),
    (
        "import configparser\nc = configparser.ConfigParser()",
        "c.read('a.ini')",
        "r: @file:a.ini c | m: c",
    ),
    (
        "import xml.etree.ElementTree as ET\nt = ET.ElementTree()",
        "t.write('a.xml')",
        "r: t | m: @file:a.xml t | o: file:a.xml",
    ),
    (
        "import logging\nlogging.basicConfig(filename='a.log')",
        "logging.info('x')",
        "r: logging | m: @file:a.log | o: file:a.log",
    ),
    (
        "import logging\nh = logging.FileHandler('a.log')\nlog = logging.getLogger('m')",
        "log.info('x')",
        "r: log | m: @file:a.log | o: file:a.log",
    ),
]


@pytest.mark.parametrize(("before", "cell", "expected"), CASES)
def test_effects(before: str, cell: str, expected: str) -> None:
    """``before`` runs as a cell of its own, then ``cell``, whose effects are ``expected``."""
    assert last_effects(before, cell) == expected
