import Foundation
import ONNX
import TestSupport
import Testing

@testable import Infer

/// Every method against the papers' formulas, pytorch-grad-cam and torch-cam, on small nets with random weights.
struct ConformanceTests {
    private static let table = Result { try ConformanceTable() }

    private func error(_ map: [Float], _ golden: ConformanceGolden.Map, of net: String) throws -> Float {
        let logits = try ConformanceGolden.named(net).logits
        var expected = try #require(Conformance.expected(golden, logits: logits))
        if Conformance.isSignFree.contains(golden.method) {
            expected = MapComparison.turned(expected, like: map)
        }
        return MapComparison.error(map, expected)
    }

    /// The formulas by themselves: nothing of the engine takes part.
    @Test(arguments: ConformanceGolden.names) func formulasGiveTheirMapOfGivenActivationsAndGradients(
        name: String
    ) throws {
        let golden = try ConformanceGolden.named(name)
        var compared: Set<String> = []
        for method in camMethods {
            var options = MethodOptions()
            options.channels = .range(2...4)
            // Finer-CAM's gradient is of another score.
            guard let formula = method.init(options) as? any EvidenceMethod, method != FinerCAM.self else { continue }
            for map in golden.maps where map.method == method.name {
                let layer = golden.layers[try #require(map.layer)]!
                let values = layer.withEvidence(ofClass: map.classID) { formula.map($0) }
                #expect(
                    try error(values, map, of: name) < Conformance.tolerance,
                    "\(map.method), \(map.layer!), \(map.classID)")
                compared.insert(map.method)
            }
        }
        #expect(compared.count >= 10)
    }

    @Test func mapsMadeByTheEngineAreThoseOfTheReference() throws {
        let table = try Self.table.get()
        #expect(!table.entries.isEmpty)
        for entry in table.entries {
            let golden = entry.golden
            #expect(
                try error(entry.map, golden, of: entry.net) < Conformance.tolerance,
                "\(golden.method), \(entry.net), \(golden.layer ?? "picture"), class \(golden.classID)")
        }
    }

    /// What the goldens hold and nobody computes would be an untested promise.
    @Test func everyMethodWithGoldensIsCompared() throws {
        let table = try Self.table.get()
        for (name, golden) in try ConformanceGolden.all.get() {
            for map in golden.maps where camMethods.contains(where: { $0.name == map.method }) {
                #expect(table.entries.contains { $0.net == name && $0.golden.method == map.method })
            }
        }
    }

    /// Rectified, scaled and enlarged as pytorch-grad-cam does it, our map is what it gives out.
    @Test func whatPyTorchGradCAMGivesOutFollowsFromOurMap() throws {
        let final = try Self.table.get().entries.filter {
            $0.golden.pytorchGradCAMFinal != nil && $0.golden.layer != nil
        }
        #expect(final.count >= 10)
        for entry in final {
            let shape = try ConformanceGolden.named(entry.net).layers[entry.golden.layer!]!.shape
            let enlarged = MapComparison.enlarged(
                MapComparison.shown(entry.map), shape[1], shape[2], to: ConformanceGolden.height,
                ConformanceGolden.width)
            let error = MapComparison.error(MapComparison.shown(enlarged), entry.golden.pytorchGradCAMFinal!)
            #expect(error < Conformance.tolerance, "\(entry.golden.method), \(entry.net)")
        }
    }

    /// `make conformance-table` writes it anew.
    @Test func theTableInTheDocsIsUpToDate() throws {
        let file = checkout.appending(path: "docs/concepts/methods.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let table = try Self.table.get().lines.joined(separator: "\n")
        let begin = try #require(text.range(of: ConformanceTable.begin + "\n"))
        let end = try #require(text.range(of: "\n" + ConformanceTable.end))
        if ProcessInfo.processInfo.environment["CAMSTREAM_UPDATE_DOCS"] == "1" {
            let changed = text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: table)
            try changed.write(to: file, atomically: true, encoding: .utf8)
        } else {
            #expect(text[begin.upperBound..<end.lowerBound] == table, "stale: run 'make conformance-table'")
        }
    }
}
