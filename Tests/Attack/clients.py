"""Who gets in, and who keeps others out."""

import base64
import os
import re
import signal
import socket
import subprocess


from asking import Answer, ask, connected, received, request, sent
from files import DAY, false_clock
from scene import DRAWN, MODEL, Skipped, attack, check, wait_until

TOKEN = "0123456789abcdef0123456789abcdef"
OTHER = "fedcba9876543210fedcba9876543210"
BEARER = f"Authorization: Bearer {TOKEN}"


def password(text):
    return "Authorization: Basic " + base64.b64encode(f"admin:{text}".encode()).decode()


RIGHT = password("the right password")


def users(place):
    return ", user-file: '" + place.write("users", "admin:the right password\n") + "'"


def tokens(place):
    return ", token-file: '" + place.write("tokens", TOKEN + "\n") + "'"


@attack
def a_foreign_page_that_guesses(place):
    """A page of another site lets the owner's browser send wrong tokens and passwords: token and password still let the
    owner in from there, and the log is not filled."""
    signs = ["Sec-Fetch-Site: cross-site", "Origin: https://evil.example", "Referer: https://evil.example/x"]
    with place.serving(serve=tokens(place) + users(place)) as program:
        for sign in signs:
            for number in range(20):
                answer = ask(program.port, f"/snapshot.jpg?token=x{number}", sign)
                check(answer.status in (401, 429), sign, answer)
                ask(program.port, "/snapshot.jpg", sign, password(f"x{number}"))
        for header in [BEARER, RIGHT]:
            answer = ask(program.port, "/api/state", header)
            check(answer.status == 200, "the owner is shut out:", answer)
        told = [line for line in program.text.splitlines() if "site" in line]
        check(len(told) == 1, f"told {len(told)} times:", program.text)


@attack
def guesses_from_one_address(place):
    """One address sends 400 wrong passwords as fast as it can: it gets answers to six at most, then 429 with a time,
    also for the right one, while others come in."""
    with place.serving(serve=users(place)) as program:
        program.port
        codes = [ask(program.port, "/api/state", password(f"x{number}"), source="127.0.0.2").status for number in range(400)]
        check(set(codes) == {401, 429} and codes.count(401) <= 6, "answered:", codes.count(401), set(codes))
        late = ask(program.port, "/api/state", RIGHT, source="127.0.0.2")
        check(late.status == 429 and int(late["Retry-After"]) > 5, "the right password between guesses:", late)
        check(ask(program.port, "/api/state", RIGHT, source="127.0.0.3").status == 200, "another address is shut out")


@attack
def guesses_from_many_addresses(place):
    """1,500 addresses guess after one that is shut out: that one stays so, and who has not guessed comes in."""
    with place.serving(serve=users(place)) as program:
        port = program.port

        def guess(source):
            with connected(port, source=source) as client:
                for number in range(7):
                    client.sendall(request("/api/state", password(f"x{number}")).replace(b"Connection: close\r\n", b""))
                    answer = Answer(client.recv(65536))
                return answer.status

        check(guess("127.0.0.2") == 429, "it is not shut out")
        codes = {guess(f"127.{1 + number // 250}.{number % 250}.7") for number in range(1500)}
        check(codes == {429}, "others are not shut out:", codes)
        check(ask(port, "/api/state", RIGHT, source="127.0.0.2").status == 429, "strangers have freed it")
        check(ask(port, "/api/state", RIGHT, source="127.0.0.3").status == 200, "nobody comes in any more")


@attack
def guesses_from_one_network(place):
    """Behind a trusted proxy one IPv6 network of 64 bits guesses from a new address each time, and an IPv4 address also in
    its IPv6 form: each is one guesser, on a socket for both kinds, and other clients of the proxy come in."""
    try:
        socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True).close()
    except OSError as error:
        raise Skipped(f"no IPv6 here: {error}")
    settings = place.write(
        "settings.yaml", f"capture: {{input: '{DRAWN}', live: true}}\ninfer: {{model: '{MODEL}'}}\n"
        f"serve: {{listen: '[::]:0', trust-proxy: true{users(place)}}}\n")
    with place.started("serve", "--config", settings) as program:
        port = int(program.wait_for(r"watch at http://\S*:(\d+)/").group(1))
        for proxy, host in [("127.0.0.1", "127.0.0.1"), (None, "::1")]:
            def came(client, secret):
                return ask(
                    port, "/api/state", f"X-Forwarded-For: 1.2.3.4, {client}", password(secret), source=proxy, host=host,
                    name="localhost").status

            net = "2001:db8:0:1" if proxy else "2001:db8:0:2"
            codes = [came(f"{net}::{number:x}", "x") for number in range(1, 9)]
            check(codes[-1] == 429, f"a network of 64 bits guesses on, through {host}:", codes)
            v4 = "203.0.113.1" if proxy else "203.0.113.2"
            codes = [came(form, "x") for form in [v4, f"::ffff:{v4}", f"[::ffff:{v4}]:99", v4 + ":1234"] * 2]
            check(codes[-1] == 429, f"an address with two forms guesses on, through {host}:", codes)
            for other in ["2001:db8:0:9::1", "203.0.113.99", "::ffff:203.0.113.98"]:
                check(came(other, "the right password") == 200, f"{other} is shut out with others, through {host}")


