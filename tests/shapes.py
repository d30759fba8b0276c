"""Linked data read as a graph, by a reader that is not ours."""

import json
import warnings
from typing import Any

from rdflib import Graph


def graph(document: dict[str, Any]) -> Graph:
    """The statements of a JSON-LD document."""
    with warnings.catch_warnings():
        # The reader's own use of a class it has given up.
        warnings.filterwarnings("ignore", "ConjunctiveGraph", DeprecationWarning)
        return Graph().parse(data=json.dumps(document), format="json-ld")
