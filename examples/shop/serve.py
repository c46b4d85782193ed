"""Serves the demonstration shop on loopback: `python serve.py --home DIR --logs DIR --port N`.

The first start builds the database and the catalogue (about a quarter of a minute); later starts
find them. The guard takes the client's address from X-Forwarded-For, because only the demo's own
driver, on this machine, can reach the port.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import warnings
from pathlib import Path

from lifeline import die_with_parent

HERE = Path(__file__).resolve().parent
_GROWN = 200_000_000  # bytes of database after which the demo begins anew
_DEFINES = ("crowd/catalogue.py", "crowd/people.py", "shop/seed.py", "requirements.lock")


def _version() -> str:
    """Changes when what the database is made from changes."""
    return hashlib.sha256(b"".join((HERE / name).read_bytes() for name in _DEFINES)).hexdigest()


def prepare(home: Path) -> None:
    """Build the database unless a finished one of this version is there."""
    stamp, database = home / "built", home / "shop.sqlite3"
    current = stamp.is_file() and stamp.read_text() == _version()
    if current and database.stat().st_size < _GROWN:
        return
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    from django.core.management import call_command  # noqa: PLC0415  Django reads its settings on import
    from shop.seed import fill  # noqa: PLC0415  Django reads its settings on import

    call_command("migrate", verbosity=0)
    fill()
    stamp.write_text(_version())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, required=True, help="database, pictures, index")
    parser.add_argument("--logs", type=Path, required=True, help="where the two logs are written")
    parser.add_argument("--port", type=int, required=True)
    args = parser.parse_args()
    die_with_parent()
    for folder in (args.home, args.logs):
        folder.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "shop.settings",
        "SHOP_HOME": str(args.home.resolve()),
        "SHOP_LOGS": str(args.logs.resolve()),
    }
    warnings.simplefilter("ignore")  # whoosh and treebeard announce their own future
    import django  # noqa: PLC0415  Django reads its settings on import

    django.setup()
    prepare(args.home)
    import waitress  # noqa: PLC0415  Django reads its settings on import
    from shop.wsgi import application  # noqa: PLC0415  Django reads its settings on import

    waitress.serve(
        application,
        host="127.0.0.1",
        port=args.port,
        threads=4,
        clear_untrusted_proxy_headers=False,  # the guard reads them, hop by hop
        ident="nginx",
    )


if __name__ == "__main__":
    main()