@attack
def files_that_are_no_secrets(place):
    """A file of tokens that is no text, has no end, no writer, others may read, or is empty: refused at once, in one
    line. A byte order mark is no part of a token."""
    place.write("bytes", bytes(range(0x80, 0xA0)))
    place.write("open", TOKEN, mode=0o644)
    place.write("empty", "\n# none\n")
    place.write("long", "x" * (3 << 20))
    place.write("short", "x" * 15)
    place.write("zeros", TOKEN[:20] + "\0" * 20)
    os.mkfifo(place.path("pipe"), 0o600)
    os.mkdir(place.path("folder"))
    for option in ["--token-file", "--user-file"]:
        for name in ["bytes", "open", "empty", "long", "short", "zeros", "pipe", "folder", "/dev/zero", "/dev/stdin", "missing"]:
            run = place.run("serve", "-q", "-i", DRAWN, "-m", MODEL, "--listen", "127.0.0.1:0", option, name, seconds=5)
            check(run.code in (64, 66, 73, 77, 78), option, name, run)
            check(run.errors.count(b"\n") == 1 and TOKEN[:16] not in run.text, option, name, run)
    marked = place.write("marked", "\ufeff" + TOKEN + "\r\n")
    with place.serving(serve=f", token-file: '{marked}'") as program:
        check(ask(program.port, "/api/state", BEARER).status == 200, "a mark became a part of the token")
        for wrong in [TOKEN + "%0D", TOKEN[:-1], "%FF" * 32, ""]:
            check(ask(program.port, f"/api/state?token={wrong}", source="127.0.0.9").status in (401, 429), wrong)


@attack
def tokens_that_were_taken_back(place):
    """A token was replaced and the service reloaded: the old one, its cookie, and a stream that it began get nothing any
    more, and the new one comes in."""
    with place.serving(serve=tokens(place)) as program:
        port = program.port
        cookie = ask(port, f"/?token={TOKEN}")["Set-Cookie"].split(";")[0]
        check(ask(port, "/", f"Cookie: {cookie}").status == 200, "the cookie lets nobody in")
        with connected(port) as viewer:
            viewer.sendall(request("/stream", BEARER))
            wait_until(lambda: b"image/jpeg" in viewer.recv(65536), "a picture")
            place.write("tokens", OTHER + "\n")
            program.process.send_signal(signal.SIGHUP)
            wait_until(
                lambda: ask(port, "/api/state", f"Authorization: Bearer {OTHER}").status == 200, "the new token comes in")
            for header in [BEARER, f"Cookie: {cookie}"]:
                check(ask(port, "/api/state", header).status == 401, f"still let in: {header[:16]}")
            received(viewer)  # ends, or times out


@attack
def two_cameras_on_one_host(place):
    """Who signs in at one camera, and then at another on the same host, stays signed in at the first."""
    first = place.write("first", TOKEN)
    second = place.write("second", OTHER)
    with place.serving(serve=f", token-file: '{first}'") as one, place.serving(serve=f", token-file: '{second}'") as two:
        jar = {}
        for program, token in [(one, TOKEN), (two, OTHER)]:
            answer = ask(program.port, f"/?token={token}", name=f"localhost:{program.port}")
            check(answer.status == 303 and token not in answer["Location"], answer)
            name, _, value = answer["Set-Cookie"].split(";")[0].partition("=")
            check("HttpOnly" in answer["Set-Cookie"] and "SameSite=Strict" in answer["Set-Cookie"], answer)
            jar[name] = value
        cookies = "Cookie: " + "; ".join(f"{name}={value}" for name, value in jar.items())
        for program in [one, two]:
            answer = ask(program.port, "/", cookies, name=f"localhost:{program.port}")
            check(answer.status == 200, f"signed out; cookies {list(jar)}:", answer)


