import Pipeline
import Serve

extension LiveProgram {
    /// Changes one of the settings that viewers may change, as they would, for who has no page.
    ///
    /// - Returns: why it cannot be so, in one line; nil: it is.
    func change(_ key: String, _ value: JSONValue, telling events: EventHub) async -> String? {
        guard isRunning else { return Self.starting }
        do throws(SettingRefusal) {
            let changes = try await served.settings().changes([key: value])
            try await served.change(changes)
            events.publish(.settings(changes))
            return nil
        } catch {
            return "\(error)"
        }
    }
}
