import Glibc
import TestSupport
import Testing

@testable import Encode

@Suite struct RecordingNamesTests {
    private func problem(_ pattern: String) -> String? {
        do throws(EncodeError) {
            _ = try RecordingNames(pattern)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func namesTellTheTime() throws {
        let names = try RecordingNames("rec/%s%%.mp4")
        #expect(names.path(at: 1_795_262_400_999_999) == "rec/1795262400%.mp4")
        #expect(names.base == "rec")
        #expect(names.hasConversions)
        let plain = try RecordingNames("overlay.mp4")
        #expect(plain.path(at: 5) == "overlay.mp4")
        #expect(plain.base == ".")
        #expect(try RecordingNames("/a/b/%Y/c/%d.mp4").base == "/a/b")
        #expect(try RecordingNames("/%Y.mp4").base == "/")
        #expect(try RecordingNames("%Y/%d.mp4").base == ".")
    }

    @Test(arguments: [
        ("a-%05d.mp4", "%0 stands for no part of the time; allowed are %% %F"), ("100%", "% stands for no part"),
        ("a%Q.mp4", "%Q stands for no part of the time"), ("%A.mp4", "%A stands for no part"),
    ])
    func whatStandsForNoTimeIsNamed(pattern: String, words: String) {
        #expect(problem(pattern)?.hasPrefix("cannot name recordings \(pattern): \(words)") == true)
    }

    @Test(arguments: ["v/%Y/../%H.mp4", "%Y/./%H.mp4", "../%Y/..", "%Y/a/../../b.mp4", "%%/../a.mp4"])
    func nothingBehindATimeLeadsElsewhere(pattern: String) {
        #expect(problem(pattern)?.contains("'.' and '..' cannot stand behind a part of the time") == true)
    }

    @Test(arguments: ["../v/%H.mp4", "./%H.mp4", "a/../b/c.mp4", "%Y/..a/%H.mp4"])
    func foldersBeforeTheTimeAreTheUsers(pattern: String) { #expect(problem(pattern) == nil) }

    @Test func foldersAndEndlessNamesAreNone() {
        #expect(problem("rec/") == "cannot name recordings rec/: it names a folder; %% stands for a percent sign")
        #expect(problem(String(repeating: "x", count: 171))?.contains("it is longer than 170 bytes") == true)
        #expect(problem(String(repeating: "x", count: 170)) == nil)
    }

    @Test(arguments: [
        ("%Y-%m-%d_%H.mp4", "2026-11-21_09.mp4", true), ("%Y-%m-%d_%H.mp4", "2026-11-21_09-2.mp4", true),
        ("%Y-%m-%d_%H.mp4", "2026-11-21_09-12.mp4", true), ("%Y-%m-%d_%H.mp4", "2026-11-21_09-1.mp4", false),
        ("%Y-%m-%d_%H.mp4", "2026-11-21_09-02.mp4", false), ("%Y-%m-%d_%H.mp4", "2026-11-21_9.mp4", false),
        ("%Y-%m-%d_%H.mp4", "2026-11-21_09.mkv", false), ("%Y-%m-%d_%H.mp4", "x2026-11-21_09.mp4", false),
        ("%F %T.mp4", "2026-11-21 09:30:00.mp4", true), ("%a %d %b.mp4", "Sat 21 Nov.mp4", true),
        ("%I%p.mp4", "09AM.mp4", true), ("%j.mp4", "325.mp4", true), ("a*[b]?.mp4", "a*[b]?.mp4", true),
        ("a*.mp4", "abc.mp4", false), ("100%%.mp4", "100%.mp4", true), ("overlay.mp4", "overlay-3.mp4", true),
        ("overlay.mp4", "overlays.mp4", false), ("noending", "noending-2", true), ("%z.mp4", "+0100.mp4", true),
    ])
    func filesAreKnownByTheirNames(pattern: String, name: String, isOurs: Bool) throws {
        #expect(try RecordingNames(pattern).matches(fileName: name) == isOurs)
    }

    @Test func allConversionsAreKnownAgain() throws {
        let pattern = "%% %Y %G %y %g %m %d %H %I %M %S %j %U %V %W %u %w %s %p %a %b %z %F %T %R.mp4"
        let names = try RecordingNames(pattern)
        for day in 0..<400 {
            let path = names.path(at: 1_700_000_000_000_000 + Int64(day) * 90_061_000_000)
            #expect(names.matches(fileName: path), "\(path)")
        }
    }

    @Test(arguments: [
        ("a.mp4", 1, "a.mp4"), ("a.mp4", 2, "a-2.mp4"), ("x.y/a", 3, "x.y/a-3"), ("x/a.b.MP4", 10, "x/a.b-10.MP4"),
    ])
    func numbersStandBeforeTheEnding(path: String, number: Int, wanted: String) {
        #expect(RecordingNames.numbered(path, number) == wanted)
    }
}

@Suite struct SettingWordsTests {
    @Test(arguments: [
        ("90s", 90), ("10m", 600), ("12h", 43_200), ("7d", 604_800), ("2w", 1_209_600), ("1h30m", 5400), ("1s", 1),
    ])
    func lengthsOfTime(text: String, seconds: Int) { #expect(TimeSpan(text)?.seconds == seconds) }

    @Test(arguments: [
        "", "10", "m", "0s", "-5m", "1.5h", "10 m", "10M", "10min", "٣m", "99999999999999999999s", "9999999999d",
    ])
    func otherTextsAreNoLengths(text: String) { #expect(TimeSpan(text) == nil) }

    @Test(arguments: [(90, "1m30s"), (600, "10m"), (604_800, "7d"), (1, "1s"), (90_000, "1d1h")])
    func lengthsAreWrittenAsTheyAreRead(seconds: Int, text: String) {
        #expect(TimeSpan(seconds: seconds).description == text)
        #expect(TimeSpan(text)?.seconds == seconds)
    }

    @Test(arguments: [
        ("500M", 500 << 20), ("20G", 20 << 30), ("1T", 1 << 40), ("64K", 64 << 10), ("1.5G", 3 << 29), ("0.5K", 512),
    ])
    func sizes(text: String, bytes: Int) { #expect(DataSize(text)?.bytes == bytes) }

    @Test(arguments: ["", "20", "G", "0G", "-1G", "20 G", "20g", "20GB", "1e3M", ".5G", "infG", "0x1G", "99999999T"])
    func otherTextsAreNoSizes(text: String) { #expect(DataSize(text) == nil) }

    @Test(arguments: [
        (0, "0 bytes"), (999, "999 bytes"), (1536, "1.5 KB"), (20 << 30, "20 GB"), (123_456_789, "117.7 MB"),
    ])
    func sizesForPeople(bytes: Int, text: String) { #expect(DataSize(bytes: bytes).description == text) }
}
