"""An RTSP server that takes what is announced to it (RECORD), and writes the H.264 that comes into a file.

    rtsp_receiver.py PORT FILE [USER PASSWORD]

At /cam pictures alone, at /sound AAC with them (FILE.aac).
GStreamer's, so it is not FFmpeg that understands itself. Says READY when it listens.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402


def main():
    port, path, *login = sys.argv[1:]
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_transport_mode(GstRtspServer.RTSPTransportMode.RECORD)
    factory.set_launch(
        f"( rtph264depay name=depay0 ! h264parse ! video/x-h264,stream-format=byte-stream,alignment=au "
        f"! filesink location={path} sync=false async=false buffer-mode=unbuffered )")
    factory.set_latency(0)
    if login:
        auth = GstRtspServer.RTSPAuth()
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "user")
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(*login), token)
        server.set_auth(auth)
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role("user", "media.factory.access", True)
        permissions.add_permission_for_role("user", "media.factory.construct", True)
        factory.set_permissions(permissions)
    server.get_mount_points().add_factory("/cam", factory)
    with_sound = GstRtspServer.RTSPMediaFactory()
    with_sound.set_transport_mode(GstRtspServer.RTSPTransportMode.RECORD)
    with_sound.set_launch(
        f"( rtph264depay name=depay0 ! filesink location={path} sync=false async=false "
        f"rtpmp4gdepay name=depay1 ! filesink location={path}.aac sync=false async=false buffer-mode=unbuffered )")
    server.get_mount_points().add_factory("/sound", with_sound)
    assert server.attach(None), "cannot listen"
    print("READY", flush=True)
    GLib.MainLoop().run()


main()
