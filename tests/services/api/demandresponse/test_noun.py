"""The noun demand response in the OpenAPI document: what answers with CSV says so."""

from services.api.demandresponse.noun import EVENT, NOUN


def test_exports_are_csv_in_the_document() -> None:
    paths = {f"{EVENT}/{path}": {"get": {"responses": {"200": {}}}} for path in ("report/export", "proof")}
    document = {"paths": paths}
    assert NOUN.describes is not None
    NOUN.describes(document)

    for path in paths.values():
        assert list(path["get"]["responses"]["200"]["content"]) == ["text/csv"]  # type: ignore[index]
