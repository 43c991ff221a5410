package import Engine
import Foundation
package import ONNX
import Pipeline

/// A classifier whose middle layers tell what each place of a picture looks like: for models that know good parts alone.
package struct PatchBackbone: Sendable {
    /// The ONNX file.
    package let path: String
    /// What its card calls it, else its file's name.
    package let name: String
    package let about: ModelCard.About
    /// How a picture goes into what is made of it: R G B in 0...1, scaled as the classifier wants it.
    package let input: ModelInput
    package let layers: [Layer]
    /// SHA-256 of the file, in hexadecimal digits.
    package let checksum: String
    /// What of the model is used, and how it was found, a line each, for the log.
    package let notes: [String]
    private let model: Model
    private let patches: PatchGraph
    private let smoothing: PatchGraph.Smoothing

    /// Shares of the picture's size that places of the two layers have.
    private static let steps = [8, 16]

    /// - Parameters:
    ///   - named: an ONNX file, or a card that names one.
    ///   - card: a card that stands elsewhere than beside the model.
    ///   - layers: as users write them; none: where the blocks end at an eighth and a sixteenth of the size.
    package init(model named: String, card: String?, layers wanted: [String]) throws(InferError) {
        var files = try ModelFiles(model: named, card: card)
        path = files.path
        name = files.card.name ?? URL(filePath: files.path).lastPathComponent
        about = files.card.about
        let (image, own) = try files.pictureInput()
        let compiler: ModelCompiler
        do throws(EngineError) { compiler = try ModelCompiler(file: path) } catch { throw InferError(error) }
        try TypedGraph.unfuse(&files.model, input: own.pictureInput, compiler: compiler)
        do throws(ONNXError) { try files.model.graph.dequantiseWeights() } catch { throw .model(error) }
        let typed = try TypedGraph(files.model, input: own.pictureInput, compiler: compiler)
        let graph = files.model.graph
        layers =
            wanted.isEmpty ? try Self.middle(of: graph, typed, own, path) : try typed.layers(wanted)
        do throws(ONNXError) {
            patches = try PatchGraph(
                graph, layers: layers, types: typed.types, image: image, entry: own.entry(image),
                size: (own.height, own.width))
        } catch {
            throw .model(error)
        }
        smoothing = PatchGraph.Smoothing(of: patches, size: (own.height, own.width))
        model = files.model
        input = own.ofOpenPictures
        checksum = try Backbone.checksum(path)
        notes =
            ["\(name): features of \(layers.map(\.tensor).joined(separator: ", ")), \(patches.channels) channels"]
            + files.notes + ["input: " + own.account.joined(separator: ", ")] + own.notes
    }

    private static func middle(
        of graph: Graph, _ typed: TypedGraph, _ input: ModelInput, _ path: String
    ) throws(InferError) -> [Layer] {
        // Maps of classes know what ImageNet has, and little of what else there is to see; what is no such head, has none.
        let head = try? graph.camHead()
        let all = typed.layers.filter { head?.kind != .classMaps || $0.channels != head?.classes }
        let found = steps.compactMap { step in
            let grids = all.filter { $0.isListed && $0.lies(at: step, of: input) }
            return grids.last.flatMap {
                graph.blockEnd(grid: ($0.height, $0.width), among: all, before: typed.scores.logits)
            }
        }
        guard found.count == steps.count else {
            var grids: [String] = []
            for layer in all where layer.isListed && !grids.contains("\(layer.height)x\(layer.width)") {
                grids.append("\(layer.height)x\(layer.width)")
            }
            throw .noMiddleLayers(model: path, size: [input.height, input.width], grids: grids)
        }
        return found
    }

    /// Of the grid of places.
    package var height: Int { patches.height }
    package var width: Int { patches.width }
    /// Features of a place.
    package var channels: Int { patches.channels }
    /// The tensor of features: Float `[height * width, channels]`.
    package var features: String { patches.features }
    /// Of the map that a model of it makes.
    package var mapSize: (height: Int, width: Int) { (smoothing.height, smoothing.width) }

    /// The graph that gives out the features, compiled to run in several requests at once, in 32-bit floats.
    package func compile() throws(InferError) -> CompiledModel { try compile(patches.graph) }

    /// The graph that gives out distances: `AnomalyOutputs.map` and `.score`, not scaled.
    package func compile(comparingWith memory: PatchMemory) throws(InferError) -> CompiledModel {
        try compile(comparing(memory, nil))
    }

    /// An ONNX file that maps anomalies, with the outputs of `AnomalyOutputs`. The same arguments give the same bytes.
    ///
    /// - Parameter metadata: metadata_props, in the place of the backbone's own.
    package func model(
        comparingWith memory: PatchMemory, _ scale: MapScale, metadata: [String: String]
    ) throws(InferError) -> [UInt8] {
        var made = model
        made.graph = try comparing(memory, scale)
        do throws(ONNXError) { return try made.serialized(as: metadata) } catch { throw .model(error) }
    }

    private func comparing(_ memory: PatchMemory, _ scale: MapScale?) throws(InferError) -> Graph {
        do throws(ONNXError) {
            return try patches.comparing(with: memory, smoothing, scale: scale)
        } catch {
            throw .model(error)
        }
    }

    private func compile(_ graph: Graph) throws(InferError) -> CompiledModel {
        var computed = model
        computed.graph = graph
        let ready = computed
        do throws(EngineError) {
            return try ModelCompiler(file: path).with(EngineOptions(hint: .throughput), isKept: false)
                .compile(ready, input: input.pictureInput, isExact: true)
        } catch {
            throw InferError(error)
        }
    }
}

extension Layer {
    /// Whether its places are about so many pixels of the picture.
    fileprivate func lies(at step: Int, of input: ModelInput) -> Bool {
        [(height, input.height), (width, input.width)].allSatisfy { places, pixels in
            (0.85...1.15).contains(Double(places * step) / Double(pixels))
        }
    }
}

extension ModelInput {
    /// The same for R G B in 0...1, channels first, of which the graph itself makes what the classifier takes.
    fileprivate var ofOpenPictures: ModelInput {
        var open = self
        (open.name, open.colour, open.isChannelsFirst) = (AnomalyOutputs.picture, .rgb, true)
        (open.range, open.mean, open.std) = ([0, 1], [0, 0, 0], [1, 1, 1])
        return open
    }

    fileprivate func entry(_ image: ImageInput) -> PatchGraph.Entry {
        let rows: [[Float]] =
            switch colour {
            case .rgb: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
            case .bgr: [[0, 0, 1], [0, 1, 0], [1, 0, 0]]
            case .grey: [[0.299, 0.587, 0.114]]
            }
        let picture = pictureInput
        // Whole numbers are cut off rather than rounded.
        let rounding: Float = image.elementType == .uint8 ? 0.5 : 0
        return PatchGraph.Entry(
            weights: zip(rows, picture.scale).flatMap { row, scale in row.map { 255 * $0 / scale } },
            bias: zip(picture.mean, picture.scale).map { -$0 / $1 + rounding })
    }
}
