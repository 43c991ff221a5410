import Pipeline

extension ReadData {
    /// Pascal VOC: an XML file for each picture, beside it or in another folder. Both corners of its boxes are pixels that belong to
    /// them, and the first pixel is 1.
    init(voc tree: FileTree) throws(DataError) {
        let files = tree.files.filter { FileTree.ending($0) == "xml" }
        guard !files.isEmpty else { throw .notLikeThis(path: tree.path, layout: .voc, missing: "there is no XML file") }
        for file in files {
            let path = tree.full(file)
            let text = try Self.text(path)
            let root: SmallXML.Element
            do throws(SmallXML.Defect) {
                root = try SmallXML(text).root
            } catch {
                throw .line(path: path, line: error.line, problem: error.problem)
            }
            guard root.name == "annotation" else {
                leftOut.append(LeftOut(name: file, reason: "it is no annotation"))
                continue
            }
            let named = root.text(of: "filename").flatMap { FileTree.stem($0).isEmpty ? nil : $0 }
            // The file's own name tells, too, where the text's is that of another computer.
            guard
                let picture = tree.picture(of: file, near: FileTree.parent(file))
                    ?? named.flatMap({ tree.picture(of: $0, near: FileTree.parent(file)) })
            else {
                leftOut.append(LeftOut(name: file, reason: "there is no image of its name"))
                continue
            }
            var things: [(label: String, box: TrueBox)] = []
            for object in root.all("object") {
                if object.text(of: "difficult") == "1" || object.text(of: "ignore") == "1" {
                    ignoredBoxes += 1
                    continue
                }
                let corners = ["xmin", "ymin", "xmax", "ymax"].compactMap {
                    object.first("bndbox")?.text(of: $0).flatMap(Double.init)
                }
                guard let label = object.text(of: "name"), !label.isEmpty else {
                    throw .file(path: path, problem: "an object has no name")
                }
                guard corners.count == 4, corners.allSatisfy(\.isFinite), corners[0] <= corners[2],
                    corners[1] <= corners[3]
                else {
                    throw .file(
                        path: path,
                        problem:
                            "the box of '\(Printable.beginning(label, upTo: 40))' is not xmin, ymin, xmax and ymax with a size"
                    )
                }
                things.append(
                    (label, TrueBox(x0: corners[0] - 1, y0: corners[1] - 1, x1: corners[2], y1: corners[3])))
            }
            add(picture, tree, things)
        }
    }
}
