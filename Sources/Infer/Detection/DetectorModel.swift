package import Engine
import ONNX

/// A detector, compiled, and the gradients that maps of its boxes are made of. It is the same for all pictures: any number
/// of `DetectorPasses` may run it.
package final class DetectorModel: Sendable {
    package let path: String
    package let outputs: [DetectorOutput]
    /// Whether boxes have maps; why not is told in `notes`.
    package var mapsBoxes: Bool { maps != nil }
    /// What it computes in, such as "f32".
    package let precision: String
    /// How many pictures at once keep the device busy.
    package let requestsInFlight: Int
    /// How maps are made and why so, a line each, for the log.
    package let notes: [String]
    let compiled: CompiledModel
    let maps: BoxMapping?

    /// - Parameters:
    ///   - scores: the output in which the class scores stand; nil: boxes have no maps.
    ///   - method: one that looks at a layer's activations and gradients alone; `.auto` is LayerCAM: Grad-CAM's mean over a
    ///     level forgets where the box is.
    /// - Throws: `InferError`, such as `.noBoxMethod` for a method that cannot map boxes.
    package init(
        _ read: ReadDetector, scores: String?, method: MethodName = .auto,
        methodOptions: MethodOptions = MethodOptions(),
        options: EngineOptions = EngineOptions()
    ) throws(InferError) {
        path = read.model.file
        outputs = read.outputs
        guard let kind = method.kindOfBoxes else { throw .noBoxMethod(method: method.title) }
        var notes: [String] = []
        var plan: BoxMapPlan?
        if case .kept(let reason) = read.choice {
            notes.append("boxes have no maps: \(reason)")
        } else if let scores {
            do throws(ONNXError) {
                plan = try BoxMapPlan(read, scores: scores, method: kind)
            } catch {
                notes.append("boxes have no maps: \(error.problem)")
            }
        }
        var model = read.model
        if let plan { model.graph = plan.forward }
        do throws(EngineError) {
            let compiler = try ModelCompiler(file: path, shared: read.shared).with(options)
            compiled = try compiler.compile(model, input: read.input)
            maps = try plan.map { plan throws(EngineError) in
                try BoxMapping(plan, kind.init(methodOptions), compiler)
            }
        } catch {
            throw InferError(error)
        }
        do throws(OpenVINOError) {
            requestsInFlight = try compiled.bestRequestCount()
        } catch {
            throw .engine(path: path, error)
        }
        precision = compiled.precision(asked: options.precision)
        self.notes = notes + (plan?.notes ?? [])
    }
}

extension MethodName {
    /// What maps a box; nil: the method cannot.
    fileprivate var kindOfBoxes: (any EvidenceMethod.Type)? {
        let kind = self == .auto ? LayerCAM.self : method
        guard let kind = kind as? any EvidenceMethod.Type, kind != FinerCAM.self,
            kind.needs.isSubset(of: [.gradients, .previous])
        else { return nil }
        return kind
    }

    /// Those that can map the boxes of a detector, `auto` first.
    package static let ofBoxes = allCases.filter { $0.kindOfBoxes != nil }
}
