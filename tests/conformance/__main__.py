"""`python -m tests.conformance`: writes the page of the use cases anew."""

from tests.conformance.table import PAGE, page

PAGE.write_text(page())
print(f"{PAGE} written")
