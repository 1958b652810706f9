"""What Rasa imports for features that this bot does not have: left out, or imported when it is used.

Like `changes.py` these are changes to Rasa, each with its reason and a test; they have to be made before Rasa is
imported, so they stand apart.
"""

from __future__ import annotations

import sys
import threading
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Callable, Dict, Optional, Sequence

_TENSORFLOW = "tensorflow"
_LOADING = threading.RLock()


def import_rasa_leanly() -> None:
    """Call before anything of Rasa is imported. Doing it twice changes nothing more.

    - `rasa.utils.train_utils` is imported when it is used. It imports TensorFlow, which only Rasa's neural components
      need; an extractor of any kind imports it (docs/performance.md).
    - So is `rasa.core.test`, which imports matplotlib; the rule policy uses it while it is trained.
    - `thinc.compat`, which is below spaCy, takes TensorFlow for not installed: it imports it wherever it finds it.
    - `rasa.core.channels` comes without Rasa's connectors to fifteen services, each with the service's SDK. We have
      channels of our own, and those SDKs are not installed (requirements.overrides).
    """
    if not any(isinstance(finder, _LeanFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _LeanFinder())


class _LeanFinder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        lean = _LOADERS.get(fullname)
        spec = PathFinder.find_spec(fullname, path, target) if lean else None
        if lean and spec is not None and spec.loader is not None:
            spec.loader = lean(spec.loader)
        return spec


class _WithoutConnectors(Loader):
    """The package as it is, less what it imports of single connectors; they can still be imported by their names."""

    def __init__(self, loader: Loader) -> None:
        """What `loader` would run is what is left out."""

    def exec_module(self, module: ModuleType) -> None:
        from rasa.core.channels import channel

        for name in ("InputChannel", "OutputChannel", "UserMessage", "CollectingOutputChannel"):
            setattr(module, name, getattr(channel, name))
        module.__dict__.update(input_channel_classes=[], BUILTIN_CHANNELS={})


class _WhenUsed(Loader):
    """Runs a module when the first of its names is asked for.

    `importlib.util.LazyLoader` of Python 3.10 would run it already when it is imported a second time.
    """

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def exec_module(self, module: ModuleType) -> None:
        def first_use(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
            with _LOADING:
                if module.__dict__.pop("__getattr__", None) is not None:
                    self._loader.exec_module(module)
            return getattr(module, name)

        module.__dict__["__getattr__"] = first_use


class _WithoutTensorFlow(Loader):
    """Runs a module as where TensorFlow is not installed, unless it is imported already."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def exec_module(self, module: ModuleType) -> None:
        if _TENSORFLOW in sys.modules:
            self._loader.exec_module(module)
            return
        sys.modules[_TENSORFLOW] = None  # type: ignore[assignment]  # how Python says that it is not to be had
        try:
            self._loader.exec_module(module)
        finally:
            del sys.modules[_TENSORFLOW]


_LOADERS: Dict[str, Callable[[Loader], Loader]] = {
    "rasa.core.channels": _WithoutConnectors,
    "rasa.core.test": _WhenUsed,
    "rasa.utils.train_utils": _WhenUsed,
    "thinc.compat": _WithoutTensorFlow,
}
