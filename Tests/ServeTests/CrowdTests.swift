import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

@testable import Serve

/// Connections that ask nothing, in numbers.
@Suite struct CrowdTests {
    private func channel() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 80)).wait()
        return channel
    }

    private func enter(_ connections: Connections, _ count: Int, from address: String?) throws -> [EmbeddedChannel] {
        try (0..<count).map { _ in
            let channel = try channel()
            connections.enter(channel, from: address)
            return channel
        }
    }

    @Test func silentConnectionsOfOneAddressKeepNobodyOut() async throws {
        var config = ServeConfig()
        config.maximumClients = 1
        try await withServer(config) { server in
            // Twice as many as there are places.
            try await server.amid(silent: 132) {
                for path in ["/healthz", "/readyz", "/healthz", "/api/state", "/healthz"] {
                    let answer = try await server.get(path)
                    #expect(answer.status == (path == "/readyz" ? 503 : 200))
                }
            }
        }
    }

    @Test func theOldestSilentOneOfAnAddressGivesWay() throws {
        let connections = Connections(.init(total: 16))
        let mine = try enter(connections, 8, from: "192.0.2.1")
        connections.note(mine[0], isSilent: false)
        let late = try enter(connections, 1, from: "192.0.2.1")
        #expect(mine[0].isActive && !mine[1].isActive && mine[2].isActive && late[0].isActive)
        #expect(connections.count == 8)
    }

    @Test func whoHasTheMostGivesWayToOthers() throws {
        let connections = Connections(.init(total: 16))
        let few = try enter(connections, 6, from: "192.0.2.1")
        let many = try enter(connections, 8, from: "192.0.2.2")
        let other = try enter(connections, 1, from: "2001:db8::/64")
        #expect(few.count(where: \.isActive) == 6)
        #expect(!many[0].isActive && many[1].isActive && other[0].isActive)
    }

    @Test func aProxyHasNoLimitOfItsOwn() throws {
        let connections = Connections(.init(total: 16))
        let all = try enter(connections, 14, from: nil)
        #expect(all.count(where: \.isActive) == 14)
    }

    @Test func whereAllAreBusyTheReserveAnswersSignsOfLifeAndThoseWhoAreSignedIn() throws {
        let connections = Connections(.init(total: 64))
        for address in ["192.0.2.1", "192.0.2.2"] {
            for channel in try enter(connections, 28, from: address) { connections.note(channel, isSilent: false) }
        }
        let newest = try enter(connections, 9, from: "192.0.2.3")
        #expect(!newest[0].isActive, "the oldest silent one of the reserve")
        #expect(!connections.mayStay(newest[1], isSignedIn: false, isSignOfLife: false))
        #expect(connections.mayStay(newest[1], isSignedIn: false, isSignOfLife: true))
        for channel in newest[2...7] {
            #expect(connections.mayStay(channel, isSignedIn: true, isSignOfLife: false))
        }
        #expect(!connections.mayStay(newest[8], isSignedIn: true, isSignOfLife: false), "what is left is for health")
    }

    @Test func whoLeavesMakesRoom() throws {
        let connections = Connections(.init(total: 16))
        let all = try enter(connections, 8, from: "192.0.2.1")
        for channel in all { connections.note(channel, isSilent: false) }
        let late = try enter(connections, 1, from: "192.0.2.1")[0]
        #expect(!connections.mayStay(late, isSignedIn: false, isSignOfLife: false))
        connections.leave(all[0])
        #expect(connections.mayStay(late, isSignedIn: false, isSignOfLife: false))
        for channel in all + [late] { connections.leave(channel) }
        #expect(connections.count == 0)
    }

    @Test func theFirstByteMustComeSoon() throws {
        for speaks in [false, true] {
            let connections = Connections(.init(total: 16))
            let channel = EmbeddedChannel(
                handler: Doorkeeper(connections, patience: ConnectionLimits().firstByteTimeout, trustsProxy: false))
            try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 80)).wait()
            #expect(connections.count == 1)
            if speaks { try channel.writeInbound(ByteBuffer(string: "G")) }
            channel.embeddedEventLoop.advanceTime(by: .seconds(5))
            #expect(channel.isActive == speaks)
            #expect(connections.count == (speaks ? 1 : 0))
        }
    }

    @Test func connectionsLeaveDescriptorsForFiles() throws {
        #expect(Descriptors.forConnections(limit: 1024, reserve: 200) == 824)
        #expect(Descriptors.forConnections(limit: 100, reserve: 200) == Descriptors.fewest)
        var (config, limits) = (ServeConfig(), ConnectionLimits())
        config.maximumClients = 2000
        limits.descriptors = 1024
        let log = TestLog()
        let metrics = Metrics()
        _ = try HTTPServer(
            config, cameras: ServedCameras([.test()]), metrics: metrics, limits: limits, logger: log.logger)
        #expect(log.text.contains("1024 files open: \(1024 - Descriptors.reserve) connections are taken"))
    }
}

extension RunningServer {
    /// Runs `body` while others hold connections and say nothing.
    fileprivate func amid(silent count: Int, _ body: @escaping @Sendable () async throws -> Void) async throws {
        var channels: [any Channel] = []
        defer { for channel in channels { channel.close(promise: nil) } }
        for _ in 0..<count {
            let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            channels.append(try await bootstrap.connect(host: "127.0.0.1", port: port).get())
        }
        try await body()
    }
}
