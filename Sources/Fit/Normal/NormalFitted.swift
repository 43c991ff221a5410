package import Infer
package import ONNX

/// A model of good parts, and what is known of it.
package struct NormalFitted {
    let fitting: NormalFitting
    package let backbone: PatchBackbone
    package let memory: PatchMemory
    package let threshold: GoodThreshold
    /// Of the memory.
    let run: MapRun
    /// All that could be read.
    package let examples: [Example]
    /// That were looked at of each.
    let places: Int
    package let skipped: [SkippedFile]
    /// Each by one of five models, which has not learnt it.
    let held: HeldOut
    package let test: NormalTest?

    /// How many pictures were held out.
    package var heldCount: Int { held.scores.count }
    /// How many of them lie above the threshold.
    package var heldAbove: Int { held.scores.count { $0.score > threshold.scale.threshold } }
    /// Pictures that the model has learnt: all, those included that were held out from others.
    package var learntCount: Int { examples.count }

    /// The ONNX file, with its card inside. The same arguments give the same bytes.
    ///
    /// - Parameters:
    ///   - name: what it is called.
    ///   - program: what makes it, with its version.
    package func model(name: String, program: String) throws -> [UInt8] {
        var about = ModelCard.About()
        about.dataset = "\(learntCount) images of good parts"
        about.licence = backbone.about.licence
        about.source = "\(program) on features of \(backbone.name)"
        let card = FittedCard(name: name, task: .map, classes: [], input: backbone.input, about: about)
        let origin = NormalProvenance(
            program: program, backbone: backbone, good: learntCount, heldOut: heldCount, dataSHA256: checksum,
            rows: memory.count, threshold: threshold.scale.threshold, low: threshold.scale.low, way: threshold.way)
        return try backbone.model(
            comparingWith: memory, threshold.scale,
            metadata: [
                MetadataCard.cardKey: card.text(), NormalProvenance.key: origin.text(),
                "task": ModelCard.Task.map.rawValue,
            ])
    }

    /// SHA-256 of what was learnt from and tested on.
    var checksum: String { DataList.checksum(of: [fitting.list] + (fitting.test.map { [$0] } ?? [])) }
}
