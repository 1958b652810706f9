"""Where the project keeps its files."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODELS = ROOT / "models"
ENCODED = ROOT / ".encoded" / "sentences.sqlite"
