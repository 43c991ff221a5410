"""What camstream itself answers, events included, fits the schemas of its OpenAPI document."""

import http.client
import json

import jsonschema_rs
from camera import Camera
from server import Server

# A scene that is drawn brings these by itself, and `settings` after a change.
WANTED = {"state", "frame", "settings"}


def fitting(programs: str) -> str:
    with Camera(programs) as camera:
        document = json.loads(camera.get("/api/openapi.json")[1])
        known = document["components"]["schemas"]["Events"]["properties"]

        def check(value: object, schema: dict, of: str) -> None:
            assert schema, f"{of} has no schema"
            whole = schema | {"components": document["components"]}
            errors = jsonschema_rs.Draft202012Validator(whole).iter_errors(value)
            told = [f"{'/'.join(map(str, error.instance_path))}: {error.message}" for error in errors]
            assert not told, f"{of}: {told[:5]}"

        for path in ["/api/state", "/api/settings"]:
            answer = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
            check(json.loads(camera.get(path)[1]), answer["schema"], path)
        seen: dict[str, int] = {}
        for name, data in events(camera.port):
            assert name in known, f"the event {name} is not in the document"
            check(data, known[name], f"the event {name}")
            seen[name] = seen.get(name, 0) + 1
            if name == "state" and sum(seen.values()) == 1:
                change(camera.port, {"overlay.opacity": 0.4})
            if WANTED <= seen.keys() and seen["frame"] >= 10:
                break
    with Server(f"{programs}/numbered-server", "--cameras", "front,garden") as server:
        document = json.loads(server.get("/api/openapi.json"))
        answer = document["paths"]["/api/cameras"]["get"]["responses"]["200"]["content"]["application/json"]
        check(json.loads(server.get("/api/cameras")), answer["schema"], "/api/cameras")
    with Server(f"{programs}/numbered-server", "--teach", "things") as server:
        document = json.loads(server.get("/api/openapi.json"))
        sent = server.send("POST", "/api/teach/examples", {"class": 0})
        answers = {"get /api/teach": json.loads(server.get("/api/teach")), "post /api/teach/examples": sent}
        for which, value in answers.items():
            method, path = which.split()
            answer = document["paths"][path][method]["responses"]["200"]["content"]["application/json"]
            check(value, answer["schema"], which)
        data = next(data for name, data in events(server.port) if name == "teach")
        check(data, document["components"]["schemas"]["Events"]["properties"]["teach"], "the event teach")
    return "state, settings, cameras and " + ", ".join(f"{count} {name}" for name, count in sorted(seen.items())) + " events fit"


def events(port: int):
    """Name and data of each event."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/api/events")
        answer = connection.getresponse()
        assert answer.status == 200, answer.status
        name = ""
        while line := answer.readline().decode():
            text = line.rstrip("\n")
            if text.startswith("event: "):
                name = text[7:]
            elif text.startswith("data: "):
                yield name, json.loads(text[6:])
    finally:
        connection.close()


def change(port: int, settings: dict) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("PATCH", "/api/settings", json.dumps(settings), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    connection.close()
