import Foundation
import Glibc
import TestSupport
import Testing

@testable import Serve

/// Secrets are compared by their digests, all of it: among a thousand wrong ones, some share a first byte with the right one.
@Suite struct SecretTests {
    private static let right = "0123456789abcdef-right"

    @Test func noneOfAThousandWrongSecretsIsRight() {
        let secret = Secret(Self.right)
        #expect(secret.matches(Self.right))
        #expect(!(0..<1000).contains { secret.matches("0123456789abcdef-\($0)") })
        #expect(!secret.matches("") && !secret.matches(Self.right + "\0") && !secret.matches(Self.right.dropLast()))
    }

    @Test func noneOfAThousandWrongClaimsIsRight() throws {
        let folder = try TemporaryFolder()
        let tokens = try folder.write(Self.right.utf8, to: "tokens")
        let users = try folder.write("ann:\(Self.right)".utf8, to: "users")
        for path in [tokens, users] { chmod(path, 0o600) }
        let credentials = try Credentials(tokenFile: tokens, userFile: users)
        for number in 0..<1000 {
            let wrong = "0123456789abcdef-\(number)"
            let basic = Data("ann:\(wrong)".utf8).base64EncodedString()
            let claims = [
                credentials.claim(authorization: "Bearer \(wrong)", cookies: [], token: nil),
                credentials.claim(authorization: "Basic \(basic)", cookies: [], token: nil),
                credentials.claim(authorization: nil, cookies: [], token: wrong),
            ]
            #expect(claims == [.wrong, .wrong, .wrong])
            let cookie = "\(Credentials.cookiePrefix)=\(Secret(wrong).cookie)"
            #expect(credentials.claim(authorization: nil, cookies: [cookie], token: nil) == .none)
        }
        #expect(credentials.claim(authorization: "Bearer \(Self.right)", cookies: [], token: nil) == .right(.token))
    }
}
