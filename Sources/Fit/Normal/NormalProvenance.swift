import Infer
import ONNX
import Pipeline

/// Where a model of good parts comes from, for people and tools: the key `camstream.fit` of its metadata. It has no date, so
/// that the same pictures give the same file.
struct NormalProvenance: Codable, Sendable, Equatable {
    static let key = MetadataCard.fitKey

    let program: String
    let backbone: Provenance.Origin
    /// Tensors whose maps are its features.
    let layers: [String]
    /// Pictures of good parts that were learnt, and that were held out.
    let good: Int
    let heldOut: Int
    /// `DataList.checksum`.
    let dataSHA256: String
    /// That are remembered.
    let rows: Int
    /// Distances that are 0.5 and 0 in the map, and how the first one was found.
    let threshold: Float
    let low: Float
    let way: String

    init(
        program: String, backbone: PatchBackbone, good: Int, heldOut: Int, dataSHA256: String, rows: Int,
        threshold: Float, low: Float, way: GoodThreshold.Way
    ) {
        self.program = program
        self.backbone = Provenance.Origin(
            name: backbone.name, sha256: backbone.checksum, licence: backbone.about.licence,
            source: backbone.about.source)
        layers = backbone.layers.map(\.tensor)
        (self.good, self.heldOut, self.dataSHA256, self.rows) = (good, heldOut, dataSHA256, rows)
        (self.threshold, self.low, self.way) = (threshold, low, way.rawValue)
    }

    /// As JSON.
    func text() throws -> String { try JSONText.pretty.text(self) }
}
