"""Recordings for a batch: short ones whose pictures are all different, and bad ones of several kinds."""

import os
import subprocess


# Seconds of each: long enough that something can happen to a task meanwhile.
LENGTH = 4


def make(folder, good, bad):
    """Returns the names of each, sorted."""
    os.makedirs(folder)
    # Of one source, so that one call makes all.
    subprocess.run(
        ["ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=320x192:rate=25", "-t", str(good * LENGTH),
         "-vf", "hue=h=t*7", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-force_key_frames",
         f"expr:gte(t,n_forced*{LENGTH})", "-f", "segment", "-segment_time", str(LENGTH), "-reset_timestamps", "1",
         "clip %04d.mp4"], check=True, cwd=folder)
    names = sorted(os.listdir(folder))
    assert len(names) == good, f"{len(names)} clips were made of {good}"
    with open(os.path.join(folder, names[0]), "rb") as file:
        whole = file.read()
    sound = os.path.join(folder, "sound.tmp")
    subprocess.run(
        ["ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "sine=duration=1", "-f", "mp4", sound], check=True)
    with open(sound, "rb") as file:
        silent = file.read()
    os.unlink(sound)
    # Cut off, empty, of nothing, of text, without pictures.
    kinds = [whole[:len(whole) // 2], b"", bytes(5000), b"this is no video\n" * 100, silent]
    spoilt = []
    for number in range(bad):
        # Among the good ones, so that several tasks have one.
        name = f"clip {number * good // max(bad, 1):04d} bad.mp4"
        with open(os.path.join(folder, name), "wb") as file:
            file.write(kinds[number % len(kinds)])
        spoilt.append(name)
    return names, spoilt
