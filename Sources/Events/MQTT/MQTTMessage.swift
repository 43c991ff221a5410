/// Something for the broker.
struct MQTTMessage: Sendable {
    var topic: String
    /// Made when it is sent, on the thread that sends.
    var payload: @Sendable () -> [UInt8]
    var qos: Int
    var isRetained = false

    init(_ topic: String, _ text: String, qos: Int, isRetained: Bool = false) {
        self.init(topic, qos: qos, isRetained: isRetained) { Array(text.utf8) }
    }

    init(_ topic: String, qos: Int, isRetained: Bool = false, payload: @escaping @Sendable () -> [UInt8]) {
        (self.topic, self.qos, self.isRetained, self.payload) = (topic, qos, isRetained, payload)
    }
}

/// What comes of a connection to the broker.
enum MQTTNews: Sendable, Equatable {
    case connected
    /// There is no connection any more, and why.
    case lost(String)
    /// The broker has a message, by the number that it was given.
    case delivered(Int)
    case received(topic: String, payload: [UInt8], isRetained: Bool)
}

/// A client of one broker. Everything but `wake` is for one thread.
protocol MQTTTransport: AnyObject, Sendable {
    /// Begins to connect anew. It does not wait for the broker.
    ///
    /// - Returns: why it cannot; nil: what comes of it is told later.
    func connect() -> String?
    /// Waits until something happens, or somebody wakes it, but no longer than the limit.
    func wait(upTo limit: Duration) -> [MQTTNews]
    /// - Returns: the message's number; nil: there is no connection.
    func publish(_ message: MQTTMessage) -> Int?
    func subscribe(to topic: String)
    /// Ends the connection. Without a farewell the broker tells others the last will.
    func disconnect(withFarewell: Bool)
    /// Any thread may call it.
    func wake()
}
