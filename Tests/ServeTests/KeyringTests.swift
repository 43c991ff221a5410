import Foundation
import Glibc
import NIOSSL
import TestSupport
import Testing

@testable import Serve

/// Files of secrets and certificates: which are taken, and what becomes of them when they are read again.
@Suite(.timeLimit(.minutes(30))) struct KeyringTests {
    private let folder: TemporaryFolder
    private static let token = "0123456789abcdef0123"

    init() throws { folder = try TemporaryFolder() }

    private func write(_ bytes: [UInt8], to name: String = "secrets", mode: mode_t = 0o600) throws -> String {
        let path = try folder.write(bytes, to: name)
        chmod(path, mode)
        return path
    }

    private func write(_ text: String) throws -> String { try write(Array(text.utf8)) }

    // MARK: - Which files are taken

    /// Latin-1, UTF-16 and the like, and what UTF-8 makes of them.
    private static let noTexts: [[UInt8]] = [
        [UInt8](repeating: 0xff, count: 16),
        Array(String(repeating: "\u{FFFD}", count: 6).utf8),
        [0xff, 0xfe] + Array("0123456789abcdef".utf8).flatMap { [$0, 0] as [UInt8] },
        Array("0123456789abcdef\0".utf8),
        Array("0123456789abcdef".utf8) + [0xe9],
    ]

    @Test(arguments: noTexts) func whatIsNoTextIsRefused(_ bytes: [UInt8]) throws {
        let path = try write(bytes)
        let expected = ServeError.badSecrets(
            path: path, problem: "it is no UTF-8 text; write the secrets as plain text")
        #expect(throws: expected) { try Credentials(tokenFile: path, userFile: nil) }
        #expect(throws: expected) { try Credentials(tokenFile: nil, userFile: path) }
    }

    @Test func bytesThatAreNoTextAreNoSecret() throws {
        let users = try write(Array("ann:pass\u{e9}word\n".utf8), to: "users")
        let credentials = try Credentials(tokenFile: try write(Self.token), userFile: users)
        let broken = Data(Array("ann:pass".utf8) + [0xe9] + Array("word".utf8)).base64EncodedString()
        guard case .wrong = credentials.claim(authorization: "Basic \(broken)", cookies: [], token: nil) else {
            Issue.record("it is let in")
            return
        }
    }

    @Test func aByteOrderMarkIsNoPartOfTheFirstSecret() throws {
        let path = try write("\u{FEFF}\(Self.token)\r\n# more\r\nanother-0123456789\r\n")
        #expect(try SecretFile.lines(path) == [Self.token, "another-0123456789"])
        #expect(try SecretFile.lines(try write("\u{FEFF}# a comment\n\(Self.token)")) == [Self.token])
    }

    @Test func aTokenWithAControlCharacterIsRefused() throws {
        let path = try write("0123456789\u{1B}abcdef\n")
        #expect(throws: ServeError.self) { try Credentials(tokenFile: path, userFile: nil) }
    }

    @Test func whatHasNoEndOrNoWriterDoesNotHang() throws {
        let pipe = folder.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        for path in [pipe, "/dev/zero", folder.path, "/dev/tty"] {
            #expect(throws: ServeError.self) { try SecretFile.bytes(path) }
            #expect(throws: ServeError.self) { try TLSIdentity(certificate: path, key: path) }
        }
        let large = try write([UInt8](repeating: 0x61, count: SecretFile.largestSize + 1))
        #expect(throws: ServeError.badSecrets(path: large, problem: "it is larger than 1 MiB")) {
            try SecretFile.bytes(large)
        }
        let largest = try write([UInt8](repeating: 0x61, count: SecretFile.largestSize))
        #expect(try SecretFile.bytes(largest).count == SecretFile.largestSize)
    }

    @Test func aSecretInPlaceOfItsFileIsNotShown() {
        for text in [Self.token, "ann:correct horse"] {
            let error = #expect(throws: ServeError.self) { try SecretFile.bytes(text) }
            let line = error.map { "\($0)" } ?? ""
            #expect(!line.contains(text) && line.contains("the setting names a file"), "\(line)")
        }
        let error = #expect(throws: ServeError.self) { try SecretFile.bytes("/etc/nowhere/camera.tokens") }
        #expect("\(error.map { "\($0)" } ?? "")".contains("/etc/nowhere/camera.tokens"))
    }

    @Test func aKeyThatOthersMayReadIsRefusedAsTokensAre() throws {
        let made = try TestCertificate(days: 90)
        for mode: mode_t in [0o640, 0o604, 0o644, 0o660] {
            chmod(made.key, mode)
            #expect(throws: ServeError.readableByOthers(path: made.key)) {
                try TLSIdentity(certificate: made.certificate, key: made.key)
            }
        }
        chmod(made.key, 0o400)
        chmod(made.certificate, 0o644)
        _ = try TLSIdentity(certificate: made.certificate, key: made.key)
    }

    @Test func aKeyWithAPassphraseIsToldAndAsksNobody() throws {
        let made = try TestCertificate(days: 90)
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        openssl.arguments = [
            "pkcs8", "-topk8", "-in", made.key, "-out", folder.file("locked.pem"), "-passout", "pass:abcd",
        ]
        try openssl.run()
        openssl.waitUntilExit()
        chmod(folder.file("locked.pem"), 0o600)
        #expect(
            throws: ServeError.badCertificate(path: folder.file("locked.pem"), problem: "it is encrypted")
        ) { try TLSIdentity(certificate: made.certificate, key: folder.file("locked.pem")) }
    }

    // MARK: - Read again

    @Test func otherSecretsHoldAtOnceAndEndTheConnections() async throws {
        var config = ServeConfig()
        config.tokenFile = try write("\(Self.token)\n")
        let tokens = folder
        try await withServer(config) { server async throws in
            let old = ["Authorization: Bearer \(Self.token)"]
            let new = ["Authorization: Bearer another-0123456789"]
            #expect(try await server.get("/api/state", headers: old).status == 200)
            try await server.watching("/stream?token=\(Self.token)") { client, head in
                #expect(head.status == 200)
                #expect(try server.server.readSecretsAgain() == .init(secrets: false, certificate: false))
                _ = try tokens.write("another-0123456789\n".utf8, to: "secrets")
                #expect(try server.server.readSecretsAgain() == .init(secrets: true, certificate: false))
                _ = try await client.receiveToEnd()
            }
            #expect(try await server.get("/api/state", headers: old).status == 401)
            #expect(try await server.get("/api/state", headers: new).status == 200)
            // What is wrong changes nothing.
            _ = try tokens.write("short\n".utf8, to: "secrets")
            #expect(throws: ServeError.self) { try server.server.readSecretsAgain() }
            #expect(try await server.get("/api/state", headers: new).status == 200)
        }
    }

    @Test func aRenewedCertificateIsShownToWhoComesNext() async throws {
        let made = try TestCertificate(days: 90)
        var config = ServeConfig()
        (config.tlsCertificate, config.tlsKey) = made.files
        try await withServer(config) { server async throws in
            @Sendable func alive(_ trusted: [NIOSSLCertificate]) async -> Bool {
                var tls = TLSConfiguration.makeClientConfiguration()
                tls.trustRoots = .certificates(trusted)
                guard let context = try? NIOSSLContext(configuration: tls) else { return false }
                let text = try? await Client.connected(
                    to: server.port,
                    handlers: { [try NIOSSLClientHandler(context: context, serverHostname: "localhost")] }
                ) { client in
                    try await client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    return try await client.receive(until: "ok\n")
                }
                return text != nil
            }
            let old = try NIOSSLCertificate.fromPEMFile(made.certificate)
            try made.renew(days: 90)
            let new = try NIOSSLCertificate.fromPEMFile(made.certificate)
            #expect(await alive(old))
            #expect(try server.server.readSecretsAgain() == .init(secrets: false, certificate: true))
            let (isOld, isNew) = (await alive(old), await alive(new))
            #expect(isNew && !isOld)
        }
    }

    @Test func aCertificateIsToldOfTwoWeeksBeforeItsEndAndAfterIt() async throws {
        let made = try TestCertificate(days: 30)
        let end = try #require(try NIOSSLCertificate.fromPEMFile(made.certificate).first).notValidAfter
        var config = ServeConfig()
        (config.tlsCertificate, config.tlsKey) = made.files
        let identity = try TLSIdentity(certificate: made.certificate, key: made.key)
        #expect(identity.warning(at: end - 14 * 86_400 - 1) == nil)
        for (seconds, words) in [
            (14 * 86_400, "expires in 14 days, on 2"), (2 * 86_400 - 1, "expires in one day, on 2"),
            (3600, "expires within a day, on 2"), (0, "has expired on 2"), (-1, "has expired on 2"),
            (31 * 86_400, "is valid only from 2"),
        ] {
            let time = ManualTime()
            time.setWall(to: end - seconds)
            let (feed, log, metrics) = (LiveFeed(), TestLog(), Metrics())
            try feed.publish(1)
            let cameras = ServedCameras([.test(feed: feed)])
            _ = try HTTPServer(
                config, cameras: cameras, metrics: metrics, time: time.timekeeper, logger: log.logger)
            #expect(log.text.contains("\(made.certificate): the TLS certificate \(words)"), "\(log.text)")
            #expect(metrics.text.contains("\ncamstream_tls_certificate_problem 1\n"))
            #expect(metrics.text.contains("\ncamstream_tls_certificate_expires_timestamp_seconds \(end)\n"))
            let health = HealthRoutes(cameras: cameras, metrics: metrics, staleAfter: .seconds(5)) {
                identity.warning(at: time.wall)
            }
            let line = try #require(health.warning())
            // Not where the file is: whoever asks needs no password.
            #expect(line.hasPrefix("the TLS certificate \(words)") && !line.contains(made.certificate))
        }
    }

    @Test func readinessTellsOfTheCertificateAndStaysReady() async throws {
        let made = try TestCertificate(days: 5)
        var config = ServeConfig()
        (config.tlsCertificate, config.tlsKey) = made.files
        try await withServer(config) { server async throws in
            try server.feed.publish(1)
            func ready() async throws -> String {
                var tls = TLSConfiguration.makeClientConfiguration()
                tls.certificateVerification = .none
                let context = try NIOSSLContext(configuration: tls)
                return try await Client.connected(
                    to: server.port, handlers: { [try NIOSSLClientHandler(context: context, serverHostname: nil)] }
                ) { client in
                    try await client.send("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    let head = Answer(Array(try await client.receive(until: "\r\n\r\n").utf8))
                    #expect(head.status == 200)
                    let body = try await client.receive(count: Int(head["Content-Length"] ?? "") ?? 0)
                    return String(decoding: body, as: UTF8.self)
                }
            }
            // Whole days: 5 only within the second in which it is made.
            let told = try await ready()
            #expect(told.contains(/^ready\nthe TLS certificate expires in [45] days, on 2/), "\(told)")
            try made.renew(days: 60)
            _ = try server.server.readSecretsAgain()
            #expect(try await ready() == "ready\n")
        }
    }

    // MARK: - Cookies

    @Test func twoCamerasOnOneHostHaveTwoCookies() async throws {
        var config = ServeConfig()
        config.tokenFile = try write("\(Self.token)\n")
        try await withServer(config) { server async throws in
            var names: Set<String> = []
            for host in ["localhost", "localhost:9001", "localhost:9002", "[::1]:9003", "localhost:443"] {
                let answer = try await server.get("/?token=\(Self.token)", headers: ["Host: \(host)"])
                let cookie = try #require(answer["Set-Cookie"]).prefix { $0 != ";" }
                names.insert(String(cookie.prefix { $0 != "=" }))
                // Among those of other cameras, whatever the order.
                for header in [
                    "\(cookie); camstream-1=\(String(repeating: "0", count: 64))", "camstream-2=x; a=b; \(cookie)",
                ] {
                    #expect(try await server.get("/", headers: ["Host: \(host)", "Cookie: \(header)"]).status == 200)
                }
            }
            #expect(
                names == [
                    "camstream-\(server.port)", "camstream-9001", "camstream-9002", "camstream-9003", "camstream-443",
                ])
            let document = try await server.get(
                "/api/openapi.json", headers: ["Host: localhost:9001", "Authorization: Bearer \(Self.token)"])
            #expect(document.text.contains("\"camstream-9001\""))
        }
    }
}
