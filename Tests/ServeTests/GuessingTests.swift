import Foundation
import Glibc
import TestSupport
import Testing

@testable import Serve

/// Who guesses is shut out, and shuts out nobody else.
@Suite(.timeLimit(.minutes(30))) struct GuessingTests {
    private static let token = "0123456789abcdef0123"
    private static let password = "ann:correct horse"
    private static let files: (folder: TemporaryFolder, tokens: String, users: String) = {
        let folder = try! TemporaryFolder()
        let tokens = try! folder.write("\(token)\n".utf8, to: "tokens")
        let users = try! folder.write("\(password)\nbob:battery staple\n".utf8, to: "users")
        for path in [tokens, users] { chmod(path, 0o600) }
        return (folder, tokens, users)
    }()

    private var config: ServeConfig {
        var config = ServeConfig()
        (config.tokenFile, config.userFile) = (Self.files.tokens, Self.files.users)
        return config
    }

    private static func basic(_ text: String) -> String {
        "Authorization: Basic \(Data(text.utf8).base64EncodedString())"
    }
    private static let right = "Authorization: Bearer \(token)"
    private static let cookie = "Cookie: camstream=\(Secret(token).cookie)"

    @Test(arguments: [
        "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Origin: http://evil.example", "Origin: null",
        "Referer: http://evil.example/page?x", "Referer: about:blank",
    ])
    func aPageOfAnotherSiteShutsNobodyOut(_ header: String) async throws {
        try await withServer(config) { server async throws in
            for number in 1...8 {
                let answer = try await server.get("/snapshot.jpg?token=x\(number)", headers: [header])
                #expect(answer.status == (number <= 5 ? 401 : 429))
            }
            // By nothing is more seen than by a wrong one of one's own.
            #expect(try await server.get("/metrics", headers: ["Authorization: Bearer x"]).status == 401)
            #expect(try await server.get("/metrics", headers: [Self.basic(Self.password)]).status == 200)
            let metrics = try await server.get("/metrics", headers: [Self.right]).text
            #expect(metrics.contains("camstream_auth_failures_total 1\n"))
            // Told once.
            let told = server.log.text.split(separator: "\n").filter { $0.contains("a page of another site") }
            #expect(told.count == 1 && told[0].contains("127.0.0.1"), "\(told)")
        }
    }

    @Test(arguments: ["Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: none", "Referer: http://localhost:8090/a/"])
    func ownPagesCount(_ header: String) async throws {
        try await withServer(config) { server async throws in
            for number in 1...6 {
                let headers = [header, "Host: localhost:8090", "Authorization: Bearer wrong"]
                let answer = try await server.get("/metrics", headers: headers)
                #expect(answer.status == (number <= 5 ? 401 : 429))
            }
        }
    }

    @Test func whoIsRightComesInWhileOthersFromThereAreShutOut() async throws {
        let time = ManualTime()
        try await withServer(config, time: time.timekeeper) { server async throws in
            // Bob has been here before.
            #expect(try await server.get("/metrics", headers: [Self.basic("bob:battery staple")]).status == 200)
            for _ in 1...9 {
                _ = try await server.get("/metrics", headers: [Self.basic("ann:wrong")])
                _ = try await server.get("/metrics?token=wrong")
            }
            for header in [Self.right, Self.cookie, Self.basic("bob:battery staple")] {
                #expect(try await server.get("/metrics", headers: [header]).status == 200, "\(header)")
            }
            #expect(try await server.get("/api/state?token=\(Self.token)").status == 200)
        }
    }

    @Test func aPasswordThatNobodyHasUsedThereIsNotTakenFromWhoGuesses() async throws {
        let time = ManualTime()
        try await withServer(config, time: time.timekeeper) { server async throws in
            for _ in 1...7 { _ = try await server.get("/metrics", headers: [Self.basic("ann:wrong one")]) }
            let shut = try await server.get("/metrics", headers: [Self.basic(Self.password)])
            #expect(shut.status == 429 && shut["Retry-After"] == "60")
            time.advance(by: .seconds(60))
            #expect(try await server.get("/metrics", headers: [Self.basic(Self.password)]).status == 200)
        }
    }

    @Test func whoMistypesFiveTimesMayBeRightAtLast() async throws {
        try await withServer(config) { server async throws in
            for _ in 1...5 { _ = try await server.get("/metrics", headers: [Self.basic("ann:wrong one")]) }
            #expect(try await server.get("/metrics", headers: [Self.basic(Self.password)]).status == 200)
            // All is forgiven; it is again at the next time, but not because the owner's page goes on asking.
            for number in 1...6 {
                let guess = try await server.get("/metrics", headers: [Self.basic("ann:guess \(number)")])
                #expect(guess.status == (number <= 5 ? 401 : 429))
                #expect(try await server.get("/metrics", headers: [Self.basic(Self.password)]).status == 200)
                #expect(try await server.get("/metrics", headers: [Self.cookie]).status == 200)
            }
        }
    }

    @Test func aClientBehindATrustedProxyShutsOutItselfAlone() async throws {
        var config = config
        (config.trustProxy, config.listen) = (true, "[::]:0")
        // The client comes as ::ffff:127.0.0.1.
        try await withServer(config) { server async throws in
            for _ in 1...7 {
                let headers = ["X-Forwarded-For: 10.0.0.1", Self.basic("ann:wrong one")]
                _ = try await server.get("/metrics", headers: headers)
            }
            for client in ["10.0.0.9", "10.0.0.9:1234", "[2001:db8::1]:80", "2001:db8::1", "192.0.2.1, 10.0.0.8"] {
                let headers = ["X-Forwarded-For: \(client)", Self.basic(Self.password)]
                #expect(try await server.get("/metrics", headers: headers).status == 200, "\(client)")
            }
            #expect(server.log.text.contains(" from 127.0.0.1: 200"))
        }
    }

    // MARK: - Addresses

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1", "192.0.2.1", false), ("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1", false),
        ("::FFFF:7f00:1", "127.0.0.1", "127.0.0.1", true), ("127.9.9.9", "127.9.9.9", "127.9.9.9", true),
        ("0:0:0:0:0:0:0:1", "::1", "::/64", true), ("fe80::1%eth0", "fe80::1", "fe80::/64", false),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", false),
        ("2001:db8:1:2::", "2001:db8:1:2::", "2001:db8:1:2::/64", false),
    ])
    func anAddressHasOneForm(_ text: String, _ form: String, _ block: String, _ isLoopback: Bool) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == form && address.block == block && address.isLoopback == isLoopback)
        #expect(HostCheck.isLoopback(text) == isLoopback)
    }

    @Test(arguments: ["", "localhost", "1.2.3", "1.2.3.4.5", "::g", "1.2.3.4 ", "[::1]"])
    func whatIsNoAddressIsNone(_ text: String) { #expect(IPAddress(text) == nil) }

    @Test func aServerOnOneAddressKnowsItInEveryForm() {
        let check = HostCheck(boundTo: "::ffff:192.0.2.1", names: [])
        #expect(check.allows("192.0.2.1:80") && check.allows("[::ffff:192.0.2.1]") && check.allows("[0:0::1]:8090"))
        #expect(!check.allows("192.0.2.2") && !check.allows("[2001:db8::1]"))
    }

    // MARK: - The lock

    @Test func aNetworkOfAddressesIsOneGuesser() throws {
        let lockout = Lockout(time: ManualTime().timekeeper)
        var taken = 0
        for number in 0..<2000 {
            let client = try #require(IPAddress("2001:db8:7:7::\(String(number, radix: 16))")).block
            if lockout.remaining(client) != nil { continue }
            taken += 1
            lockout.failed(client)
        }
        #expect(taken == 5)
        #expect(lockout.remaining(try #require(IPAddress("2001:db8:7:8::1")).block) == nil)
    }

    @Test func strangersFreeNobody() {
        let time = ManualTime()
        let lockout = Lockout(capacity: 100, time: time.timekeeper)
        for _ in 1...6 { lockout.failed("guesser") }
        for number in 0..<3000 { lockout.failed("once \(number)") }
        #expect(lockout.remaining("guesser") == .seconds(60) && lockout.count == 100)
        // Those who are shut out, too, are remembered for as long as they are.
        for number in 0..<3000 { for _ in 1...5 { lockout.failed("five times \(number)") } }
        #expect(lockout.remaining("guesser") == .seconds(60) && lockout.count == 100)
        // Who comes then is counted with the others who have no place.
        #expect(lockout.remaining("somebody else") != nil)
        time.advance(by: .seconds(901))
        #expect(lockout.remaining("guesser") == nil && lockout.remaining("somebody else") == nil)
        // It was shut out, and remembers it.
        lockout.failed("guesser")
        #expect(lockout.remaining("guesser") == .seconds(120))
    }

    @Test func onlyTheOldestAcquaintanceIsForgotten() {
        let known = Acquaintances(capacity: 2)
        let secret = Secret(Self.password)
        known.insert("a", secret)
        known.insert("b", secret)
        #expect(known.contains("a", secret))
        known.insert("c", secret)
        #expect(known.contains("a", secret) && known.contains("c", secret) && !known.contains("b", secret))
        #expect(!known.contains("a", Secret("other")))
    }
}
