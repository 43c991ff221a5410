import Pipeline

/// The true boxes of a video's object: `{"frames": [{"frame": 0, "box": [x0, y0, x1, y1]}, …]}`, in pixels; other keys
/// are left alone.
struct BoxFile: Equatable {
    /// By the frame's number, from 0.
    let boxes: [Int: PixelBox]

    private struct Content: Decodable {
        let frames: [Entry]
        struct Entry: Decodable {
            let frame: Int
            let box: [Double]
        }
    }

    /// - Throws: `ConfigError` or `SteadyError.boxOutside`.
    init(path: String) throws {
        // JSON is YAML, too.
        let content = try YAMLFile.decode(Content.self, path: path)
        boxes = try content.frames.reduce(into: [:]) { boxes, entry in
            let box = entry.box
            guard box.count == 4, box.allSatisfy({ abs($0) < 1e6 }), box[0] < box[2], box[1] < box[3] else {
                throw SteadyError.boxOutside(path: path, frame: entry.frame)
            }
            let pixels = box.map { Int($0.rounded()) }
            boxes[entry.frame] = PixelBox(x0: pixels[0], y0: pixels[1], x1: pixels[2], y1: pixels[3])
        }
    }
}
