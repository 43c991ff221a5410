import Engine
import Infer
import ONNX
import Pipeline

/// Maps of distances of all pictures of a list, by a graph that compares them with a memory.
struct MapRun {
    let backbone: PatchBackbone
    let compiled: CompiledModel
    let mostFrames: Int
    let isCancelled: @Sendable () -> Bool

    init(
        _ backbone: PatchBackbone, comparingWith memory: PatchMemory, mostFrames: Int,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws(InferError) {
        (self.backbone, self.mostFrames, self.isCancelled) = (backbone, mostFrames, isCancelled)
        compiled = try backbone.compile(comparingWith: memory)
    }

    /// What a picture looks like to the graph.
    struct Found: Sendable {
        /// Position in the list.
        let entry: Int
        let seconds: Double?
        /// Float `[height, width]`, of `PatchBackbone.mapSize`.
        let distances: [Float]

        /// Of the picture: that of its worst place.
        var score: Float { distances.max() ?? 0 }
    }

    /// - Returns: in the list's order, and in that of time; what cannot be read is missing.
    func callAsFunction(
        _ list: DataList, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
    ) throws -> [Found] {
        let work = SideBySide<[Found]>(
            list.entries.count, on: compiled, of: backbone.path, threads: "maps", isCancelled: isCancelled,
            progress: progress)
        return try work { interrupt in
            let runner = try runner(FrameSampler(most: mostFrames, interrupt: interrupt))
            return { number in
                var found: [Found] = []
                _ = try runner(list.entries[number]) { _, seen in
                    found.append(Found(entry: number, seconds: seen.seconds, distances: Array(seen.output)))
                }
                return found
            }
        }.flatMap(\.self)
    }

    func runner(_ sampler: FrameSampler) throws -> PictureRunner {
        try PictureRunner(
            compiled, backbone.input, output: AnomalyOutputs.map, model: backbone.path, sampler)
    }
}
