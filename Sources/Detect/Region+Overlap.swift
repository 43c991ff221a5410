package import Pipeline

extension Region {
    /// Of the part that two regions share, in square pixels.
    package func sharedArea(with other: Region) -> Double {
        let across = min(x + width, other.x + other.width) - max(x, other.x)
        let down = min(y + height, other.y + other.height) - max(y, other.y)
        return max(across, 0) * max(down, 0)
    }

    /// The area of the intersection to that of the union, 0...1.
    package func overlap(with other: Region) -> Double {
        let shared = sharedArea(with: other)
        let union = width * height + other.width * other.height - shared
        return union > 0 ? shared / union : 0
    }

    /// What of it lies in a picture; nil: nothing.
    package func clipped(width pictureWidth: Double, height pictureHeight: Double) -> Region? {
        let (left, top) = (max(x, 0), max(y, 0))
        let (right, bottom) = (min(x + width, pictureWidth), min(y + height, pictureHeight))
        guard right > left, bottom > top else { return nil }
        return Region(x: left, y: top, width: right - left, height: bottom - top)
    }

    /// Whether it is a box at all: finite, and not empty.
    var isBox: Bool { x.isFinite && y.isFinite && width > 0 && height > 0 && width.isFinite && height.isFinite }

    init(centreX: Double, _ centreY: Double, width: Double, height: Double) {
        self.init(x: centreX - width / 2, y: centreY - height / 2, width: width, height: height)
    }

    init(left: Double, top: Double, right: Double, bottom: Double) {
        self.init(x: left, y: top, width: right - left, height: bottom - top)
    }
}
