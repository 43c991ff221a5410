/// What is to be computed in.
package enum Precision: String, Decodable, Sendable, CaseIterable {
    /// What is measured to be the fastest on this device, with the same scores but for rounding.
    case auto
    case f32
    case bf16
    case f16
}
