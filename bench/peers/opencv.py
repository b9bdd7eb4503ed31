"""OpenCV's cascades, as Debian's python3-opencv and opencv-data bring them. The counterpart of job.ts."""

import json
import os
import statistics
import sys
import time

MIN_FACES = (20, 40, 80)
SCALE_FACTOR = 1.1
MIN_NEIGHBOURS = 3
CASCADE = "haarcascade_frontalface_alt2.xml"
DEBIAN_FOLDER = "/usr/share/opencv4/haarcascades/"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    try:
        import cv2
    except ImportError:
        return missing("apt install python3-opencv opencv-data")
    folder = cv2.data.haarcascades if hasattr(cv2, "data") else DEBIAN_FOLDER
    if not os.path.exists(folder + CASCADE) or not hasattr(cv2, "CascadeClassifier"):
        return missing("apt install opencv-data (%s is not in %s)" % (CASCADE, folder))
    classifier = cv2.CascadeClassifier(folder + CASCADE)
    timings = [
        timing(cv2, classifier, size, min_face, job["runs"]) for size in job["sizes"] for min_face in MIN_FACES
    ]
    return {"version": cv2.__version__, "timings": timings}


def missing(reason):
    return {"version": None, "timings": [], "missing": reason}


def timing(cv2, classifier, size, min_face, runs):
    def detect(picture):
        grey = cv2.equalizeHist(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
        return classifier.detectMultiScale(grey, SCALE_FACTOR, MIN_NEIGHBOURS, 0, (min_face, min_face))

    boxes, fastest = [], []
    for path in size["photos"]:
        picture = cv2.imread(path)
        boxes.append([dict(zip(("x", "y", "width", "height"), map(int, box))) for box in detect(picture)])
        times = []
        for _ in range(runs):
            started = time.perf_counter()
            detect(picture)
            times.append((time.perf_counter() - started) * 1000)
        fastest.append(min(times))
    return {
        "detector": "frontal face cascade, faces from %d px" % min_face,
        "size": size["size"],
        "boxes": boxes,
        "detectMs": round(statistics.mean(fastest), 2),
        "recogniseMs": None,
    }


print(json.dumps(main()))
