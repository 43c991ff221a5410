import CLBFGS

/// Minimises smooth functions of many variables by limited-memory BFGS (Liu and Nocedal 1989, "On the limited memory BFGS
/// method for large scale optimization", doi:10.1007/BF01589116), with Moré and Thuente's line search (1994,
/// doi:10.1145/192115.192132). libLBFGS does it, in 64 bits, on the calling thread.
struct LBFGS {
    /// How many past steps it remembers.
    var history = 10
    /// Ends where the last three steps together gained less than this share of the value.
    var relativeGain = 1e-5
    /// Ends where the gradient is shorter than this share of the position, or of 1.
    var gradientTolerance = 1e-5
    var maximumIterations = 500
    /// Ends behind the iteration in which the function has been asked so often.
    var maximumEvaluations = Int.max

    enum Ending: Equatable {
        case converged
        /// No step along the direction gains anything: 32-bit sums are no more exact. The best position is kept.
        case exhausted
        /// It took as many iterations or evaluations as it may.
        case budget
    }

    struct Minimum {
        let position: [Double]
        let value: Double
        let evaluations: Int
        let ending: Ending
    }

    /// Value at a position, with the gradient there.
    typealias Function = (_ position: UnsafeBufferPointer<Double>, _ gradient: UnsafeMutableBufferPointer<Double>) ->
        Double

    /// - Parameter isCancelled: asked after each iteration.
    /// - Throws: `HeadError`.
    func minimise(
        from start: [Double], isCancelled: @escaping () -> Bool = { false }, _ function: @escaping Function
    ) throws(HeadError) -> Minimum {
        precondition(!start.isEmpty)
        // The library's vector loops want a multiple of 16; what is added stays 0.
        let padded = (start.count + 15) / 16 * 16
        guard let position = lbfgs_malloc(Int32(padded)) else { throw .solver(code: LBFGSERR_OUTOFMEMORY) }
        defer { lbfgs_free(position) }
        for index in 0..<padded { position[index] = index < start.count ? start[index] : 0 }

        let call = Call(
            count: start.count, maximumEvaluations: maximumEvaluations, function: function, isCancelled: isCancelled)
        var parameters = lbfgs_parameter_t()
        lbfgs_parameter_init(&parameters)
        parameters.m = Int32(history)
        parameters.epsilon = gradientTolerance
        parameters.past = 3
        parameters.delta = relativeGain
        parameters.max_iterations = Int32(maximumIterations)
        var value = 0.0
        let code = withExtendedLifetime(call) {
            lbfgs(
                Int32(padded), position, &value,
                { context, position, gradient, padded, _ in
                    Call.of(context).evaluate(position!, gradient!, padded: Int(padded))
                },
                { context, _, _, _, _, _, _, _, _, _ in Call.of(context).next() },
                Unmanaged.passUnretained(call).toOpaque(), &parameters)
        }
        let ending = try Self.ending(of: Int(code))
        guard value.isFinite else { throw .solver(code: Int(code)) }
        return Minimum(
            position: Array(UnsafeBufferPointer(start: position, count: start.count)), value: value,
            evaluations: call.evaluations, ending: ending)
    }

    private static func ending(of code: Int) throws(HeadError) -> Ending {
        switch code {
        case LBFGS_SUCCESS, LBFGS_STOP, LBFGS_ALREADY_MINIMIZED: .converged
        case Call.cancelled: throw .cancelled
        case Call.spent, LBFGSERR_MAXIMUMITERATION: .budget
        // The line search found no better place, and put the position back.
        case LBFGSERR_ROUNDING_ERROR, LBFGSERR_MINIMUMSTEP,
            LBFGSERR_MAXIMUMLINESEARCH, LBFGSERR_WIDTHTOOSMALL,
            LBFGSERR_OUTOFINTERVAL, LBFGSERR_INCORRECT_TMINMAX,
            LBFGSERR_INCREASEGRADIENT:
            .exhausted
        default: throw .solver(code: code)
        }
    }
}

/// What the library's callbacks need.
private final class Call {
    /// What the callback returns to end; the library returns it then.
    static let cancelled = 1000
    static let spent = 1001

    private let count: Int
    private let maximumEvaluations: Int
    private let function: LBFGS.Function
    private let isCancelled: () -> Bool
    private(set) var evaluations = 0

    init(count: Int, maximumEvaluations: Int, function: @escaping LBFGS.Function, isCancelled: @escaping () -> Bool) {
        (self.count, self.maximumEvaluations) = (count, maximumEvaluations)
        (self.function, self.isCancelled) = (function, isCancelled)
    }

    static func of(_ context: UnsafeMutableRawPointer?) -> Call {
        Unmanaged<Call>.fromOpaque(context!).takeUnretainedValue()
    }

    func evaluate(_ position: UnsafePointer<Double>, _ gradient: UnsafeMutablePointer<Double>, padded: Int) -> Double {
        evaluations += 1
        for index in count..<padded { gradient[index] = 0 }
        return function(
            UnsafeBufferPointer(start: position, count: count),
            UnsafeMutableBufferPointer(start: gradient, count: count))
    }

    func next() -> Int32 {
        if isCancelled() { return Int32(Self.cancelled) }
        return evaluations >= maximumEvaluations ? Int32(Self.spent) : 0
    }
}
