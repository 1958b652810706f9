"""Our pipeline against the recipe that Rasa recommends: trained on the same data, evaluated and timed in one run.

Each recipe is measured in a process of its own, so that its memory is its own. DIET takes three minutes an epoch on 2
cores, and the recipe asks for a hundred; `--epochs` trains it for fewer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from typing import Any, Dict, Optional

import yaml

from bot.frame.lean import import_rasa_leanly
from bot.paths import ROOT
from bot.quiet import keep_libraries_quiet, show_errors_only

keep_libraries_quiet()
import_rasa_leanly()

from bot.evaluation.evaluate import evaluate  # noqa: E402
from bot.evaluation.rows import read_rows, understand  # noqa: E402

RECIPES = {"ours": ROOT / "config.yml", "peer": ROOT / "bench" / "peer.yml"}
DEVELOPMENT_SET = ROOT.parent / "shared" / "eval" / "intents_dev.jsonl"
OWN_SET = ROOT / "data" / "evaluation" / "intents.jsonl"
MODELS = ROOT / "models" / "bench"
_COLUMNS = ("recipe", "lenient", "hard", "top-2", "own set", "parse p50", "memory")


def main() -> None:
    """`train` trains each recipe into models/bench and says how long it took; `measure` prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=["train", "measure"])
    parser.add_argument(
        "recipes", nargs="*", default=list(RECIPES), metavar="recipe", help="ours, peer (default: both)"
    )
    parser.add_argument("--epochs", type=int, help="train DIET for so many epochs instead of the recipe's")
    parser.add_argument("--json", action="store_true", help="measure one recipe in this process, as JSON")
    options = parser.parse_args()
    if options.json:
        print(json.dumps(asyncio.run(_measured(options.recipes[0]))))
    elif options.task == "train":
        for recipe in options.recipes:
            print(f"{recipe}: trained in {_train(recipe, options.epochs):.0f} s", flush=True)
    else:
        print(f"| {' | '.join(_COLUMNS)} |\n{'|---' * len(_COLUMNS)}|")
        for recipe in options.recipes:
            command = [sys.executable, "-m", "bench.peer", "measure", recipe, "--json"]
            output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
            print(_row(recipe, json.loads(output.splitlines()[-1])), flush=True)


def _train(recipe: str, epochs: Optional[int]) -> float:
    os.environ["RASA_CACHE_DIRECTORY"] = str(MODELS / "cache")  # nothing trained before, and nobody else's to empty
    shutil.rmtree(MODELS / "cache", ignore_errors=True)
    MODELS.mkdir(parents=True, exist_ok=True)
    from rasa.model_training import train_nlu

    from bot.frame import changes

    show_errors_only()
    changes.apply()
    config = yaml.safe_load(RECIPES[recipe].read_text(encoding="utf-8"))
    for component in config["pipeline"]:
        if epochs and "epochs" in component:
            component["epochs"] = epochs
    written = MODELS / f"{recipe}.yml"
    written.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    began = time.monotonic()
    train_nlu(str(written), str(ROOT / "data" / "nlu"), str(MODELS), fixed_model_name=recipe)
    return time.monotonic() - began


async def _measured(recipe: str) -> Dict[str, float]:
    from rasa.core.agent import Agent

    show_errors_only()
    agent = Agent()
    agent.load_model(str(MODELS / f"{recipe}.tar.gz"))
    await understand(agent, read_rows(OWN_SET)[:20])  # the first messages warm the caches up
    own, _ = await evaluate(agent, "intents", OWN_SET)
    development, _ = await evaluate(agent, "intents", DEVELOPMENT_SET if DEVELOPMENT_SET.exists() else OWN_SET)
    return {
        "lenient": development.main_lenient,
        "hard": development.main_hard,
        "top_2": development.main_top_2,
        "own": own.main_lenient,
        "p50": development.p50_ms,
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _row(recipe: str, figures: Dict[str, Any]) -> str:
    shares = " | ".join(f"{figures[name]:.3f}" for name in ("lenient", "hard", "top_2", "own"))
    return f"| {recipe} | {shares} | {figures['p50']:.1f} ms | {figures['mb']:.0f} MB |"


if __name__ == "__main__":
    main()
