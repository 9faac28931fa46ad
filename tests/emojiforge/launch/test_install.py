"""Setting up: what is missing is done, nothing is done twice, tools are not lost."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from emojiforge.launch import install
from emojiforge.launch.console import StartupError
from emojiforge.launch.install import Setup, digest, dotenv, parts, pinned, works

# `works` asks the environment's own Python for its version.
FAKE_PYTHON = f'#!/bin/sh\nexec {sys.executable} "$@"\n'


class Checkout:
    """A tree with requirement lists; commands are noted, and what they would make appears."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.commands: list[str] = []
        for name in ("base", "dev"):
            self.write(f"requirements/{name}.txt", f"# {name}\nuv==1.2.3\n")
        self.write("requirements/package-lock.json", "{}")
        for name in ("cpu", "models", "models-test"):
            self.write(f"gpu_worker/requirements/{name}.txt", f"# {name}\nrunpod==1\n")

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def execute(self, command: Sequence[str | Path]) -> None:
        words = [str(word).replace(f"{self.root}/", "").replace(sys.executable, "python3") for word in command]
        self.commands.append(" ".join(words))
        if "venv" in words:
            self.write(f"{words[-1]}/bin/python", FAKE_PYTHON).chmod(0o755)
        if words[1:4] == ["-m", "pip", "install"]:
            self.write(".venv/bin/uv", "")
        if "npm" in words:
            (self.root / "requirements/node_modules").mkdir()

    def setup(self, **environment: str) -> Setup:
        return Setup(self.root, self.execute, environment)

    def done(self) -> list[str]:
        """Return the commands since the last time."""
        commands, self.commands = self.commands, []
        return commands


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_a_fresh_checkout_gets_an_environment_uv_and_the_locked_packages(checkout: Checkout) -> None:
    checkout.setup().app()
    assert checkout.done() == [
        "python3 -m venv --clear .venv",
        ".venv/bin/python -m pip install --quiet uv==1.2.3",
        ".venv/bin/uv pip sync --quiet --python .venv/bin/python requirements/base.txt",
    ]


def test_nothing_is_done_twice(checkout: Checkout) -> None:
    for _ in range(2):
        checkout.setup().app()
        checkout.setup().worker()
    checkout.done()
    checkout.setup().app()
    checkout.setup().worker()
    assert checkout.done() == []


def test_a_changed_list_is_installed_into_the_same_environment(checkout: Checkout) -> None:
    checkout.setup().app()
    checkout.done()
    checkout.write("requirements/base.txt", "uv==1.2.3\nnew==1\n")
    checkout.setup().app()
    assert checkout.done() == [".venv/bin/uv pip sync --quiet --python .venv/bin/python requirements/base.txt"]


def test_running_the_product_keeps_the_tools_of_a_developer(checkout: Checkout) -> None:
    checkout.setup().development()
    checkout.done()
    checkout.setup().app()
    assert checkout.done() == []
    checkout.write("requirements/dev.txt", "uv==1.2.3\nnew==1\n")
    checkout.setup().app()
    assert checkout.done() == [".venv/bin/uv pip sync --quiet --python .venv/bin/python requirements/dev.txt"]


def test_testing_after_running_adds_the_tools(checkout: Checkout) -> None:
    checkout.setup().app()
    checkout.done()
    checkout.setup().development()
    checkout.setup().development()
    assert checkout.done() == [".venv/bin/uv pip sync --quiet --python .venv/bin/python requirements/dev.txt"]


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Checkout) -> None:
    checkout.setup().app()
    checkout.done()
    python = checkout.root / ".venv/bin/python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    with pytest.raises(FileNotFoundError):  # the note-taker cannot write through a link to nowhere; venv can
        checkout.setup().app()
    assert checkout.done() == ["python3 -m venv --clear .venv"]


def test_the_worker_has_an_environment_of_its_own(checkout: Checkout) -> None:
    checkout.setup().app()
    checkout.done()
    checkout.setup().worker()
    sync = "pip sync --quiet --python gpu_worker/.venv/bin/python gpu_worker/requirements/cpu.txt"
    assert checkout.done() == [
        ".venv/bin/uv venv --quiet --clear --python .venv/bin/python gpu_worker/.venv",
        f".venv/bin/uv {sync}",
    ]


@pytest.mark.parametrize("name", ["RUNPOD_API_KEY", "RUNPOD_BASE_URL"])
def test_with_a_gpu_elsewhere_neither_worker_nor_weights_are_fetched(checkout: Checkout, name: str) -> None:
    checkout.setup(**{name: "x"}).worker()
    checkout.setup(**{name: "x"}).weights()
    checkout.write(".env", f"{name}=x\n")
    checkout.setup().worker()
    assert checkout.done() == []


SYNC = ".venv/bin/uv pip sync --quiet --python gpu_worker/.venv/bin/python gpu_worker/requirements/cpu.txt"
ADD = ".venv/bin/uv pip install --quiet --python gpu_worker/.venv/bin/python -r gpu_worker/requirements/"
TORCH = ".venv/bin/python -m pip --python gpu_worker/.venv/bin/python install --quiet torch==2.13.0"


