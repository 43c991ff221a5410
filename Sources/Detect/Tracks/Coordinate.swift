/// One number of a box that moves: where it is, how fast it moves, and how well both are known.
///
/// A Kalman filter (Kalman 1960, doi:10.1115/1.3662552) of a point whose velocity wanders: the variance of the velocity grows by
/// `wander` a second, so it does not matter how the time is cut into pictures.
struct Coordinate: Sendable, Equatable {
    private(set) var value: Double
    /// In units a second.
    var velocity = 0.0
    /// Variances of the value and of the velocity, and what they share.
    private var variance: Double
    private var shared = 0.0
    private var velocityVariance: Double

    /// - Parameters:
    ///   - noise: the standard deviation of what is measured.
    ///   - speed: that of velocities before anything is known.
    init(_ value: Double, noise: Double, speed: Double) {
        self.value = value
        variance = noise * noise
        velocityVariance = speed * speed
    }

    mutating func predict(after elapsed: Double, wander: Double) {
        value += velocity * elapsed
        variance +=
            2 * elapsed * shared + elapsed * elapsed * velocityVariance + wander * elapsed * elapsed * elapsed / 3
        shared += elapsed * velocityVariance + wander * elapsed * elapsed / 2
        velocityVariance += wander * elapsed
    }

    mutating func correct(_ measured: Double, noise: Double) {
        let gain = variance / (variance + noise * noise)
        let velocityGain = shared / (variance + noise * noise)
        let surprise = measured - value
        value += gain * surprise
        velocity += velocityGain * surprise
        velocityVariance -= velocityGain * shared
        shared -= gain * shared
        variance -= gain * variance
    }
}
