"""`python -m tests.conformance`: writes the pages of the use cases and of the test cases anew."""

from tests.conformance.table import CASES_PAGE, PAGE, cases_page, page

for path, text in ((PAGE, page()), (CASES_PAGE, cases_page())):
    path.write_text(text)
    print(f"{path} written")
