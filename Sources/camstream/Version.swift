extension Camstream {
    /// The one place of the version; packaging/version.sh reads it here, without a build.
    static let version = "0.1.0"
}
