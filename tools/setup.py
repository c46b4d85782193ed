#!/usr/bin/env python3
"""Set ShangDun up in this checkout: `python3 tools/setup.py [run] [test]`.

Needs Python 3.11 with venv and nothing else. Each step leaves a stamp made of what it read, so a
second run does nothing and needs no network.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
LOCKS = ROOT / "tools" / "locks"
FRONTEND = ROOT / "src" / "shangdun" / "console" / "frontend"
SHOP = ROOT / "examples" / "shop"
GUARD = ROOT / "src" / "guard"
PIECES = FRONTEND / "node_modules" / "@fontsource-variable" / "noto-sans-sc"
PAPER_FONTS = ROOT / "src" / "shangdun" / "papers" / "fonts"
ATTACKERS = ROOT / ".cache" / "attackers"
"""Programs that attack in tests, with an environment of their own: never imported, not ours."""
DRIVEN = {
    "chromium": "chromium",
    "nginx": "nginx",
    "libnginx-mod-http-modsecurity": "/usr/lib/nginx/modules/ngx_http_modsecurity_module.so",
    "modsecurity-crs": "/usr/share/modsecurity-crs/owasp-crs.load",
    "nftables": "nft",
    "crowdsec-firewall-bouncer": "crowdsec-firewall-bouncer",
    "nmap": "nmap",
    "ffuf": "ffuf",
    "slowhttptest": "slowhttptest",
    "wrk": "wrk",
}
"""What the tests drive, by Debian package, with the file that shows it is there."""
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20


def stop(problem: str, fix: str) -> None:
    sys.exit(f"setup: {problem}\n       {fix}")


def run(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=env, check=False)
    if done.returncode:
        stop(
            f"`{' '.join(map(str, command))}` ended with {done.returncode}",
            "its own words stand above; mend that and run the same command again",
        )


def content_of(paths: Iterable[Path]) -> str:
    """A hash over names and bytes of files, and of all files below folders."""
    digest = hashlib.sha256(sys.version.encode())
    for path in paths:
        inside = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in inside:
            digest.update(str(file.relative_to(ROOT)).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def step(name: str, inputs: Iterable[Path], work: Callable[[], None], home: Path = VENV) -> None:
    """Do the work unless its inputs are those of the last time it was done."""
    stamp = home / "stamps" / name
    now = content_of(inputs)
    if stamp.exists() and stamp.read_text() == now:
        return
    print(f"setup: {name} …", flush=True)
    work()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(now)


def make_venv(folder: Path) -> None:
    if (folder / "bin" / "python").exists() and (folder / "bin" / "pip").exists():
        return
    done = subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=False)
    if done.returncode:
        stop("this Python cannot make a virtual environment", "apt install python3-venv")


def install(lock: Path, *, into: Path = VENV) -> None:
    run(BIN / "uv", "pip", "install", "--quiet", "--python", into / "bin" / "python",
        "--require-hashes", "-r", lock)  # fmt: skip


def install_uv() -> None:
    make_venv(VENV)
    run(BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "--require-hashes", "-r", LOCKS / "uv.txt")  # fmt: skip


def install_shangdun() -> None:
    run(BIN / "uv", "pip", "install", "--quiet", "--python", BIN / "python",
        "--no-deps", "--no-build-isolation", "--editable", GUARD, "--editable", ROOT)  # fmt: skip


def node_folder() -> Path | None:
    """Where a Node that is new enough lies, or None."""
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = version.stdout.lstrip("v").split(".")[0]
    return Path(node).parent if major.isdigit() and int(major) >= OLDEST_NODE else None


def build_assets() -> None:
    folder = node_folder()
    if folder is None:
        install(LOCKS / "node.txt")
        folder = BIN
    env = {
        **os.environ,
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "npm_config_update_notifier": "false",
    }
    run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", cwd=FRONTEND, env=env)
    run("npm", "run", "--silent", "build", cwd=FRONTEND, env=env)


def make_paper_fonts() -> None:
    run(BIN / "python", ROOT / "tools" / "paper_fonts.py", PIECES, PAPER_FONTS)


def compile_translations() -> None:
    locale = ROOT / "src" / "shangdun" / "console" / "locale"
    run(BIN / "pybabel", "--quiet", "compile", "--domain", "django", "--directory", locale)


def set_up_shop() -> None:
    make_venv(SHOP / ".venv")
    install(SHOP / "requirements.lock", into=SHOP / ".venv")
    # The guard needs nothing and its packages lie in one folder: a path is all that is missing.
    folder = next((SHOP / ".venv" / "lib").glob("python*/site-packages"))
    (folder / "shangdun_guard.pth").write_text(f"{GUARD}\n")


def set_up_attackers() -> None:
    make_venv(ATTACKERS)
    install(LOCKS / "attack.txt", into=ATTACKERS)


def frontend_inputs() -> list[Path]:
    """What the assets are made of: Tailwind reads the templates for the classes in use."""
    own = [p for p in FRONTEND.iterdir() if p.name != "node_modules"]
    return [*sorted(own), ROOT / "src" / "shangdun" / "console" / "templates"]


def set_up_to_run() -> None:
    console = ROOT / "src" / "shangdun" / "console"
    step("uv", [LOCKS / "uv.txt"], install_uv)
    step("python packages", [LOCKS / "run.txt"], lambda: install(LOCKS / "run.txt"))
    step("shangdun itself", [ROOT / "pyproject.toml", GUARD / "pyproject.toml"], install_shangdun)
    if not (console / "static" / "dist").is_dir():
        (VENV / "stamps" / "pages' assets").unlink(missing_ok=True)
    step("pages' assets", frontend_inputs(), build_assets)
    if not (PAPER_FONTS / "letters.txt").is_file():
        (VENV / "stamps" / "documents' font").unlink(missing_ok=True)
    font_inputs = [ROOT / "tools" / "paper_fonts.py", PIECES / "package.json"]
    step("documents' font", font_inputs, make_paper_fonts)
    step("translations", sorted(console.glob("locale/*/*/*.po")), compile_translations)
    step("demo shop", [SHOP / "requirements.lock", GUARD / "pyproject.toml"], set_up_shop)


def set_up_to_test() -> None:
    set_up_to_run()
    step("test packages", [LOCKS / "test.txt"], lambda: install(LOCKS / "test.txt"))
    step("attack tools", [LOCKS / "attack.txt"], set_up_attackers, ATTACKERS)
    missing = [package for package, file in DRIVEN.items() if not found(file)]
    if not missing:
        return
    fix = f"apt install --no-install-recommends {' '.join(missing)}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        stop(f"the tests drive {', '.join(missing)}, which this machine lacks", f"sudo {fix}")
    run("apt-get", "update", "-qq")
    run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing)


def found(file: str) -> bool:
    """Whether a program, or a file by its whole path, is there."""
    if file.startswith("/"):
        return Path(file).exists()
    return bool(shutil.which(file) or shutil.which(file, path="/usr/sbin:/sbin"))


def main() -> None:
    if sys.version_info < OLDEST_PYTHON:
        stop(
            f"Python {sys.version.split()[0]} is too old", "use 3.11 or newer, PYTHON=… make setup"
        )
    goals = sys.argv[1:] or ["run"]
    if unknown := set(goals) - {"run", "test"}:
        stop(f"unknown goal {', '.join(sorted(unknown))}", "use run or test")
    set_up_to_test() if "test" in goals else set_up_to_run()


if __name__ == "__main__":
    main()
