import CMosquitto
import Glibc
import Synchronization

/// A client by libmosquitto. Each connection has a handle of its own, so that nothing of a broken one is left.
final class MosquittoTransport: MQTTTransport, @unchecked Sendable {  // safe: one thread but for `wake`
    private let config: MQTTConfig
    private let broker: MQTTConfig.Broker
    private let clientID: String
    private let password: String?
    /// Topic of the last will, "offline".
    private let will: String
    private var client: OpaquePointer?
    private var news: [MQTTNews] = []
    private let wakeup: Wakeup

    /// Seconds after which a broker that says nothing is asked whether it is there.
    private static let keepalive: CInt = 20
    private static let isReady: Bool = mosquitto_lib_init() == MOSQ_ERR_SUCCESS.code

    /// - Throws: `EventsError`.
    init(_ config: MQTTConfig, _ broker: MQTTConfig.Broker, clientID: String, password: String?, will: String)
        throws(EventsError)
    {
        guard Self.isReady else { throw .cannotStart(reason: "libmosquitto does not") }
        (self.config, self.broker, self.clientID, self.password, self.will) = (config, broker, clientID, password, will)
        wakeup = try Wakeup()
    }

    deinit { if let client { mosquitto_destroy(client) } }

    func wake() { wakeup.wake() }

    func connect() -> String? {
        disconnect(withFarewell: false)
        guard let client = mosquitto_new(clientID, true, Unmanaged.passUnretained(self).toOpaque()) else {
            return "no memory"
        }
        self.client = client
        if let problem = prepare(client) { return problem }
        let code = mosquitto_connect_async(client, broker.host, CInt(broker.port), Self.keepalive)
        return code == MOSQ_ERR_SUCCESS.code || code == MOSQ_ERR_CONN_PENDING.code ? nil : Self.text(code)
    }

    private func prepare(_ client: OpaquePointer) -> String? {
        mosquitto_connect_callback_set(client) { _, itself, code in
            let transport = Unmanaged<MosquittoTransport>.fromOpaque(itself!).takeUnretainedValue()
            transport.news.append(
                code == 0 ? .connected : .lost("the broker refuses: \(String(cString: mosquitto_connack_string(code)))")
            )
        }
        mosquitto_publish_callback_set(client) { _, itself, number in
            Unmanaged<MosquittoTransport>.fromOpaque(itself!).takeUnretainedValue().news.append(.delivered(Int(number)))
        }
        mosquitto_message_callback_set(client) { _, itself, message in
            guard let message = message?.pointee, let topic = message.topic else { return }
            let payload = UnsafeRawBufferPointer(start: message.payload, count: Int(max(message.payloadlen, 0)))
            Unmanaged<MosquittoTransport>.fromOpaque(itself!).takeUnretainedValue().news.append(
                .received(topic: String(cString: topic), payload: Array(payload), isRetained: message.retain))
        }
        let codes: [CInt] = [
            mosquitto_will_set(client, will, 7, "offline", CInt(config.qos), true),
            config.user.map { mosquitto_username_pw_set(client, $0, password) } ?? 0,
            broker.isEncrypted
                ? shim_mosquitto_tls_set(client, config.caFile, config.certFile, config.keyFile) : 0,
        ]
        return codes.first { $0 != 0 }.map(Self.text)
    }

    func wait(upTo limit: Duration) -> [MQTTNews] {
        let socket = client.map { mosquitto_socket($0) } ?? -1
        let isWriting = client.map { mosquitto_want_write($0) } ?? false
        var sources = [
            pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket, events: Int16(POLLIN | (isWriting ? POLLOUT : 0)), revents: 0),
        ]
        if news.isEmpty { _ = poll(&sources, nfds_t(socket < 0 ? 1 : 2), CInt(max(limit / .milliseconds(1), 0))) }
        wakeup.reset()
        if let client, socket >= 0 { work(client, sources[1].revents) }
        defer { news = [] }
        return news
    }

    private func work(_ client: OpaquePointer, _ happened: Int16) {
        let isReadable = happened & Int16(POLLIN | POLLHUP | POLLERR) != 0
        for part in [
            { isReadable ? mosquitto_loop_read(client, 1) : 0 },
            { mosquitto_want_write(client) || happened & Int16(POLLOUT) != 0 ? mosquitto_loop_write(client, 1) : 0 },
            { mosquitto_loop_misc(client) },
        ] {
            errno = 0
            let code = part()
            guard code == MOSQ_ERR_SUCCESS.code else { return news.append(.lost(Self.text(code))) }
        }
    }

    func publish(_ message: MQTTMessage) -> Int? {
        guard let client else { return nil }
        var number: CInt = 0
        let bytes = message.payload()
        let code = mosquitto_publish(
            client, &number, message.topic, CInt(bytes.count), bytes, CInt(message.qos), message.isRetained)
        return code == MOSQ_ERR_SUCCESS.code ? Int(number) : nil
    }

    func subscribe(to topic: String) { if let client { mosquitto_subscribe(client, nil, topic, 1) } }

    func disconnect(withFarewell: Bool) {
        guard let client else { return }
        if withFarewell {
            mosquitto_disconnect(client)
            mosquitto_loop_write(client, 1)
        }
        // Without a farewell the socket is closed, and the broker sends the will.
        mosquitto_destroy(client)
        self.client = nil
        news = []
    }

    private static func text(_ code: CInt) -> String {
        if code == MOSQ_ERR_ERRNO.code, errno != 0 { return String(cString: strerror(errno)) }
        return String(cString: mosquitto_strerror(code))
    }
}

extension mosq_err_t {
    fileprivate var code: CInt { CInt(rawValue) }
}

/// Ends the waiting of a thread that polls. Owns its sockets.
private final class Wakeup: Sendable {
    let descriptor: CInt
    private let other: CInt

    init() throws(EventsError) {
        var pair: [CInt] = [-1, -1]
        let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, type, 0, &pair) == 0 else {
            throw .cannotStart(reason: String(cString: strerror(errno)))
        }
        (descriptor, other) = (pair[0], pair[1])
    }

    deinit {
        close(descriptor)
        close(other)
    }

    /// A full socket wakes, too.
    func wake() { _ = send(other, [1], 1, CInt(MSG_NOSIGNAL)) }

    func reset() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while recv(descriptor, &bytes, bytes.count, 0) == bytes.count {}
    }
}