SECRET = "a-secret-that-nobody-may-see"


@attack
def secrets_in_what_is_said(place):
    """Addresses with secrets in every place fail, wait, and stand in files with errors: the secrets are in no message, in
    nothing that the server answers, and not in what the service manager gets."""
    at = "127.0.0.1:9"
    addresses = [
        f"rtsp://user:{SECRET}@{at}/x", f"http://{SECRET}@{at}/x", f"srt://{at}?passphrase={SECRET}&mode=caller",
        f"rtsp://{at}/user=admin_password={SECRET}_channel=1_stream=0.sdp", f"http://{at}/v.cgi?user=a&loginpas={SECRET}",
        f"http://{at}/v.cgi?usr=a&psw={SECRET}", f"rtsp://u:12/{SECRET}@{at}/x", f"rtsp://u:12#{SECRET}@{at}/x",
        f"http://{at}/x?key={SECRET}#x", f"rtsp://u:%41{SECRET}@{at}/x",
    ]
    for address in [*addresses, f"concat:http://a:b@{at}/a|http://b:{SECRET}@{at}/b", f"crypto:http://u:{SECRET}@{at}/b"]:
        run = place.run("-v", "-i", address, "-m", MODEL, "-o", "o.mp4", "--force")
        check(run.code == 65 and SECRET not in run.text, address, run)
    run = place.run("compare", "-i", addresses[0], "-m", MODEL, "--out", "o.png")
    check(run.code == 65 and SECRET not in run.text, run)
    for line in [
            f"capture: {{input: rtsp://u:{SECRET}@cam: x}}", f"capture:\n  input: rtsp://u:{SECRET}@cam: x\n",
            f"capture: {{inputs: 'rtsp://u:{SECRET}@cam/'}}", f"capture: {{input: ['rtsp://u:{SECRET}@cam/']}}",
            f"serve: {{token-file: {SECRET}abcdef}}", f"'rtsp://u:{SECRET}@cam/': 1", f"serve: {{listen: 'u:{SECRET}@:1'}}"]:
        run = place.run("serve", "--config", place.write("wrong.yaml", line))
        check(run.code != 0 and SECRET not in run.text, line, run)
    for address in [f"https://u:{SECRET}@{at}/r.onnx", f"http://{at}/r.onnx?sig={SECRET}", f"http://u:x#{SECRET}@{at}/"]:
        run = place.run("models", "fetch", "resnet18", "--from", address)
        check(run.code == 69 and SECRET not in run.text, address, run)
    # Waiting for one, as a service.
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(place.path("notify"))
        settings = place.write(
            "waiting.yaml", f"capture: {{input: '{addresses[0]}', wait: true}}\ninfer: {{model: '{MODEL}'}}\n"
            f"serve: {{listen: '127.0.0.1:0', token-file: '{place.write('secret', SECRET)}'}}\n")
        with place.started(
                "serve", "-v", "--config", settings, environment={"NOTIFY_SOCKET": place.path("notify")}) as program:
            program.wait_for("Waiting for it to come back|waiting")
            signed = f"Authorization: Bearer {SECRET}"
            for path in ["/", "/api/state", "/api/settings", "/metrics", "/readyz", "/api/openapi.json"]:
                answer = ask(program.port, path, signed)
                check(answer.status in (200, 503) and SECRET.encode() not in answer.raw, path, answer)
            with connected(program.port) as events:
                events.sendall(request("/api/events", signed))
                first = events.recv(65536)
                check(b"200" in first and SECRET.encode() not in first, first)
            program.stop()
            manager.setblocking(False)
            told = b""
            while True:
                try:
                    told += manager.recv(65536) + b"\n"
                except BlockingIOError:
                    break
        check(b"STATUS=" in told and SECRET.encode() not in told, told)
        check(SECRET not in program.text and "127.0.0.1:9" in program.text, program.text)


