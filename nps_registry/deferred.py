"""Imports that wait until their modules are needed are made by one thread at a time.

Modules that import each other in a circle, as NumPy's do, can be had half made by a second thread that imports them at
the same moment: Python gives its locks up rather than let two threads wait for each other. What came of it was a server
whose first page failed, and every page after it.
"""

from __future__ import annotations

import threading

IMPORTS = threading.RLock()
"""Held where a section, the search or the work beside the requests is imported after the start."""
