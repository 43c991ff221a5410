import Engine
import Pipeline

/// Runs a classifier on parts of a picture: each goes in as a picture of its own would, and as many as keep the device busy
/// are under way at once.
final class CropClassifier {
    let ready: ReadyClassifier
    var compiled: CompiledClassifier { ready.compiled }
    private let runners: ProbeRunners
    private let slots: [Passes]
    private let format: VideoFormat
    private let algebra: LinearAlgebra
    /// Made for crops of the sizes that came last, the newest first: boxes of what stays differ by a pixel from picture to picture.
    private var known: [Preprocess] = []
    private static let mostKnown = 32

    /// - Parameters:
    ///   - format: of the pictures that crops are of.
    ///   - monitor: is told of the passes of methods that run the model many times, and stops them.
    init(_ ready: ReadyClassifier, format: VideoFormat, monitor: PassMonitor) throws(InferError) {
        do throws(LackOfResources) { algebra = try LinearAlgebra() } catch { throw .engine(.lack(error)) }
        (self.ready, self.format) = (ready, format)
        let compiled = ready.compiled
        runners = try ProbeRunners(compiled.probed, monitor)
        var slots: [Passes] = []
        // Where a map takes a backward pass, the engine need not wait meanwhile.
        for _ in 0..<compiled.requestsInFlight + (compiled.gradients.isEmpty ? 0 : 1) {
            do throws(OpenVINOError) {
                slots.append(try Passes(compiled, runners))
            } catch {
                throw .engine(path: compiled.path, error)
            }
        }
        self.slots = slots
    }

    /// Makes methods that run the model many times end soon. Called from any thread.
    func cancel() { runners.monitor.cancel() }

    /// - Parameters:
    ///   - crops: in pixels of the picture, their corners where chroma has a sample.
    ///   - take: is given what the classifier saw in each, in their order, and which part of the picture its whole input
    ///     showed.
    func classify(
        _ crops: [PixelBox], of frame: borrowing Frame,
        _ take: (_ crop: Int, Passes, Region) throws(InferError) -> Void
    ) throws(InferError) {
        var regions: [Region] = []
        for index in crops.indices {
            while regions.count < min(crops.count, index + slots.count) {
                let next = regions.count
                regions.append(try start(slots[next % slots.count], crops[next], of: frame))
            }
            let passes = slots[index % slots.count]
            try wait(for: passes)
            try take(index, passes, regions[index])
        }
    }

    /// Has the classifier look at grey in each slot, so that the engine sets up what it sets up with the first picture.
    func tryOut(_ take: (Passes) throws(InferError) -> Void) throws(InferError) {
        for passes in slots {
            passes.input.initializeMemory(as: UInt8.self, repeating: 128)
            try start(passes)
        }
        for passes in slots { try wait(for: passes) }
        try take(slots[0])
    }

    private func start(_ passes: Passes, _ crop: PixelBox, of frame: borrowing Frame) throws(InferError) -> Region {
        let region: Region
        do throws(FFmpegError) {
            let preprocess = try preprocess(of: crop)
            try preprocess.fill(passes.input, from: frame)
            region = preprocess.region
        } catch {
            throw .picture(error)
        }
        try start(passes)
        return region
    }

    private func preprocess(of crop: PixelBox) throws(FFmpegError) -> Preprocess {
        for (place, other) in known.enumerated() {
            guard let moved = other.moved(to: crop) else { continue }
            known.remove(at: place)
            known.insert(moved, at: 0)
            return moved
        }
        let made = try Preprocess(format, input: compiled.input, window: crop)
        known.insert(made, at: 0)
        if known.count > Self.mostKnown { known.removeLast() }
        return made
    }

    private func start(_ passes: Passes) throws(InferError) {
        do throws(OpenVINOError) { try passes.start() } catch { throw .engine(path: compiled.path, error) }
    }

    private func wait(for passes: Passes) throws(InferError) {
        do throws(OpenVINOError) { try passes.wait() } catch { throw .engine(path: compiled.path, error) }
    }
}
