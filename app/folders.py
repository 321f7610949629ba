"""A folder is a list: adding a file adds an entry."""

import importlib
import pkgutil
from types import ModuleType


def modules_in(package: ModuleType) -> list[ModuleType]:
    """Every public module directly inside the package, imported, in the order of their names."""
    names = sorted(found.name for found in pkgutil.iter_modules(package.__path__) if not found.name.startswith("_"))
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names]


def modules_below(package: ModuleType) -> list[ModuleType]:
    """Every module anywhere inside the package, imported."""
    return [importlib.import_module(found.name)
            for found in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
