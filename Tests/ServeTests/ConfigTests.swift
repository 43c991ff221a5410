import Pipeline
import Testing

@testable import Serve

@Suite struct ConfigTests {
    private func decoded(_ text: String) throws(ConfigError) -> ServeConfig {
        let config = try YAMLFile.decode(ServeConfig.self, text: text, name: "test")
        try config.validate()
        return config
    }

    @Test func everySettingHasAKey() throws {
        let config = try decoded(
            """
            listen: "[::1]:80"
            quality: 90
            max-clients: 3
            token-file: /t
            user-file: /u
            insecure: true
            tls-cert: /c
            tls-key: /k
            allowed-hosts: [cam.example]
            trust-proxy: true
            read-only: true
            stale-after: 2.5
            """)
        var expected = ServeConfig()
        expected.listen = "[::1]:80"
        expected.quality = 90
        expected.maximumClients = 3
        (expected.tokenFile, expected.userFile, expected.insecure) = ("/t", "/u", true)
        (expected.tlsCertificate, expected.tlsKey) = ("/c", "/k")
        (expected.allowedHosts, expected.trustProxy, expected.readOnly) = (["cam.example"], true, true)
        expected.staleAfter = 2.5
        #expect(config == expected)
        #expect(try decoded("{}") == ServeConfig())
    }

    @Test(arguments: [
        ("127.0.0.1:8090", "127.0.0.1", 8090), ("[::1]:0", "::1", 0), ("*:80", "0.0.0.0", 80),
        ("cam.example:65535", "cam.example", 65535),
    ])
    func anAddressIsHostAndPort(_ text: String, _ host: String, _ port: Int) throws {
        var config = ServeConfig()
        config.listen = text
        let address = try config.address
        #expect(address.host == host && address.port == port)
    }

    @Test(arguments: [
        (
            "listen: localhost",
            "serve.listen cannot be 'localhost'; allowed: host:port, such as 127.0.0.1:8090 or [::1]:8090"
        ),
        (
            "listen: '::1:80'",
            "serve.listen cannot be '::1:80'; allowed: host:port, such as 127.0.0.1:8090 or [::1]:8090"
        ),
        (
            "listen: 'a:70000'",
            "serve.listen cannot be 'a:70000'; allowed: host:port, such as 127.0.0.1:8090 or [::1]:8090"
        ),
        ("quality: 0", "serve.quality cannot be '0'; allowed: 1 to 100"),
        ("max-clients: 0", "serve.max-clients cannot be '0'; allowed: 1 to 10000"),
        ("stale-after: 0", "serve.stale-after cannot be '0.0'; allowed: 0.1 to 3600 seconds"),
        (
            "allowed-hosts: ['http://a']",
            "serve.allowed-hosts cannot be 'http://a'; allowed: names such as camera.example.org, without a scheme"
        ),
    ])
    func aWrongValueIsToldWithItsKey(_ text: String, _ message: String) {
        do {
            _ = try decoded(text)
            Issue.record("taken")
        } catch {
            #expect("\(error)" == message)
        }
    }

    @Test func aMisspeltKeyIsRefused() {
        #expect(throws: ConfigError.self) { try decoded("lisen: a:1") }
    }
}
