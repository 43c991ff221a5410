import Engine
import ONNX
package import Pipeline

/// One picture in flight through a detector: its forward pass, and then the backward passes of its boxes' scores.
///
///     let passes = try DetectorPasses(model)
///     preprocess.fill(passes.input, from: frame); try passes.start(); try passes.wait()
///     let candidates = passes.values(of: "output")          // to be decoded
///     let maps = try passes.maps(of: [element, element])    // one a box, over the whole input
///
/// For one thread at a time; addresses stay the same for its whole life.
package final class DetectorPasses {
    package let model: DetectorModel
    /// 8-bit `[height, width, channels]`: the picture, to be filled before `start()`.
    package let input: UnsafeMutableRawBufferPointer
    private let forward: InferRequest
    private let inputTensor: TensorMemory
    private let levels: [LevelMemory]
    private let gradients: [SeededGradients]
    /// Outputs that were asked for since the last pass.
    private var read: [String: OutputValues] = [:]
    /// The map of methods that make the same one for all boxes.
    private var common: RawMap?

    package init(_ model: DetectorModel) throws(InferError) {
        self.model = model
        do throws(OpenVINOError) {
            forward = try InferRequest(model.compiled)
            inputTensor = try forward.inputTensor()
            input = try inputTensor.bytes()
            var (levels, gradients): ([LevelMemory], [SeededGradients]) = ([], [])
            if let maps = model.maps {
                for level in maps.scores.levels { levels.append(try LevelMemory(level, forward)) }
                for (source, models) in zip(maps.scores.sources, maps.sources) {
                    gradients.append(try SeededGradients(source, models, of: forward))
                }
            }
            (self.levels, self.gradients) = (levels, gradients)
        } catch {
            throw .engine(path: model.path, error)
        }
    }

    /// Starts the forward pass.
    package func start() throws(InferError) {
        read = [:]
        common = nil
        for level in levels { level.forget() }
        do throws(OpenVINOError) { try forward.start() } catch { throw .engine(path: model.path, error) }
    }

    /// Waits for the forward pass.
    package func wait() throws(InferError) {
        do throws(OpenVINOError) { try forward.wait() } catch { throw .engine(path: model.path, error) }
    }

    /// An output of the last picture, row-major; whole numbers, such as labels, as Float. Valid until the next `start()`.
    ///
    /// - Parameter output: one of the model's `outputs`.
    package func values(of output: String) throws(InferError) -> UnsafeBufferPointer<Float> {
        if let known = read[output] { return known.values }
        guard let found = model.outputs.first(where: { $0.name == output }) else {
            preconditionFailure("no output of the detector")
        }
        do throws(OpenVINOError) {
            let values = try OutputValues(found, forward)
            read[output] = values
            return values.values
        } catch {
            throw .engine(path: model.path, error)
        }
    }

    /// The map of each box: over the model's input, on the finest level's grid, neither clipped nor scaled; its positive sum
    /// is at most 1. The boxes of one of the head's scales are one backward pass.
    ///
    /// - Parameter elements: of the output with the class scores, row-major: that of each box's class.
    /// - Returns: in their order; all zero where nothing speaks for the class, or where the element is no class score.
    package func maps(of elements: [Int]) throws(InferError) -> [RawMap] {
        guard let maps = model.maps, let finest = maps.scores.levels.first else { return [] }
        let join = LevelJoin(height: finest.height, width: finest.width)
        guard type(of: maps.method).needs.contains(.gradients) else {
            let map = common ?? join(levels.map { (Self.map($0.evidence(nil), maps.method), 1) })
            common = map
            return elements.map { _ in map }
        }
        var result = elements.map { _ in join([]) }
        // Of each source: what is asked of it.
        var asked = maps.scores.sources.map { _ in [(box: Int, element: Int)]() }
        for (box, element) in elements.enumerated() {
            guard let origin = maps.scores.origin(of: element) else { continue }
            asked[origin.source].append((box, origin.element))
        }
        do throws(OpenVINOError) {
            for (source, boxes) in asked.enumerated() where !boxes.isEmpty {
                try gradients[source].begin(boxes.map(\.element))
            }
            for (source, boxes) in asked.enumerated() where !boxes.isEmpty {
                for (position, box) in boxes.enumerated() {
                    let found = try gradients[source].take(position)
                    result[box.box] = join(found.map { map(of: $0.level, gradient: $0.values, maps.method) })
                }
                gradients[source].end()
            }
        } catch {
            throw .engine(path: model.path, error)
        }
        return result
    }

    private func map(
        of level: Int, gradient: UnsafeBufferPointer<Float>, _ method: any EvidenceMethod
    ) -> (map: RawMap, flow: Float) {
        let evidence = levels[level].evidence(gradient)
        return (Self.map(evidence, method), evidence.flow)
    }

    private static func map(_ evidence: Evidence, _ method: any EvidenceMethod) -> RawMap {
        RawMap(height: evidence.height, width: evidence.width, values: method.map(evidence))
    }
}
