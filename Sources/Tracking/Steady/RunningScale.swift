import CSteady
import Glibc
import Pipeline

/// The colour scale of one class's maps over time.
///
/// It follows a high value of the filtered map: quickly where that grows, so that nothing stays saturated, slowly where it
/// sinks, so that a moment without evidence is shown as cold and not blown up. On a logarithmic scale, where a factor is a
/// distance whatever the unit. Divided by the class's `Conviction`, which is averaged over time by itself, this is the span
/// of the scale: a class that fades does so at once, one that appears is there at once. The first map counts in full.
struct RunningScale {
    /// Seconds: a scale that is too short saturates, so it is left within a few pictures...
    static let attack = 0.15
    /// ... and one that is too long only makes the heat fainter.
    static let release = 1.5
    /// Of the conviction: while it changes little, and of a change by 1, for a class that comes or goes.
    static let convictionTimeConstant = 0.4
    static let quickConvictionTimeConstant = 0.05
    /// Of the lower end, for maps whose zero is their lowest value.
    static let lowTimeConstant = 0.5
    /// Share of the places that may lie above the span: of a map of 7×7 none, of 13×13 one.
    static let shareAbove = 0.01
    /// Heat at the upper end of the scale. What lies above keeps its order in the rest, so that the hottest place stays the
    /// hottest.
    static let knee: Float = 0.98

    private var logOfHigh: Float?
    private var conviction: Float?
    private var low: Float?

    /// Moves the scale.
    ///
    /// - Parameters:
    ///   - low: the map's zero.
    ///   - span: from there to its high value; 0 or less where there is no evidence, which changes nothing.
    ///   - conviction: of its class.
    ///   - elapsed: seconds since the map before.
    /// - Returns: where heat is 0 and `knee`; equal while there was no evidence yet.
    mutating func update(low: Float, span: Float, conviction: Float, after elapsed: Double) -> ColourScale {
        let newLow = Self.approach(low, from: self.low, elapsed / Self.lowTimeConstant)
        let change = Double(conviction - (self.conviction ?? conviction))
        let haste = 1 / Self.convictionTimeConstant + change * change / Self.quickConvictionTimeConstant
        let newConviction = Self.approach(conviction, from: self.conviction, elapsed * haste)
        (self.low, self.conviction) = (newLow, newConviction)
        if span > 0, span.isFinite {
            let wanted = logf(span)
            let isRising = wanted > logOfHigh ?? wanted
            logOfHigh = Self.approach(
                wanted, from: logOfHigh, elapsed / (isRising ? Self.attack : Self.release))
        }
        return ColourScale(low: newLow, high: newLow + (logOfHigh.map { expf($0) / newConviction } ?? 0))
    }

    mutating func forget() {
        logOfHigh = nil
        conviction = nil
        low = nil
    }

    private static func approach(_ new: Float, from old: Float?, _ time: Double) -> Float {
        guard let old else { return new }
        return new + Float(exp(-time)) * (old - new)
    }

    /// Turns values into heat, 0..<1.
    static func apply(_ scale: ColourScale, to values: inout [Float]) {
        values.withUnsafeMutableBufferPointer {
            csteady_heat($0.baseAddress, Int32($0.count), scale.low, scale.high - scale.low, knee)
        }
    }
}
