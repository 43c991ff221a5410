import Foundation
import NIOSSL
import TestSupport
import Testing

@testable import Serve

@Suite(.timeLimit(.minutes(30))) struct ServerTests {
    @Test func thePageIsWholeAndRunsOnlyItsOwnScript() async throws {
        try await withServer { server in
            let (one, other) = (try await server.get("/"), try await server.get("/"))
            #expect(one.status == 200)
            #expect(one["Content-Type"] == "text/html; charset=utf-8")
            let policy = try #require(one["Content-Security-Policy"])
            let nonce = try #require(policy.firstMatch(of: #/'nonce-([0-9a-z]+)'/#)?.1)
            #expect(one.text.components(separatedBy: "nonce=\"\(nonce)\"").count == 3)
            #expect(!one.text.contains("{{") && one.text.hasSuffix("</html>\n"))
            #expect(one["Content-Security-Policy"] != other["Content-Security-Policy"])
            // Nothing from elsewhere, and no address that a proxy's prefix would break.
            #expect(!one.text.contains("https://") && one.text.firstMatch(of: #/(src|href|fetch\()[=("']+\//#) == nil)
        }
    }

    @Test func theServerTellsThePortAndServesOnlyThere() async throws {
        try await withServer { server in
            #expect(server.port > 0)
            var config = ServeConfig()
            config.listen = "127.0.0.1:\(server.port)"
            let second = try HTTPServer(
                config, cameras: ServedCameras([.test()]), metrics: Metrics(),
                logger: TestLog().logger)
            await #expect(
                throws: ServeError.cannotListen(
                    address: "127.0.0.1:\(server.port)", reason: "Address already in use")
            ) { try await second.run() }
        }
    }

    @Test func picturesAndThePageComeOverTLS() async throws {
        let (certificate, key) = try TestCertificate.shared.get().files
        var config = ServeConfig()
        (config.tlsCertificate, config.tlsKey) = (certificate, key)
        try await withServer(config) { server in
            try server.feed.publish(1)
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(certificate)
            let context = try NIOSSLContext(configuration: tls)
            let answer = try await Client.connected(
                to: server.port, handlers: { [try NIOSSLClientHandler(context: context, serverHostname: "localhost")] }
            ) { client in
                try await client.send("GET /snapshot.jpg HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                let head = try await client.receive(until: "\r\n\r\n")
                let length = Int(Answer(Array(head.utf8))["Content-Length"] ?? "") ?? 0
                return Answer(Array(head.utf8) + (try await client.receive(count: length)))
            }
            #expect(answer.status == 200)
            #expect(answer.body.starts(with: [0xff, 0xd8]))
            // Plain HTTP is not answered there.
            let plain = try await server.connected { client in
                try await client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                return try await client.receiveToEnd()
            }
            #expect(!plain.starts(with: Array("HTTP".utf8)))
        }
    }

    @Test func aCertificateThatIsNoneIsRefused() throws {
        let (certificate, key) = try TestCertificate.shared.get().files
        func make(_ certificate: String?, _ key: String?) throws {
            var config = ServeConfig()
            (config.tlsCertificate, config.tlsKey) = (certificate, key)
            _ = try HTTPServer(
                config, cameras: ServedCameras([.test()]), metrics: Metrics(),
                logger: TestLog().logger)
        }
        #expect(throws: ServeError.halfOfTLS) { try make(certificate, nil) }
        #expect(throws: ServeError.halfOfTLS) { try make(nil, key) }
        for (certificate, key) in [
            ("/nowhere", key), (key, key), (certificate, "/nowhere"), (certificate, certificate),
        ] {
            #expect(throws: ServeError.self) { try make(certificate, key) }
        }
    }
}
