import Glibc
import Pipeline

/// A method that weights channels by the score that a picture keeps when a channel is laid over it as a mask.
///
/// w = softmax over the channels of the mean score over a channel's masks, M = Σ_k w_k A_k. The score of the black picture,
/// which the papers take off, is the same for all channels and cancels in the softmax. A channel that is the same
/// everywhere has no mask but black, so that its score is known from one pass for all of them.
protocol MaskScoringMethod: CAMMethod {
    /// Masks of each channel.
    var rounds: Int { get }

    /// Channels that are scored; the others have no weight.
    func channels(_ evidence: Evidence) -> [Int]

    /// Writes one of a channel's masks, Float `[height, width]` of the classifier's input.
    func write(
        _ round: Int, ofChannel channel: Int, _ evidence: Evidence, _ masks: ChannelMasks,
        into memory: UnsafeMutableBufferPointer<Float>)
}

extension MaskScoringMethod {
    static var needs: MethodNeeds { [.inputPasses, .activations] }

    func channels(_ evidence: Evidence) -> [Int] { Array(0..<evidence.channels) }

    func map(_ subject: Subject) throws(InferError) -> RawMap {
        let evidence = try subject.evidence(needs: Self.needs)
        let scored = channels(evidence)
        let varied = scored.filter { channel in
            let values = evidence.activations(ofChannel: channel)
            return values.contains { $0 != values.first }
        }
        let input = subject.passes.classifier.input
        let masks = ChannelMasks(height: input.height, width: input.width, of: evidence)
        let scores = try subject.probe(.masked, 1 + varied.count * rounds, for: Self.title) { variant, memory in
            guard variant > 0 else { return memory.update(repeating: 0) }
            let (position, round) = (variant - 1).quotientAndRemainder(dividingBy: rounds)
            write(round, ofChannel: varied[position], evidence, masks, into: memory)
        }
        let logits = scores.logits(of: subject.target)
        // Left out: no weight.
        var confidence = [Float](repeating: -.infinity, count: evidence.channels)
        for channel in scored { confidence[channel] = logits[0] }
        for (position, channel) in varied.enumerated() {
            let first = 1 + position * rounds
            confidence[channel] = logits[first..<first + rounds].reduce(0, +) / Float(rounds)
        }
        return RawMap(
            height: evidence.height, width: evidence.width, values: evidence.weightedSum(Self.softmax(confidence)))
    }

    private static func softmax(_ values: [Float]) -> [Float] {
        let largest = values.max() ?? 0
        let shares = values.map { expf($0 - largest) }
        let sum = shares.reduce(0, +)
        return shares.map { $0 / sum }
    }
}
