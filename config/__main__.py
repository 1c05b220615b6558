"""``python -m config`` prints the JSON Schema of the environment files, for editors."""

import json

from config import Settings

print(json.dumps(Settings.model_json_schema(), indent=2))
