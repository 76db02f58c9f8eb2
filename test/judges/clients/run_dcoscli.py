"""Runs PyPI's `dcoscli` as the command `dcos`.

    python run_dcoscli.py marathon app list

Its cluster is named by the environment: DCOS_DIR, DCOS_DCOS_URL and DCOS_MARATHON_URL.
"""

import collections
import collections.abc
import sys

# Gone from Python 3.10; the client and its JSON schemas use them.
for name in ("Mapping", "MutableMapping", "Sequence"):
    setattr(collections, name, getattr(collections.abc, name))

from dcoscli.main import main  # noqa: E402

sys.exit(main())