def test_models_add_their_list_and_then_torch_by_pip_once(checkout: Checkout) -> None:
    checkout.setup().worker()
    checkout.done()
    for _ in range(2):
        checkout.setup().models()
    assert checkout.done() == [f"{ADD}models.txt", TORCH]


def test_models_are_there_for_who_asks_even_with_a_gpu_elsewhere(checkout: Checkout) -> None:
    checkout.setup(RUNPOD_API_KEY="x").models()
    assert checkout.done()[-3:] == [SYNC, f"{ADD}models.txt", TORCH]


def test_a_changed_list_of_the_worker_keeps_the_models_but_not_their_tests(checkout: Checkout) -> None:
    checkout.setup().models()
    checkout.setup().model_tests()
    checkout.done()
    checkout.write("gpu_worker/requirements/cpu.txt", "runpod==2\n")
    for _ in range(2):
        checkout.setup().worker()
    assert checkout.done() == [SYNC, f"{ADD}models.txt", TORCH]
    for _ in range(2):
        checkout.setup().model_tests()
    assert checkout.done() == [f"{ADD}models-test.txt"]


def test_a_changed_list_of_the_models_is_added_again(checkout: Checkout) -> None:
    checkout.setup().models()
    checkout.done()
    checkout.write("gpu_worker/requirements/models.txt", "transformers==6\n")
    checkout.setup().models()
    assert checkout.done() == [f"{ADD}models.txt", TORCH]


def test_weights_are_asked_for_once_and_again_when_they_are_gone(checkout: Checkout) -> None:
    weights, calls = checkout.write("weights.onnx", "w"), checkout.root / "calls"
    script = f"#!/bin/sh\necho called >> {calls}\necho w > {weights}\necho {weights}\n"
    checkout.write("gpu_worker/.venv/bin/python", script).chmod(0o755)
    for _ in range(2):
        checkout.setup().weights()
    assert calls.read_text() == "called\n"
    weights.unlink()
    checkout.setup().weights()
    assert calls.read_text() == "called\ncalled\n"
    assert weights.exists()


def test_the_type_checker_for_scripts_is_installed_once(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout.write("bin/npm", "").chmod(0o755)
    monkeypatch.setenv("PATH", str(checkout.root / "bin"))
    for _ in range(2):
        checkout.setup().node()
    assert checkout.done() == ["npm ci --no-audit --no-fund --prefix requirements"]


def test_without_npm_types_say_what_is_missing(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(checkout.root))
    with pytest.raises(StartupError, match="npm is missing"):
        checkout.setup().node()


def test_a_python_without_ensurepip_gives_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(StartupError, match="apt install python3-venv"):
        install.require_venv()


def test_each_goal_needs_its_parts_in_order(checkout: Checkout) -> None:
    goals = {goal: [name for name, _ in parts(checkout.setup(), goal)] for goal in ("run", "test", "lint", "setup")}
    assert goals["run"] == ["packages of the app", "packages of the GPU worker", "model weights"]
    assert goals["test"] == [
        "packages and tools",
        "a browser for the tests",
        "packages of the GPU worker",
        "model weights",
    ]
    assert goals["lint"] == ["packages and tools"]
    assert goals["setup"] == [
        "packages and tools",
        "packages of the GPU worker",
        "model weights",
        "TypeScript",
        "a browser for the tests",
    ]


def test_the_models_and_their_tests_build_on_each_other(checkout: Checkout) -> None:
    models, tests = ([name for name, _ in parts(checkout.setup(), goal)] for goal in ("models", "test-models"))
    assert models == ["packages of the app", "torch and SAM 2 for the GPU worker"]
    assert tests == [*models, "what their tests need"]


def test_installing_tells_each_part_with_its_time(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    install.install("lint", checkout.setup())
    assert capsys.readouterr().out.endswith(" s  packages and tools\n")
    assert len(checkout.done()) == 3


def test_dotenv_reads_plain_lines_and_leaves_the_rest(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# RUNPOD_API_KEY=no\nRUNPOD_ENDPOINT_ID = abc \nexport PORT='8001'\nEMPTY=\n")
    assert dotenv(path) == {"RUNPOD_ENDPOINT_ID": "abc", "PORT": "8001", "EMPTY": ""}
    assert dotenv(tmp_path / "none") == {}


def test_the_version_of_uv_is_the_locked_one(checkout: Checkout) -> None:
    assert pinned("uv", checkout.root / "requirements/dev.txt") == "uv==1.2.3"


def test_a_digest_names_the_list_and_changes_with_it(checkout: Checkout) -> None:
    path = checkout.root / "requirements/base.txt"
    before = digest(path)
    path.write_text("other")
    assert before.startswith("base.txt ")
    assert before != digest(path)


def test_an_environment_works_when_its_python_is_there_and_new_enough(tmp_path: Path) -> None:
    assert not works(tmp_path)
    python = tmp_path / "bin/python"
    python.parent.mkdir()
    python.write_text(FAKE_PYTHON)
    python.chmod(0o755)
    assert works(tmp_path)
    python.write_text("#!/bin/sh\nexit 1\n")
    assert not works(tmp_path)
