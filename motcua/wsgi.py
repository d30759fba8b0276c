"""The WSGI application, for granian; why not ASGI: docs/adr/0003."""

import multiprocessing
import os
import signal
import threading
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application


def _end_with_parent() -> None:
    """Let the pages' process end when the one that started it was killed: it would keep the port for ever."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _load() -> None:
    """Load the code of every page in one thread: the first readers come several at once."""
    from motcua.scores import live

    import_module(settings.ROOT_URLCONF)
    live.prepare()


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.settings")
threading.Thread(target=_end_with_parent, daemon=True).start()
application = get_wsgi_application()
_load()
