"""What schemathesis must not ask for: answers without an end. `fitting` reads these."""

import schemathesis


@schemathesis.hook
def filter_case(context, case) -> bool:
    return (case.query or {}).get("action") != "stream"
