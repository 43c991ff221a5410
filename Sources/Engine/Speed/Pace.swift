/// What a model is run for, which decides how it is fastest.
package enum Pace: String, Sendable {
    /// One picture.
    case picture
    /// All pictures, several at once.
    case video
    /// The newest picture, one at a time.
    case live
}
