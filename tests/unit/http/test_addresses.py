"""Where a reader may be led: within the registry and nowhere else."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from nps_registry.http.addresses import local_address, with_next

HERE = "https://registry.example/sign-in"


@given(st.text(st.sampled_from("/\\@:.?#% \t\nhttpsjavx"), max_size=20) | st.text(max_size=20))
@example("//evil.example")
@example("/\\evil.example")
@example("/\t/evil.example")
@example("javascript:alert(1)")
def test_an_address_that_is_followed_stays_here(given: str) -> None:
    address = local_address(given)
    assert address in {"", given}
    if address:
        # Browsers drop tabs and line ends, and take a backslash for a slash.
        read = urlsplit(urljoin(HERE, address.replace("\\", "/").replace("\t", "").replace("\n", "")))
        assert (read.scheme, read.netloc) == ("https", "registry.example")


def test_a_path_of_the_registry_is_kept_with_its_question() -> None:
    assert local_address("/lab/reports?state=draft&q=a#b") == "/lab/reports?state=draft&q=a#b"
    assert with_next("/sign-in", "/lab?a=b&c=d") == "/sign-in?next=%2Flab%3Fa%3Db%26c%3Dd"
    assert with_next("/sign-in", "//evil.example") == "/sign-in"
