"""The rules that findings about a site file name."""

from __future__ import annotations

RULES: dict[str, str] = {
    "IVR201": "a text lacks one of the site's languages, or is written in another",
    "IVR202": "a language, time zone, currency or country does not exist",
    "IVR203": "a credential stands in the site file",
    "IVR204": "a lookup's statement and its params do not fit together",
    "IVR205": "a name of the site refers to nothing",
    "IVR206": "a number, key or pattern is malformed",
    "IVR207": "the site has no ivrctl.yaml, or cannot be read",
    "IVR208": "a number of the site is out of range",
    "IVR210": "a file of the site has a name under which it is not read",
}
