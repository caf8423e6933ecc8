# SPDX-License-Identifier: GPL-2.0
"""What was found before about the same input."""
import hashlib
import json
import threading

import tree

HOME = tree.BUILD / "gate/cache"


def key(*parts):
    h = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else json.dumps(part, sort_keys=True).encode()
        h.update(f"{len(data)} ".encode() + data)
    return h.hexdigest()


def get(kind, name):
    try:
        return json.loads((HOME / kind / name).read_text())
    except (OSError, ValueError):
        return None


def put(kind, name, value):
    (HOME / kind).mkdir(parents=True, exist_ok=True)
    file = HOME / kind / name
    # two configurations can find the same at the same time
    new = file.with_name(f"{name}.{threading.get_ident()}.new")
    new.write_text(json.dumps(value))
    new.rename(file)
    return value


def remembered(kind, name, make):
    """make() unless it is known; what it returns has to be something that JSON has."""
    known = get(kind, name)
    return known if known is not None else put(kind, name, make())
