import Pipeline
import Testing

struct RedactionTests {
    /// Each word was once looked at to the end of its line.
    @Test func aLineOfThousandsOfAddressesTakesNoLongerThanItsWords() {
        let secrets = String(repeating: "rtsp://u:s ", count: 5000)
        let brackets = "rtsp://cam" + String(repeating: "]", count: 20_000)
        #expect(Redaction.text(secrets + brackets) == String(repeating: "rtsp://*** ", count: 5000) + brackets)
        // All before the last "@" may be a password with spaces in it.
        let more = Redaction.text(secrets + brackets + " rtsp://u:p q@h/x y")
        #expect(more.hasSuffix("@h/x y") && !more.contains("u:"))
        #expect(Redaction.text("a rtsp://u:s b\nrtsp://u:p q@h c") == "a rtsp://*** b\nrtsp://***@h c")
    }

    @Test(arguments: [
        // The user may be a token.
        ("rtsp://user:pass@host:554/1", "rtsp://***@host:554/1"), ("http://TOKEN@host/", "http://***@host/"),
        ("rtsp://u:p@ss@host/", "rtsp://***@host/"), ("rtsp://u:12/ss@host/1", "rtsp://***@host/1"),
        ("udp://@239.0.0.1:1234?ttl=4", "udp://@239.0.0.1:1234?ttl=4"),
        // Nobody can tell whose "@" it is.
        ("rtsp://u:12#ss@host/1", "rtsp://***"), ("http://host/a?key=p@ss", "http://***"),
        ("rtsp://u:never ended", "rtsp://***"),
        ("http://host/a?user=x&password=y&t=1", "http://host/a?user=***&password=***&t=1"),
        ("http://host/a?TOKEN", "http://host/a?***"), ("http://host/a#TOKEN", "http://host/a#***"),
        ("http://host/a?size=http://x", "http://host/a?size=***"),
        ("srt://host:9?passphrase=x&mode=caller", "srt://host:9?passphrase=***&mode=caller"),
        ("rtsp://host/user=admin&Password=x&channel=1", "rtsp://host/user=***"),
        ("rtsp://host/user=admin_password=x_channel=1_stream=0.sdp", "rtsp://host/user=***"),
        ("http://host/a%3Fkey%3Dx/b", "http://host/a=***"),
        ("rtsp://host/cam/channel=1&subtype=0?fps=5", "rtsp://host/cam/channel=1&subtype=0?fps=5"),
        ("concat:http://a:b@h/1|http://c:d@h/2", "concat:http://***@h/1|http://***@h/2"),
        ("cache:http://a:b@h/1", "cache:http://***@h/1"),
        // Without the scheme, or half of it.
        ("u:p@host/1", "***@host/1"), ("rtsp:/u:p@host/1", "***@host/1"), ("//u:p@host", "***@host"),
        ("host/a.cgi?pwd=x", "host/a.cgi?pwd=***"),
    ])
    func anAddressLosesItsSecrets(_ address: String, shown: String) {
        #expect(redacted(address) == shown)
        // What was shown once is shown again.
        #expect(redacted(shown) == shown)
        #expect(Redaction.text("cannot open \(shown): no.") == "cannot open \(shown): no.")
    }

    @Test(arguments: [
        "clip.mp4", "/srv/a:b@c/clip.mp4", "./u:p@c.mp4", "http://[fe80::1%eth0]:80/a", "http://host:80/a/b.mp4",
        "frame_%05d.png", "demo:size=160x120,fps=5", "-", "concat:a.ts|b.ts", "file:///a/b.mp4", "me@example.org",
        "what?.mp4", "rtp://239.0.0.1:5004", "https://host/resolve/main/model.onnx?download=true",
        "rtsp://cam/axis-media/media.amp?videocodec=h264&resolution=640x480",
    ])
    func whatHasNoSecretStaysAsItIs(_ address: String) {
        #expect(redacted(address) == address)
        #expect(Redaction.text(address) == address)
    }

