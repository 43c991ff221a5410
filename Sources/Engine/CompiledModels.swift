import Synchronization

/// Graphs that are compiled and choices that are measured once for all who want the same. A graph that nobody runs any
/// more is let go.
package final class CompiledModels: Sendable {
    private let models = SharedPool<String, CompiledModel>()
    private let speeds = Mutex<[String: MeasuredSpeed]>([:])

    package init() {}

    /// Of one model.
    ///
    /// - Parameter model: tells its graph and weights from all others.
    package func of(_ model: String) -> SharedGraphs { SharedGraphs(all: self, model: model) }

    fileprivate func compiled<Failure: Error>(
        _ key: String, _ compile: () throws(Failure) -> CompiledModel
    ) throws(Failure) -> CompiledModel {
        try models.find(key, orMake: compile)
    }

    fileprivate func speed(_ key: String, _ measure: () -> MeasuredSpeed) -> MeasuredSpeed {
        if let known = speeds.withLock({ $0[key] }) { return known }
        let measured = measure()
        speeds.withLock { $0[key] = measured }
        return measured
    }
}

/// The graphs of one model.
package struct SharedGraphs: Sendable {
    fileprivate let all: CompiledModels
    fileprivate let model: String

    /// - Parameter key: tells the graph from all others of the model, and how it is computed.
    func compiled<Failure: Error>(
        _ key: String, _ compile: () throws(Failure) -> CompiledModel
    ) throws(Failure) -> CompiledModel {
        try all.compiled("\(model) \(key)", compile)
    }

    /// How the model is computed fastest: measured once in this process.
    package func speed(
        on device: Device, in precision: Precision, at pace: Pace, _ measure: () -> MeasuredSpeed
    ) -> MeasuredSpeed {
        all.speed("\(model) \(device.name) \(precision) \(pace)", measure)
    }
}
