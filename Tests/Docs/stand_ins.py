"""What the pages take for granted, in small: clips, photographs, models, cameras."""

import os
import re
import shutil
import subprocess
from pathlib import Path

CAMERA = "demo:seconds=2,size=320x180,fps=10"
# What is not here, and what stands for it. A camera is the drawn scene, played at its own rate; it ends by itself.
CAMERAS = r"(?:/dev/video\d|webcam|rtsp://[^\s'\"}]+)"
# Models that would have to be fetched.
FETCHED = re.compile(r"(?<=-m )resnet18\b|(?<=--model )resnet18\b")


def replaced(command: str) -> str:
    """A command for what is here."""
    command = re.sub(rf"(-i|--input) '?{CAMERAS}'?", rf"\1 {CAMERA} --live", command)
    return FETCHED.sub("model.onnx", command)


def configured(text: str) -> str:
    """A config file for what is here."""
    return re.sub(rf"input: *\"?{CAMERAS}\"?", f'input: "{CAMERA}"', text)


def environment(work: Path, binary: Path) -> dict[str, str]:
    """With the program under its name, and homes of its own."""
    (work / "bin").mkdir(parents=True)
    (work / "bin/camstream").symlink_to(binary)
    (work / "bin/python3").symlink_to("/usr/bin/python3")
    for name in ("data", "cache", "home"):
        (work / name).mkdir()
    return {
        "PATH": f"{work / 'bin'}:{os.environ['PATH']}", "HOME": str(work / "home"), "LC_ALL": "C.UTF-8",
        "XDG_DATA_HOME": str(work / "data"), "XDG_CACHE_HOME": str(work / "cache"),
    }


def make(folder: Path, root: Path, environment: dict[str, str]) -> Path:
    """Makes all of it once."""
    folder.mkdir()

    def call(*words: object) -> None:
        subprocess.run([str(word) for word in words], cwd=folder, env=environment, check=True, capture_output=True)

    def photographs(name: str, scene: str, count: int) -> None:
        """Pictures of a drawn object, some tenths of a second apart."""
        (folder / name).mkdir(parents=True)
        call("camstream", "--quiet", "-i", f"demo:seconds=3,size=320x240,fps=10,{scene}", "-o", f"{name}/clip.mkv",
             "--codec", "ffv1", "--opacity", "0", "--labels", "none", "--no-color-bar")
        call("ffmpeg", "-v", "error", "-i", f"{name}/clip.mkv", "-vf", "fps=5", "-frames:v", count, f"{name}/%02d.jpg")
        (folder / name / "clip.mkv").unlink()

    call("camstream", "--quiet", "-i", "demo:seconds=2,size=320x180,fps=10", "-o", "clip.mp4",
         "--opacity", "0", "--labels", "none", "--no-color-bar")
    (folder / "clips").mkdir()
    for name in ("clips/monday.mp4", "clips/tuesday.mp4", "street.mp4", "trail.mp4"):
        shutil.copy(folder / "clip.mp4", folder / name)
    for name in ("cup", "plant", "none"):
        photographs(f"photos/{name}", "objects=" + {"cup": "yin-yang", "plant": "sunflower", "none": "stop-sign"}[name], 12)
    shutil.copytree(folder / "photos/plant", folder / "good")
    (folder / "defects").mkdir()
    shutil.copytree(folder / "photos/none", folder / "defects/scratched")
    shutil.copytree(folder / "photos/plant", folder / "defects/good")

    shutil.copy(root / "Tests/Fixtures/photographs/cat.jpg", folder / "photo.jpg")
    shutil.copy(root / "Tests/Fixtures/models/vgg.onnx", folder / "vgg16.onnx")
    for name in ("model", "breeds"):
        shutil.copy(root / "models/demo/demo.onnx", folder / f"{name}.onnx")
        card = (root / "models/demo/demo.yaml").read_text()
        (folder / f"{name}.yaml").write_text(card.replace("demo.onnx", f"{name}.onnx"))
    for name, layout in (("yolox_nano", "yolox"), ("yolo11n", "yolov8")):
        shutil.copy(root / f"Tests/Fixtures/detectors/{layout}.onnx", folder / f"{name}.onnx")
        (folder / f"{name}.yaml").write_text(f"model: {name}.onnx\nlabels: [person, dog, cat]\ndecoder: {layout}\n")

    # A labelled photograph, and recordings that were kept.
    (folder / "pets").mkdir()
    (folder / "pets/labels.csv").write_text("path,label,x,y,w,h\n01.jpg,sunflower,60,40,200,160\n")
    shutil.copy(folder / "photos/plant/01.jpg", folder / "pets/01.jpg")
    (folder / "recordings").mkdir()
    call("camstream", "--quiet", "-i", "clip.mp4", "--keep-video", "-o", "recordings/monday.mkv")

    shutil.copytree(root / "configs", folder / "configs")
    return folder


def lay_out(things: Path, folder: Path) -> None:
    """A page's own copy."""
    shutil.copytree(things, folder)
