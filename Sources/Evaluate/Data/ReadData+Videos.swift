import Foundation

extension ReadData {
    /// What `camstream steady --boxes` takes: the boxes of a video's object, and the class where it is named.
    private struct FrameBoxes: Decodable {
        let `class`: String?
        let frames: [Entry]
        struct Entry: Decodable {
            let frame: Int
            let box: [Double]
        }
    }

    /// Videos with the box of an object in some frames: each such frame is a picture.
    init(videos tree: FileTree) throws(DataError) {
        for video in tree.videos {
            guard let name = tree.boxFile(ofVideo: video) else {
                leftOut.append(LeftOut(name: video, reason: "there is no \(FileTree.stem(video)).json beside it"))
                continue
            }
            let path = tree.full(name)
            guard let data = FileManager.default.contents(atPath: path),
                let found = try? JSONDecoder().decode(FrameBoxes.self, from: data)
            else {
                throw .file(
                    path: path, problem: "it has no boxes as {\"frames\": [{\"frame\": 0, \"box\": [x0, y0, x1, y1]}]}")
            }
            guard let label = found.class ?? video.split(separator: "/").dropLast().first.map(String.init) else {
                leftOut.append(
                    LeftOut(name: video, reason: "it lies in no class's folder, and \(name) names no \"class\""))
                continue
            }
            var boxes: [Int: [TrueBox]] = [:]
            for entry in found.frames {
                let box = entry.box
                guard entry.frame >= 0, box.count == 4, box.allSatisfy({ abs($0) < 1e6 }), box[0] < box[2],
                    box[1] < box[3]
                else { throw .file(path: path, problem: "frame \(entry.frame) has no box x0 < x1, y0 < y1") }
                boxes[entry.frame, default: []].append(TrueBox(x0: box[0], y0: box[1], x1: box[2], y1: box[3]))
            }
            if boxes.isEmpty { leftOut.append(LeftOut(name: video, reason: Self.noBox)) }
            pictures += boxes.sorted { $0.key < $1.key }.map { frame, boxes in
                LabelledPicture(
                    path: tree.full(video), name: "\(video)#\(frame)", label: label, boxes: boxes, frame: frame)
            }
        }
        guard !pictures.isEmpty || !leftOut.isEmpty else {
            throw .notLikeThis(
                path: tree.path, layout: .videos, missing: "there is no video with a JSON file beside it")
        }
    }
}