@attack
def requests_with_two_meanings(place):
    """Two Host, Content-Length beside Transfer-Encoding, two lengths, broken chunks, an expectation that nobody knows, a
    foreign name, a foreign page's change: refused, and no second request is read out of the first."""
    with place.serving() as program:
        port = program.port
        smuggled = b"GET /api/state HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        for headers, codes in [
                (["Host: evil.example"], {400}), (["host : 127.0.0.1"], {400}), (["Host: 127.0.0.1"], {400}),
                (["Content-Length: 5", "Transfer-Encoding: chunked"], {400}),
                (["Transfer-Encoding: chunked", "Content-Length: 5"], {400}),
                (["Content-Length: 5", "Content-Length: 6"], {400}), (["Content-Length: -1"], {400}),
                (["Content-Length: +5"], {400}), (["Content-Length: 5, 6"], {400}),
                (["Transfer-Encoding: xchunked"], {400, 501}), (["Transfer-Encoding: chunked, identity"], {400, 501}),
                (["Expect: something-else"], {417}), (["X: " + "x" * 20_000], {431, 400}),
                ([f"X-{number}: x" for number in range(2000)], {431, 400})]:
            head = "\r\n".join(["PATCH /api/settings HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", *headers])
            answer = sent(port, head.encode() + b"\r\n\r\n0\r\n\r\n" + smuggled)
            check(answer.status in codes or not answer.raw and codes & {400}, headers[0][:60], answer)
            check(answer.raw.count(b"HTTP/1.1 ") <= 1 and b'"live"' not in answer.raw, headers[0][:60], "smuggled:", answer)
        for name in ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "192.0.2.1"]:
            check(ask(port, "/api/state", name=name).status in (400, 421), f"answers to {name}")
        change = b'{"overlay.opacity": 0.1}'
        for signs in [["Origin: https://evil.example"], ["Sec-Fetch-Site: cross-site"], ["Origin: null"],
                      ["Referer: https://evil.example/"]]:
            answer = ask(
                port, "/api/settings", "Content-Type: application/json", *signs, method="PATCH", body=change)
            check(answer.status == 403, signs, answer)
        plain = ask(port, "/api/settings", "Content-Type: text/plain", method="PATCH", body=change)
        check(plain.status == 415, plain)
        wait_until(lambda: ask(port, "/readyz").status == 200, "pictures")
        own = ask(port, "/api/settings", "Content-Type: application/json", method="PATCH", body=change)
        check(own.status == 200, "the owner cannot change anything:", own)
        for path, policy in [("/", "same-origin"), ("/api/state", "same-origin"), ("/snapshot.jpg", "cross-origin")]:
            check(ask(port, path)["Cross-Origin-Resource-Policy"] == policy, path, ask(port, path))


def certificate(place, name, days, ahead=0):
    """A certificate that counts from `ahead` seconds from now on. Returns the settings that name it."""
    environment, _ = false_clock(place, ahead)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
         "/CN=localhost", "-days", str(days), "-keyout", place.path(f"{name}.key"), "-out", place.path(f"{name}.pem")],
        check=True, capture_output=True, env={**os.environ, **environment})
    os.chmod(place.path(f"{name}.key"), 0o600)
    return f", tls-cert: '{place.path(name)}.pem', tls-key: '{place.path(name)}.key'"


@attack
def certificates_that_end(place):
    """A certificate's key that others may read is refused. One that has expired, or soon will, is told at the start, by
    /readyz and by the measurements."""
    import ssl
    certificate(place, "open", 100)
    os.chmod(place.path("open.key"), 0o644)
    run = place.run(
        "serve", "-q", "-i", DRAWN, "-m", MODEL, "--listen", "127.0.0.1:0", "--tls-cert", "open.pem", "--tls-key",
        "open.key", seconds=5)
    check(run.code != 0 and "open.key" in run.text and run.errors.count(b"\n") == 1, run)
    trusting = ssl.create_default_context()
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    for name, days, ahead, is_told in [("past", 10, -99 * DAY, True), ("soon", 5, 0, True), ("good", 100, 0, False)]:
        with place.serving(serve=certificate(place, name, days, ahead)) as program:
            port = int(program.wait_for(r"watch at https://127\.0\.0\.1:(\d+)/").group(1))

            def asked(path):
                with connected(port) as bare, trusting.wrap_socket(bare, server_hostname="localhost") as client:
                    client.sendall(request(path))
                    return Answer(received(client))

            check(("expire" in program.text) == is_told, name, program.text)
            check(("expire" in asked("/readyz").text) == is_told, name, asked("/readyz"))
            problem = re.search(r"^camstream_tls_certificate_problem (\d)", asked("/metrics").text, re.M)
            check(problem and int(problem[1]) == is_told, name, problem)
