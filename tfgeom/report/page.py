"""The pages' common ground: templates that escape what they are given, and JSON inside a page."""

import json
import re
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from tfgeom.numerals import typeset


def fill_template(name: str, **values: Any) -> str:
    """Return a template of ``report/templates`` with its values; text is never markup."""
    environment = Environment(
        loader=PackageLoader("tfgeom.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["css_string"] = css_string
    environment.filters["capitalize_first"] = lambda text: text[:1].upper() + text[1:]
    environment.filters["contents"] = contents
    environment.filters["typeset"] = typeset
    environment.filters["wrap_dots"] = lambda text: text.replace(".", ".\u200b")
    page = environment.get_template(name).render(**values)
    return page.encode("utf-8", "backslashreplace").decode()  # the name of a file may be no text


def contents(body: Any) -> list[tuple[str, Any]]:
    """Return anchor and heading, as markup, of each section of a page's body that has both."""
    found = re.findall(r'<section[^>]* id="([\w-]+)">\s*<h2>(.*?)</h2>', str(body), re.DOTALL)
    return [(anchor, Markup(heading)) for anchor, heading in found]


def css_string(text: str) -> str:
    """Return the inside of a CSS string: all but plain letters and digits as their code points."""
    plain = (char if char.isascii() and char.isalnum() else f"\\{ord(char):x} " for char in text)
    return "".join(plain)


def script_json(content: dict[str, Any]) -> Any:
    """Return JSON for a script block: ``<``, ``>``, ``&`` and quotes written so that no text can end it."""
    return htmlsafe_json_dumps(content, dumps=json.dumps, allow_nan=False)
