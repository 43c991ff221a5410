import Pipeline

/// Pictures that methods are judged by.
package struct LabelledData: Sendable {
    /// As it was named.
    package let path: String
    package let layout: DataLayout
    package private(set) var pictures: [LabelledPicture]
    package private(set) var leftOut: [LeftOut]
    /// Boxes that say of themselves that they do not count: crowds, difficult ones.
    package let ignoredBoxes: Int
    /// What words ImageNet's numbers of synsets stand for; none: the data have no such list.
    package let synsets: [String: String]

    /// Reads lists and labels; pictures are not looked at.
    ///
    /// - Throws: `DataError`.
    package init(path: String, layout: DataLayout = .auto) throws(DataError) {
        let tree = try FileTree(path)
        let layout = layout == .auto ? try DataLayout.seen(in: tree) : layout
        let found: ReadData =
            switch layout {
            case .auto, .folders: try ReadData(folders: tree)
            case .voc: try ReadData(voc: tree)
            case .coco: try ReadData(coco: tree)
            case .yolo: try ReadData(yolo: tree)
            case .csv: try ReadData(csv: tree)
            case .imagenet: try ReadData(imageNet: tree)
            case .videos: try ReadData(videos: tree)
            case .masks: try ReadData(masks: tree, folder: "masks")
            case .trimaps: try ReadData(masks: tree, folder: "trimaps")
            }
        (self.path, self.layout) = (path, layout)
        (pictures, leftOut, ignoredBoxes) = (found.pictures, found.leftOut, found.ignoredBoxes)
        synsets = try SynsetWords.beside(tree)
        guard !pictures.isEmpty else {
            throw leftOut.contains { $0.reason == ReadData.noBox } ? .noBoxes(path: path) : .noPictures(path: path)
        }
    }

    package var labels: [String] { Set(pictures.map(\.label)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

    /// Leaves pictures out.
    package mutating func keep(where isKept: (LabelledPicture) -> Bool, orElse reason: String) {
        leftOut += pictures.filter { !isKept($0) }.map { LeftOut(name: $0.name, reason: reason) }
        pictures.removeAll { !isKept($0) }
    }

    /// Keeps so many, evenly from all of the list, so that all classes stay.
    package mutating func limit(to count: Int) {
        guard count < pictures.count else { return }
        pictures = (0..<count).map { pictures[$0 * pictures.count / count] }
    }

    /// SHA-256 that tells what is judged by: names, classes, boxes, masks' names, in their order.
    package var checksum: String {
        var words = [layout.rawValue]
        for picture in pictures {
            words += [picture.name, picture.label, "\(picture.areShares)", picture.mask.map(FileTree.stem) ?? ""]
            words += picture.boxes.map { "\($0.x0) \($0.y0) \($0.x1) \($0.y1)" }
        }
        return Checksum.hexDigits(of: Array(words.joined(separator: "\0").utf8))
    }
}

/// What one of the readers has found.
struct ReadData {
    var pictures: [LabelledPicture] = []
    var leftOut: [LeftOut] = []
    var ignoredBoxes = 0

    static let noBox = "it has no box"

    /// Adds a picture for each class that is in it, in the order in which classes come.
    mutating func add(
        _ file: String, _ tree: FileTree, _ things: [(label: String, box: TrueBox)], areShares: Bool = false
    ) {
        var labels: [String] = []
        for thing in things where !labels.contains(thing.label) { labels.append(thing.label) }
        for label in labels {
            pictures.append(
                LabelledPicture(
                    path: tree.full(file), name: file, label: label,
                    boxes: things.filter { $0.label == label }.map(\.box), areShares: areShares))
        }
        if things.isEmpty { leftOut.append(LeftOut(name: file, reason: Self.noBox)) }
    }
}
