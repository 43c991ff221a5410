import Evaluate
import Foundation
import TestSupport

/// Runs whose figures are known.
enum Runs {
    static let methods = [
        RunFacts.Method(key: "true", title: "True", layers: ["relu5"]), RunFacts.Method(key: "moved", title: "Moved"),
        RunFacts.Method(key: "baseline:whole", title: "whole picture", isBaseline: true),
    ]

    static func facts(
        pictures: Int = 4, methods: [RunFacts.Method] = methods, classes: [String: Int] = ["cat": 3, "dog": 5],
        judged: [Metric] = [], series: [Series] = []
    ) -> RunFacts {
        RunFacts(
            program: "camstream 9", machine: "a machine", precision: "f32", model: "tiny", modelChecksum: "ab",
            cardChecksum: nil, data: "pets", layout: .masks, dataChecksum: "cd", pictures: pictures, ignoredBoxes: 2,
            classes: classes, target: "label", seed: 7, methods: methods, judged: judged,
            series: series, options: [:])
    }

    static let box = TrueBox(x0: 2, y0: 3, x1: 6, y1: 7)
    static let mask = TrueMask(
        width: 12, height: 10,
        pixels: (0..<120).map { (2..<6).contains($0 % 12) && (3..<7).contains($0 / 12) ? .object : .background })

    /// What is found of a map that is hot in a square with its corner at (x, y), or everywhere.
    ///
    /// - Parameter others: what else is known of it.
    static func map(_ x: Int?, _ y: Int = 3, others: MapFigures = MapFigures()) -> JudgedMap {
        let values = (0..<120).map { place -> Float in
            guard let x else { return 1 }
            return (x..<x + 4).contains(place % 12) && (y..<y + 4).contains(place / 12) ? 1 : 0
        }
        let field = HeatField(width: 12, height: 10, values: values)
        return JudgedMap(
            Whereabouts(field, Truth(width: 12, height: 10, boxes: [box], mask: mask)), others: others)
    }

    static func picture(_ number: Int, isRight: Bool = true) -> JudgedPicture {
        var picture = JudgedPicture(LabelledPicture(path: "/p/\(number).jpg", name: "\(number).jpg", label: "cat"))
        (picture.explained, picture.probability, picture.top, picture.isRight) = ("cat", 0.75, "cat", isRight)
        picture.maps = ["true": map(2), "moved": map(7), "baseline:whole": map(nil)]
        return picture
    }

    /// - Returns: the journal's path.
    static func journal(_ pictures: [JudgedPicture], facts: RunFacts = facts(), in folder: TemporaryFolder) throws
        -> String
    {
        var text = try Journal.line(facts)
        for picture in pictures { text += try Journal.line(picture) }
        return try folder.write(text, to: "run.pictures.jsonl")
    }
}
