import Foundation
import Pipeline

@testable import Infer

/// What the methods of camstream are held to, and why they differ from a library where they do.
struct Conformance {
    /// Share of the map's range, in 32 bits.
    static let tolerance: Float = 1e-4

    /// The raw map that a method must give, to the tolerance: the paper's, but for what `causes` says.
    static func expected(_ golden: ConformanceGolden.Map, logits: [Float]) -> [Float]? {
        // We divide by |y|.
        if golden.method == "ablationcam", logits[golden.classID] < 0 { return golden.formula?.map { -$0 } }
        return golden.formula
    }

    /// Golden numbers can give a principal component either sign.
    static let isSignFree: Set<String> = ["eigencam", "eigengradcam", "kpca-cam"]

    /// Why the method's map is not that of a library; nil: it is, or there is none.
    static let causes: [String: String] = [
        "gradcam++": """
        pytorch-grad-cam adds 1e-6 to α's denominator, which matters where gradients are small; torch-cam loses the \
        denominator (it divides a copy), so that its weights are Σ G² relu(G)
        """,
        "xgradcam": """
        the libraries add 1e-7 and 1e-8 to Σ A_k, which shows where that sum nearly vanishes, as behind a layer \
        normalisation
        """,
        "finercam": """
        torch-cam takes 0.6 times the plain mean of the three nearest classes; pytorch-grad-cam, as the authors, \
        weights them by their softmax
        """,
        "eigencam": "the sign of a principal component is free: here the rule above, in the libraries none",
        "eigengradcam": "as Eigen-CAM",
        "kpca-cam": "as Eigen-CAM",
        "fullgrad": """
        pytorch-grad-cam scales each channel by itself rather than all of a layer together, which flattens the map
        """,
        "scorecam": """
        pytorch-grad-cam enlarges masks with aligned corners; torch-cam scales them before it enlarges them, not after
        """,
        "is-cam": "torch-cam adds up the mask's factors, to 5.5 in place of 1",
        "ablationcam": """
        where the score is negative the paper's and pytorch-grad-cam's weights change their sign, and the map shows what \
        speaks against the class: here they are divided by its absolute value
        """,
    ]
}

/// The maps of all methods on all golden nets, and the table that comes of them.
struct ConformanceTable {
    struct Entry {
        let net: String
        let golden: ConformanceGolden.Map
        let map: [Float]
    }

    let entries: [Entry]

    static let begin = "<!-- conformance: begin -->"
    static let end = "<!-- conformance: end -->"

    /// Computes everything through the engine.
    init() throws {
        var entries: [Entry] = []
        for (name, golden) in try ConformanceGolden.all.get() {
            for method in camMethods {
                let maps = (golden.maps + golden.inputs).filter { $0.method == method.name }
                for (layer, maps) in Dictionary(grouping: maps, by: \.layer).sorted(by: { $0.key ?? "" < $1.key ?? "" })
                {
                    let net = try ConformanceNet(
                        name, golden, method: method, tensor: layer.map { golden.layers[$0]!.tensor })
                    for map in maps {
                        let values = try net.map(ofClass: map.classID).values
                        entries.append(Entry(net: name, golden: map, map: values))
                    }
                }
            }
        }
        self.entries = entries
    }

    /// Lines of Markdown.
    var lines: [String] {
        let head = [
            "| Method | Maps | The formula | pytorch-grad-cam | torch-cam | Why they differ |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        return head + camMethods.compactMap { row($0) }
    }

    private func row(_ method: any CAMMethod.Type) -> String? {
        let mine = entries.filter { $0.golden.method == method.name }
        guard !mine.isEmpty else { return nil }
        let cells = [
            method.title, "\(mine.count)", comparison(mine, \.formula), comparison(mine, \.pytorchGradCAM),
            comparison(mine, \.torchCAM), Conformance.causes[method.name] ?? "",
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }

    /// The greatest difference of maps as they are shown, and the least correlation of raw maps.
    private func comparison(_ entries: [Entry], _ other: (ConformanceGolden.Map) -> [Float]?) -> String {
        let pairs = entries.compactMap { entry in other(entry.golden).map { (entry, $0) } }
        guard !pairs.isEmpty else { return "–" }
        var (difference, correlation, turned): (Float, Double, Int) = (0, 1, 0)
        for (entry, theirs) in pairs {
            var theirs = theirs
            if Conformance.isSignFree.contains(entry.golden.method) {
                let same = MapComparison.turned(theirs, like: entry.map)
                if same != theirs { turned += 1 }
                theirs = same
            }
            let (a, b) = (MapComparison.shown(entry.map), MapComparison.shown(theirs))
            difference = max(difference, zip(a, b).map { abs($0 - $1) }.max()!)
            correlation = min(correlation, MapComparison.correlation(entry.map, theirs) ?? 1)
        }
        let sign = turned > 0 ? ", \(turned) of \(pairs.count) with the other sign" : ""
        return "\(Self.rounded(difference)), \(Self.digits(correlation))\(sign)"
    }

    /// Two significant digits, so that the engine's rounding does not show.
    private static func rounded(_ difference: Float) -> String {
        difference <= Conformance.tolerance ? "≤ 1e-4" : String(format: difference < 0.01 ? "%.4f" : "%.2f", difference)
    }

    private static func digits(_ correlation: Double) -> String { String(format: "%.4f", correlation) }
}
