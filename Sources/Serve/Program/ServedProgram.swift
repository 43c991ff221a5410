/// What the server asks of the program whose pictures it serves. All of it may be called from any thread, also while the
/// program is starting; answers should come within milliseconds.
package struct ServedProgram: Sendable {
    package var state: @Sendable () async -> LiveState
    /// All settings with their present values, in the order in which the page shows them.
    package var settings: @Sendable () async -> [Setting]
    /// Makes changes that were checked against `settings`, all or none. From the next picture on they are to be seen.
    package var change: @Sendable ([SettingChange]) async throws(SettingRefusal) -> Void
    /// Why the program is not ready, such as "the model is being loaded"; empty if it is. The server itself adds when
    /// there are no fresh pictures.
    package var problems: @Sendable () async -> [String]

    package init(
        state: @escaping @Sendable () async -> LiveState, settings: @escaping @Sendable () async -> [Setting],
        change: @escaping @Sendable ([SettingChange]) async throws(SettingRefusal) -> Void,
        problems: @escaping @Sendable () async -> [String]
    ) {
        self.state = state
        self.settings = settings
        self.change = change
        self.problems = problems
    }
}
