"""What deploy/ says of workers is what the list of nouns says: the files in the tree are those that the command writes."""

import pytest

from services.manifests import DEPLOY, WRITTEN


@pytest.mark.parametrize("name", WRITTEN)
def test_a_file_in_deploy_is_as_the_command_writes_it(name: str) -> None:
    text = (DEPLOY / name).read_text()

    assert WRITTEN[name](text) == text, (
        f"deploy/{name} is not what services/nouns.py says: run `python -m services.manifests`"
    )