    /// Passwords as people choose them, in every place of an address, alone and in the middle of a message.
    @Test func noPlaceInAnAddressShowsAPassword() {
        let passwords = ["SECRET", "a/SECRET", "12/SECRET", "1#SECRET", "p?SECRET", "a@SECRET", "SECRET@1", "x&SECRET"]
        let places = [
            "rtsp://u:#@host/1", "http://#@host/1", "srt://host:9?passphrase=#",
            "srt://host:9?mode=caller&passphrase=#",
            "http://host/v.cgi?user=a&loginpas=#", "http://host/v.cgi?psw=#&channel=1", "http://host/v#token=#",
            "rtsp://host/user=admin_password=#_channel=1.sdp", "rtsp://host/password=#", "u:#@host/x",
            "concat:http://a:b@h/1|http://c:#@h/2", "concat:http://h/1|http://h/2?token=#",
            "https://host/a?X-Sig=#&t=1",
            "cache:http://u:#@host/1", "rist://host:9?secret=#", "rtmp://host/live/key?token=#",
        ]
        for place in places {
            let halves = place.replacing("://", with: "§").replacing("#token", with: "ƒ").split(
                separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            for password in passwords {
                let address = halves.joined(separator: password).replacing("§", with: "://").replacing(
                    "ƒ", with: "#token")
                #expect(!redacted(address).contains("SECRET"), "\(address)")
                for text in ["\(address)", "cannot open '\(address)': no. Ask me@host.", "{\"source\":\"\(address)\"}"]
                {
                    #expect(!Redaction.text(text).contains("SECRET"), "\(text)")
                }
            }
        }
        // A space or a quotation mark ends an address in a text, but not a password.
        for password in ["my SECRET", "a\"SECRET", "it's SECRET"] {
            #expect(!redacted("rtsp://u:\(password)@host/1").contains("SECRET"))
            #expect(!Redaction.text("cannot open rtsp://u:\(password)@host/1: no").contains("SECRET"))
        }
    }

    @Test func aTextIsOtherwiseLeftAlone() {
        let text = """
            camstream: watch at http://127.0.0.1:8090/ (or http://[::1]:8090), "x" <y@z>
            \u{1B}[K\t`a` {"a":1,"b":"me@host"}: 12:30 /run/credentials/camstream@front.service/token: https://a.b/c.\r\n
            """
        #expect(Redaction.text(text) == text)
    }

    @Test func yamlErrorsTellThePlaceAndNotTheLine() {
        struct Settings: Decodable {
            let input: String
            private enum Key: String, CodingKey, CaseIterable { case input }
            init(from decoder: any Decoder) throws {
                input = try decoder.strictContainer(keyedBy: Key.self).decode(String.self, forKey: .input)
            }
        }
        let texts: [(text: String, told: String)] = [
            ("a: b\ninput: rtsp://u:SECRET@cam: x\n", "line 2, column 27"), ("input: \"SECRET\n", "line 2"),
            ("input: [SECRET", "line 2"), ("input: *SECRET\n", "line 1"), ("\tSECRET: 1\n", "line 1"),
            ("input: {u: SE, SECRET@cam/x}\n", "input must be one value"), ("SECRET@cam: 1\n", "unknown setting '***'"),
            ("SECRET@x: 1\nSECRET@x: 2\n", "line 1: keys stand there twice: ***"), ("input: @SECRET\n", "line 1"),
            ("input: !SECRET@x [a]\n", ""), ("- SECRET", "the file must be keys with values"),
            ("input: %SECRET", "line 1"),
        ]
        for (text, told) in texts {
            let error = #expect(throws: ConfigError.self) {
                try YAMLFile.decode(Settings.self, text: text, name: "c.yaml")
            }
            let line = error.map { "\($0)" } ?? ""
            #expect(line.hasPrefix("c.yaml: ") && line.contains(told) && !line.contains("SECRET"), "\(line)")
        }
        let outOfRange = ConfigError.outOfRange(key: "serve.listen", value: "http://u:it's@cam", allowed: "host:port")
        #expect("\(outOfRange)" == "serve.listen cannot be 'http://***@cam'; allowed: host:port")
    }
}
