"""Cameras in a network of this machine, and what becomes of them."""

import contextlib
import random
import socket
import threading
import time

RATE = 5
# What becomes of a camera: it answers with an error, with nothing, or not at all; it ends or stops in mid-picture.
TROUBLES = ["down", "silent", "refusing", "torn", "hanging"]


class NetworkCamera:
    """Motion JPEG over HTTP on this machine, of numbered pictures, in the state that it is told."""

    def __init__(self, pictures):
        self.pictures, self.sent = pictures, 0
        self._state, self._listener = "up", socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}/stream"
        threading.Thread(target=self._accept, args=[self._listener], daemon=True).start()

    @property
    def state(self):
        return self._state

    @state.setter
    def state(self, new):
        self._state = new
        if new == "refusing" and self._listener:
            # Wakes the thread that waits for connections, too.
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        elif new != "refusing" and not self._listener:
            self._listener = socket.create_server(("127.0.0.1", self.port))
            threading.Thread(target=self._accept, args=[self._listener], daemon=True).start()

    def _accept(self, listener):
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client):
        with client, contextlib.suppress(OSError):
            client.recv(4096)
            self._wait_while("silent")
            if self.state == "down":
                return client.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n")
            due = time.monotonic()
            while True:
                picture = self.pictures[self.sent % len(self.pictures)]
                part = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(picture), picture)
                if self.state in ("torn", "hanging"):
                    client.sendall(part[:len(part) // 2])
                    return self._wait_while("hanging")
                if self.state == "silent":
                    return self._wait_while("silent")
                if self.state != "up":
                    return
                client.sendall(part)
                self.sent += 1
                due = max(due + 1 / RATE, time.monotonic())
                time.sleep(max(due - time.monotonic(), 0))

    def _wait_while(self, state):
        while self.state == state:
            time.sleep(0.05)


class Weather:
    """Lets cameras go and come back at random until it is told to end; then all are there."""

    def __init__(self, cameras, seed):
        self.changes = dict.fromkeys(TROUBLES, 0)
        self._cameras, self._random, self._end = cameras, random.Random(seed), threading.Event()
        self._thread = threading.Thread(target=self._blow, daemon=True)
        self._thread.start()

    def _blow(self):
        due = {camera: time.monotonic() + self._random.uniform(0, 8) for camera in self._cameras}
        while not self._end.wait(0.02):
            for camera in [camera for camera, moment in due.items() if moment <= time.monotonic()]:
                if camera.state == "up":
                    camera.state = self._random.choice(TROUBLES)
                    self.changes[camera.state] += 1
                    pause = self._random.uniform(0.3, 8)
                else:
                    camera.state = "up"
                    pause = self._random.uniform(1, 15)
                due[camera] = time.monotonic() + pause
        for camera in self._cameras:
            camera.state = "up"

    def end(self):
        self._end.set()
        self._thread.join()
