import Evaluate
package import Foundation
package import TestSupport

/// What is known of labelled pictures: lists of boxes in each layout, masks, names of classes, journals of evaluations.
package struct LabelledTarget: FuzzTarget {
    package static let name = "labelled"

    /// Where each kind lies, and an example.
    private static let kinds: [(layout: DataLayout, file: String, seed: String)] = [
        (
            .voc, "a.xml",
            "<?xml version=\"1.0\"?><annotation><filename>a.jpg</filename><object><name>cat &amp; dog</name><difficult>0</difficult>"
                + "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>4.5</ymax></bndbox></object></annotation>"
        ),
        (
            .coco, "c.json",
            "{\"images\": [{\"id\": 1, \"file_name\": \"a.jpg\"}], \"annotations\": [{\"image_id\": 1, \"category_id\": 2, "
                + "\"bbox\": [1, 2, 3, 4], \"iscrowd\": 0}], \"categories\": [{\"id\": 2, \"name\": \"cat\"}]}"
        ),
        (.yolo, "labels/a.txt", "0 0.5 0.5 0.25 0.5\n1 0.1 0.2 0.3 0.2 0.3 0.8\n"),
        (.yolo, "data.yaml", "names:\n  0: cat\n  1: dog\n"),
        (.videos, "cat/clip.json", "{\"class\": \"dog\", \"frames\": [{\"frame\": 0, \"box\": [1, 2, 3.5, 4]}]}"),
        (.csv, "list.csv", "path,label,x,y,w,h\na.jpg,cat,1,2,3,4\na.jpg,\"a, b\",,,,\n"),
        (
            .imagenet, "LOC_val_solution.csv",
            "ImageId,PredictionString\na,n02123045 10 20 30 40 n02123045 50 60 70 80 \n"
        ),
    ]

    private let mutators: [TextMutator]
    private let masks: TextMutator
    private let folder: TemporaryFolder
    private var read = 0
    private var kind = 0

    package init(_ corpus: [Data]) throws {
        folder = try TemporaryFolder()
        let words = [
            "<", ">", "/>", "</", "<!--", "-->", "&amp;", "&", "\n", ",", ";", "\"", "[", "]", "{", "}", "-1", "1e308",
            "nan",
            "0", "99999999999999999999", "n02123045 ", "null",
        ]
        mutators = Self.kinds.map { TextMutator(seeds: [Data($0.seed.utf8)] + corpus, words: words) }
        // Grey, two by two, unfiltered, stored without compression.
        let png: [UInt8] = [
            0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 2, 0, 0, 0, 2,
            8, 0,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 17, 0x49, 0x44, 0x41, 0x54, 0x78, 0x01, 0x01, 6, 0, 0xf9, 0xff, 0, 0, 1, 0, 1,
            0, 0,
            9, 0, 3, 0, 0, 0, 0,
        ]
        masks = TextMutator(seeds: [Data(png)], words: ["IHDR", "IDAT", "PLTE", "\u{1}", "\u{0}"])
        try FileManager.default.createDirectory(atPath: folder.file("labels"), withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: folder.file("cat"), withIntermediateDirectories: true)
        for name in ["a.jpg", "cat/clip.mp4"] { try folder.write([], to: name) }
    }

    package var depth: String { "\(read) lists and masks" }

    package mutating func input(_ noise: inout Noise) -> Data {
        kind = Int(noise.next() % UInt64(Self.kinds.count + 2))
        return kind < mutators.count ? mutators[kind].next(&noise) : masks.next(&noise)
    }

    package mutating func take(_ bytes: Data, _ noise: inout Noise) {
        do {
            if kind < Self.kinds.count {
                let kind = Self.kinds[kind]
                for other in Self.kinds where other.layout == kind.layout {
                    try folder.write(other.file == kind.file ? Array(bytes) : Array(other.seed.utf8), to: other.file)
                }
                // Of tables there are two.
                let path = kind.layout == .csv ? folder.file(kind.file) : folder.path
                let data = try LabelledData(path: path, layout: kind.layout)
                Defect.unless(!data.pictures.isEmpty && data.checksum.count == 64, "no pictures, and no error")
                for picture in data.pictures { _ = picture.boxes.map { $0.inside(width: 100, height: 100) } }
            } else {
                let path = try folder.write(bytes, to: "mask.png")
                let mask = try TrueMask(path: path, isTrimap: kind > Self.kinds.count)
                _ = mask.resized(width: 7, height: 5).box
            }
            read += 1
        } catch {
            Defect.unlessOneLine(error)
        }
    }
}
