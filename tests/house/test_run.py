"""`./run` and the locks: what a fresh clone stands on."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUN = ROOT / "run"
SHELLS = [shell for shell in ("sh", "dash", "bash", "busybox") if shutil.which(shell)]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
BARE = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}


def run(*words: str | Path, folder: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=folder, env=BARE | env, capture_output=True, text=True)


def name_of(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


def locked(file: str) -> set[tuple[str, str]]:
    pairs = re.findall(r"^([\w.-]+)==([^\s;\\]+)", (ROOT / file).read_text(), flags=re.MULTILINE)
    return {(name_of(name), version) for name, version in pairs}


def names(file: str) -> set[str]:
    return {name for name, _ in locked(file)}


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_reads_the_script(shell):
    words = [shell, "sh"] if shell == "busybox" else [shell]
    assert run(*words, "-n", RUN).stderr == ""
    assert "demo" in run(*words, RUN, "help").stdout


def test_help_lists_every_verb():
    cases = RUN.read_text().split("case $verb in")[1]
    verbs = {
        verb for line in re.findall(r"^([a-z |]+)\)", cases, flags=re.MULTILINE) for verb in line.split(" | ")
    }
    verbs -= {"help | -h | --help"}
    listed = set(re.findall(r"^  ([a-z]+) ", run(RUN).stdout, flags=re.MULTILINE))
    assert {"setup", "demo", "serve", "test", "check", "bench", "lock"} <= verbs <= listed


def test_an_unknown_verb_is_refused_with_the_help():
    done = run(RUN, "bay")
    assert done.returncode == 2
    assert "bay" in done.stderr.splitlines()[-1]
    assert done.stdout == ""


def test_no_python_is_one_line(tmp_path):
    for tool in ("dirname", "cat", "cksum", "rm"):
        (tmp_path / tool).symlink_to(shutil.which(tool))
    clone = clone_to(tmp_path / "clone")
    done = run("/bin/sh", clone / "run", "setup", PATH=str(tmp_path))
    assert done.returncode == 2
    assert "Python 3.11" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def clone_to(folder: Path) -> Path:
    """The files `./run setup` reads, in another place."""
    folder.mkdir(parents=True)
    for file in ("run", "pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / file, folder)
    return folder


def fake_uv(folder: Path) -> dict[str, str]:
    """A uv that installs nothing, slowly, and writes down what it was asked; a Python quick to make folders."""
    folder.mkdir()
    uv, python = folder / "uv", folder / "python"
    uv.write_text(f'#!/bin/sh\n[ "$1" = pip ] || exit 0\nsleep 0.2\necho "$@" >> "{folder}/asked"\n')
    python.write_text(
        f'#!/bin/sh\n[ "$2" != venv ] || set -- "$@" --without-pip\nexec {sys.executable} "$@"\n'
    )
    uv.chmod(0o755)
    python.chmod(0o755)
    return {"PATH": f"{folder}:{BARE['PATH']}", "PYTHON": str(python)}


def test_setup_installs_once_even_when_asked_twice_at_once(tmp_path):
    clone = clone_to(tmp_path / "có dấu cách" / "và sâu")
    env = BARE | fake_uv(tmp_path / "bin")
    both = [
        subprocess.Popen([clone / "run", "setup"], env=env, cwd="/", stderr=subprocess.PIPE) for _ in "ab"
    ]
    errors = [one.communicate()[1].decode() for one in both]
    assert [one.returncode for one in both] == [0, 0], errors
    again = run(clone / "run", "setup", **env)
    assert again.returncode == 0
    asked = (tmp_path / "bin/asked").read_text().splitlines()
    assert len(asked) == 2
    assert "--require-hashes -r" in asked[0]
    assert "-e" in asked[1]


def test_setup_installs_again_when_the_lock_changed_or_the_folder_moved(tmp_path):
    clone = clone_to(tmp_path / "a")
    env = fake_uv(tmp_path / "bin")
    run(clone / "run", "setup", **env)
    with (clone / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    assert run(clone / "run", "setup", **env).returncode == 0
    moved = clone.rename(tmp_path / "b")
    assert run(moved / "run", "setup", **env).returncode == 0
    assert len((tmp_path / "bin/asked").read_text().splitlines()) == 6
    assert str(moved) in (moved / ".venv/bin/activate").read_text()


@pytest.mark.parametrize("file", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_no_host_and_gives_a_hash_for_everything(file):
    text = (ROOT / file).read_text()
    assert "://" not in text
    assert "index-url" not in text
    entries = re.findall(r"^\S.*(?:\n {4}\S.*)*", text, flags=re.MULTILINE)
    assert entries
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_locks_cover_what_the_project_asks_for():
    wanted = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["build"]
    assert {name_of(one) for one in wanted} <= names("requirements.lock")
    assert {name_of(one) for one in PROJECT["dependency-groups"]["dev"]} <= names("requirements-dev.lock")


def test_the_development_lock_holds_the_other_one_whole():
    assert locked("requirements.lock") <= locked("requirements-dev.lock")


def test_the_lock_of_npm_names_no_host_and_gives_a_hash_for_everything():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: told for name, told in lock["packages"].items() if name}
    assert "node_modules/bpmn-js" in packages
    assert [name for name, told in packages.items() if not told["integrity"].startswith("sha512-")] == []
    assert [name for name, told in packages.items() if "resolved" in told] == []
    assert "registry" not in (ROOT / ".npmrc").read_text().replace("omit-lockfile-registry-resolved", "")


def test_without_npm_setup_goes_on_and_says_what_is_missing(tmp_path):
    clone = clone_to(tmp_path / "a")
    for file in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / file, clone)
    done = run(clone / "run", "setup", **fake_uv(tmp_path / "bin"))
    assert done.returncode == 0
    assert "bpmn-js" in done.stderr
