"""Writes the generated pages: `python -m schemas`."""

import sys
from pathlib import Path

from schemas.pages import pages

DOCS = Path(__file__).parent / "docs"


def main() -> int:
    """Write every page below schemas/docs, remove what is no longer generated; print how many changed."""
    rendered = pages()
    changed = 0
    for name, text in rendered.items():
        path = DOCS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            changed += 1
    for path in [p for p in DOCS.rglob("*") if p.is_file() and str(p.relative_to(DOCS)) not in rendered]:
        path.unlink()
        changed += 1
    print(f"{len(rendered)} pages, {changed} changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
