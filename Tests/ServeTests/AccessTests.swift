import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Serve

@Suite(.timeLimit(.minutes(30))) struct AccessTests {
    private static let token = "0123456789abcdef0123"
    private static let files: (folder: TemporaryFolder, tokens: String, users: String) = {
        let folder = try! TemporaryFolder()
        let tokens = try! folder.write("# a comment\n\n  \(token)  \n".utf8, to: "tokens")
        let users = try! folder.write("ann:correct horse:battery\n".utf8, to: "users")
        for path in [tokens, users] { chmod(path, 0o600) }
        return (folder, tokens, users)
    }()

    private var config: ServeConfig {
        var config = ServeConfig()
        config.tokenFile = Self.files.tokens
        config.userFile = Self.files.users
        return config
    }

    private static func basic(_ text: String) -> String {
        "Authorization: Basic \(Data(text.utf8).base64EncodedString())"
    }

    @Test func whoComesIsAskedEverywhereButForTheHealth() async throws {
        try await withServer(config) { server in
            for path in [
                "/", "/stream", "/snapshot.jpg", "/?action=stream", "/api/state", "/api/events", "/metrics",
                "/api/openapi.json", "/api/settings",
            ] {
                let answer = try await server.get(path)
                #expect(answer.status == 401, "\(path)")
                #expect(answer["WWW-Authenticate"] == "Basic realm=\"camstream\", charset=\"UTF-8\"")
            }
            #expect(try await server.patch(#"{"overlay.box": true}"#).status == 401)
            #expect(try await server.get("/healthz").status == 200)
            #expect(try await server.get("/readyz").status == 503)
            #expect(server.program.content.withLock { $0.changes.isEmpty })
        }
    }

    @Test func tokensUsersAndCookiesAreLetIn() async throws {
        try await withServer(config) { server in
            let right = [
                "Authorization: Bearer \(Self.token)", "Authorization: bearer  \(Self.token)",
                Self.basic("ann:correct horse:battery"),
                "Cookie: other=1; camstream=\(Secret(Self.token).cookie)",
            ]
            for header in right {
                #expect(try await server.get("/api/state", headers: [header]).status == 200, "\(header)")
            }
            #expect(try await server.get("/api/state?token=\(Self.token)").status == 200)
            let changed = try await server.patch(
                #"{"overlay.box": true}"#, headers: ["Content-Type: application/json", right[0]])
            #expect(changed.status == 200)
        }
    }

    @Test(arguments: [
        "Authorization: Bearer 0123456789abcdef0124", "Authorization: Bearer", "Authorization: \(token)",
        "Authorization: Bearer \(token)x", "Authorization: Basic !!!", "Authorization: Digest \(token)",
        "Cookie: camstream=\(token)", "Cookie: camstream=", "Cookie: camstream",
    ])
    func whatIsNotRightIsNotLetIn(_ header: String) async throws {
        try await withServer(config) { server async throws in
            #expect(try await server.get("/api/state", headers: [header]).status == 401)
        }
    }

    @Test(arguments: ["ann:wrong password", "bob:correct horse:battery", "ann:", ":", "ann", ":correct horse:battery"])
    func wrongPasswordsAreNotLetIn(_ text: String) async throws {
        try await withServer(config) { server async throws in
            #expect(try await server.get("/api/state", headers: [Self.basic(text)]).status == 401)
        }
    }

    @Test func aBrowserChangesItsTokenForACookie() async throws {
        try await withServer(config) { server in
            let answer = try await server.get("/?token=\(Self.token)")
            #expect(answer.status == 303)
            #expect(answer["Location"] == "./")
            let cookie = try #require(answer["Set-Cookie"])
            #expect(cookie.hasSuffix("; HttpOnly; SameSite=Strict; Max-Age=31536000"))
            #expect(
                cookie.hasPrefix("camstream-\(server.port)=") && !cookie.contains(Self.token)
                    && !cookie.contains("Path"))
            let own = String(cookie.prefix { $0 != ";" })
            #expect(try await server.get("/", headers: ["Cookie: \(own)"]).status == 200)
            #expect(try await server.get("/?token=wrong").status == 401)
        }
    }

    @Test func secretsAreNotLogged() async throws {
        try await withServer(config) { server in
            _ = try await server.get("/?token=\(Self.token)")
            _ = try await server.get("/api/state", headers: ["Authorization: Bearer \(Self.token)"])
            _ = try await server.get("/api/state", headers: [Self.basic("ann:correct horse:battery")])
            let log = server.log.text
            #expect(log.contains("GET /api/state from 127.0.0.1: 200"))
            #expect(!log.contains(Self.token) && !log.contains("battery") && !log.contains("token="))
        }
        #expect("\(Secret("abc"))" == "(secret)")
        #expect(String(reflecting: Secret("abc")) == "(secret)")
        var dumped = ""
        dump(Secret("abc"), to: &dumped)
        #expect(!dumped.contains("186"), "the first byte of the digest")
    }

    @Test func everyBitOfADigestIsCompared() {
        // SHA-256 of "abc": FIPS 180-2, appendix B.1.
        let digest: [UInt8] = [
            0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
            0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
        ]
        let secret = Secret("abc")
        #expect(secret.matches(digest: digest))
        for bit in 0..<256 {
            var other = digest
            other[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!secret.matches(digest: other), "bit \(bit)")
        }
        #expect(!secret.matches(digest: Array(digest.dropLast())))
    }

    @Test func addressesThatGuessAreShutOutForAWhile() async throws {
        let time = ManualTime()
        try await withServer(config, time: time.timekeeper) { server in
            let (wrong, right) = (["Authorization: Bearer wrong"], ["Authorization: Bearer \(Self.token)"])
            for _ in 1...5 { #expect(try await server.get("/metrics", headers: wrong).status == 401) }
            // A right token is too long to be guessed.
            #expect(try await server.get("/metrics", headers: right).status == 200)
            let shut = try await server.get("/metrics", headers: wrong)
            #expect(shut.status == 429)
            #expect(shut["Retry-After"] == "60")
            #expect(try await server.get("/healthz").status == 200)
            time.advance(by: .seconds(60))
            #expect(try await server.get("/metrics", headers: wrong).status == 401)
            #expect(try await server.get("/metrics", headers: right).text.contains("camstream_auth_failures_total 7\n"))
        }
    }

    @Test func whoAsksWithoutASecretIsNotShutOut() async throws {
        try await withServer(config) { server async throws in
            for _ in 1...8 { #expect(try await server.get("/metrics").status == 401) }
        }
    }

    @Test func theLockGrowsIsForgottenAndBounded() {
        let time = ManualTime()
        let lockout = Lockout(capacity: 3, time: time.timekeeper)
        for _ in 1...5 { lockout.failed("a") }
        #expect(lockout.remaining("a") == .seconds(30))
        lockout.failed("a")
        #expect(lockout.remaining("a") == .seconds(60))
        for _ in 1...20 { lockout.failed("a") }
        #expect(lockout.remaining("a") == .seconds(900))
        #expect(lockout.remaining("b") == nil)
        time.advance(by: .seconds(3601))
        lockout.failed("a")
        #expect(lockout.remaining("a") == nil)
        for name in ["b", "c", "d", "e"] {
            time.advance(by: .seconds(1))
            lockout.failed(name)
        }
        #expect(lockout.count == 3)
    }

    @Test func aProxyOnThisMachineMaySayForWhomItAsks() async throws {
        var config = config
        config.trustProxy = true
        try await withServer(config) { server in
            let guess = ["Authorization: Bearer wrong", "X-Forwarded-For: 10.0.0.1, 192.0.2.7"]
            for _ in 1...5 { _ = try await server.get("/metrics", headers: guess) }
            #expect(try await server.get("/metrics", headers: guess).status == 429)
            let other = ["Authorization: Bearer \(Self.token)", "X-Forwarded-For: 192.0.2.8"]
            #expect(try await server.get("/metrics", headers: other).status == 200)
        }
    }

    @Test(arguments: ["0.0.0.0:0", "[::]:0", "*:0", "192.0.2.1:0"])
    func aPublicAddressNeedsSecretsOrTheWordInsecure(_ address: String) throws {
        var config = ServeConfig()
        config.listen = address
        func make() throws {
            try config.validate()
            _ = try HTTPServer(
                config, cameras: ServedCameras([.test()]), metrics: Metrics(),
                logger: TestLog().logger)
        }
        #expect(throws: ServeError.openToAll(address: address)) { try make() }
        config.insecure = true
        try make()
        config.insecure = false
        config.tokenFile = Self.files.tokens
        try make()
    }

    @Test(arguments: [
        (
            "short", 0o600,
            "token 1 must be at least 16 characters without spaces; `openssl rand -hex 32` makes a good one"
        ),
        ("# nothing\n", 0o600, "there is no token in it, one a line"),
    ])
    func badTokensAreRefused(_ text: String, _ mode: UInt32, _ problem: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(text.utf8, to: "tokens")
        chmod(path, mode)
        #expect(throws: ServeError.badSecrets(path: path, problem: problem)) {
            try Credentials(tokenFile: path, userFile: nil)
        }
    }

    @Test func secretsThatOthersCanReadAreRefused() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("\(Self.token)\n".utf8, to: "tokens")
        chmod(path, 0o640)
        #expect(throws: ServeError.readableByOthers(path: path)) { try Credentials(tokenFile: path, userFile: nil) }
        #expect(throws: ServeError.cannotRead(path: "/nowhere", reason: "No such file or directory")) {
            try Credentials(tokenFile: "/nowhere", userFile: nil)
        }
        let users = try folder.write("ann:short\n".utf8, to: "users")
        chmod(users, 0o600)
        #expect(throws: ServeError.self) { try Credentials(tokenFile: nil, userFile: users) }
    }

    @Test func secretsFromSystemdMayShowTheGroupsModeOfTheirAccessList() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("\(Self.token)\n".utf8, to: "tokens")
        chmod(path, 0o440)
        #expect(try SecretFile.lines(path, credentials: folder.path) == [Self.token])
        for elsewhere in [nil, "", "/run/credentials", String(folder.path.dropLast())] {
            #expect(throws: ServeError.readableByOthers(path: path)) {
                try SecretFile.lines(path, credentials: elsewhere)
            }
        }
        chmod(path, 0o444)
        #expect(throws: ServeError.readableByOthers(path: path)) {
            try SecretFile.lines(path, credentials: folder.path)
        }
    }
}
