import Infer
import ONNX
import Pipeline

/// One line of the list of layers, for people and for programs.
struct LayerRow: Encodable, Equatable {
    /// Position in the list; none for tensors that are not counted.
    var index: Int?
    /// The same, counted from the end: what `--layer` takes.
    var negative: Int?
    var tensor: String
    var `operator`: String
    var shape: [Int]
    /// "channels-first", "channels-last" or "tokens".
    var layout: String
    /// Class and register tokens before the grid; none where the layout has no tokens.
    var prefix: Int?
    var width: Int
    var height: Int
    var channels: Int
    var `default`: Bool

    /// - Parameter all: whether to give the layers that are not listed, too.
    static func rows(_ layers: ModelLayers, all: Bool) -> [LayerRow] {
        let count = layers.all.count(where: \.isListed)
        var next = 0
        return layers.all.compactMap { layer in
            let isDefault = layer.tensor == layers.byDefault?.tensor
            guard all || layer.isListed || isDefault else { return nil }
            let index = layer.isListed ? next : nil
            if layer.isListed { next += 1 }
            return LayerRow(layer, index: index, of: count, isDefault: isDefault)
        }
    }

    private init(_ layer: Layer, index: Int?, of count: Int, isDefault: Bool) {
        self.index = index
        negative = index.map { $0 - count }
        (tensor, `operator`, shape) = (layer.tensor, layer.op, layer.shape)
        (width, height, channels) = (layer.width, layer.height, layer.channels)
        `default` = isDefault
        switch layer.layout {
        case .channelsFirst: layout = "channels-first"
        case .channelsLast: layout = "channels-last"
        case .tokens(let prefix):
            layout = "tokens"
            self.prefix = prefix
        }
    }

    static func table(_ rows: [LayerRow]) -> String {
        let head = ["", "index", "--layer", "tensor", "operator", "shape", "map", "channels"]
        let cells = rows.map { row in
            [
                row.default ? "*" : "", row.index.map { "\($0)" } ?? "", row.negative.map { "\($0)" } ?? "",
                row.tensor, row.operator, row.shape.map { "\($0)" }.joined(separator: "x"),
                "\(row.width)x\(row.height)", "\(row.channels)",
            ]
        }
        return TextTable([head] + cells).lines.joined(separator: "\n")
    }

    static func json(_ rows: [LayerRow]) throws -> String {
        Printable.json(try JSONText.pretty.text(rows))
    }
}
