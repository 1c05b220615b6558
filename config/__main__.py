"""``python -m config [schema|reference]`` prints what is generated from the settings.

``schema``, the default, is the JSON Schema of the environment files, for editors: schema.json.
``reference`` is the page about every setting: docs/reference/settings.md.
"""

import argparse
import json

from config import Settings
from config.reference import reference

parser = argparse.ArgumentParser(prog="python -m config", description=__doc__)
parser.add_argument("what", nargs="?", choices=["schema", "reference"], default="schema")

if parser.parse_args().what == "schema":
    print(json.dumps(Settings.model_json_schema(), indent=2))
else:
    print(reference(), end="")
