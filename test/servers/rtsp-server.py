"""An RTSP server on 127.0.0.1 that streams a moving test picture as H.264, optionally behind a password.

Needs the Debian packages gir1.2-gst-rtsp-server-1.0, python3-gi, gstreamer1.0-plugins-base, -good and -ugly.
Prints "port N" when it accepts connections and serves until it is killed.
"""

import argparse

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

ROLE = "viewer"
PIPELINE = (
    "( videotestsrc is-live=true pattern=ball "
    "! video/x-raw,width={width},height={height},framerate={rate}/1 "
    "! x264enc tune=zerolatency speed-preset=ultrafast key-int-max={rate} "
    "! rtph264pay name=pay0 pt=96 )"
)


def protect(server, factory, method, user, password):
    """Admits to the stream only who knows the password."""
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", ROLE)
    if method == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(user, password, token)
    else:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    allowed = "media.factory.access=(boolean)true, media.factory.construct=(boolean)true"
    factory.add_role_from_structure(Gst.Structure.from_string(f"{ROLE}, {allowed}")[0])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", default="0")
    parser.add_argument("--width", default="320")
    parser.add_argument("--height", default="240")
    parser.add_argument("--rate", default="30")
    parser.add_argument("--auth", choices=["basic", "digest"])
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    options = parser.parse_args()

    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(options.port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(PIPELINE.format(**vars(options)))
    factory.set_shared(True)
    if options.auth:
        protect(server, factory, options.auth, options.user, options.password)
    server.get_mount_points().add_factory("/camera", factory)
    server.attach(None)
    print("port", server.get_bound_port(), flush=True)
    GLib.MainLoop().run()


main()
