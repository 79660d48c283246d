#if canImport(CCrypt)
import CCrypt
import Glibc
#elseif canImport(CommonCrypto)
import CommonCrypto
#endif
import WarehouseBasics

/// Passwords are kept only as a salted hash: yescrypt by the system's crypt on Linux, PBKDF2-HMAC-SHA256 elsewhere.
enum PasswordHash {
    static let maximumLength = 256

    /// The hash with its method and salt, ready to be kept.
    static func make(_ password: String) throws -> String {
        guard password.utf8.count <= maximumLength, !password.utf8.contains(0) else {
            throw WarehouseError(.invalidValue, "A password has at most \(maximumLength) bytes and no NUL.")
        }
        #if canImport(CCrypt)
        guard let salt = crypt_gensalt_ra("$y$", 0, nil, 0) else { throw failed }
        defer { free(salt) }
        return try hash(password, setting: String(cString: salt))
        #else
        return try pbkdf2(password, salt: (0..<16).map { _ in UInt8.random(in: 0...255) }, rounds: 600_000)
        #endif
    }

    /// Whether `password` is the one that `stored` was made from.
    static func matches(_ password: String, _ stored: String) -> Bool {
        #if canImport(CCrypt)
        guard let again = try? hash(password, setting: stored) else { return false }
        #else
        let parts = stored.split(separator: "$").map(String.init)
        guard parts.count == 4, let rounds = UInt32(parts[1]),
              let again = try? pbkdf2(password, salt: bytes(parts[2]), rounds: rounds) else { return false }
        #endif
        // No early exit: the time says nothing about where the hashes differ.
        let a = Array(again.utf8), b = Array(stored.utf8)
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static var failed: WarehouseError {
        WarehouseError(.internalFault, "The system's password hashing function failed.")
    }

    #if canImport(CCrypt)
    private static func hash(_ password: String, setting: String) throws -> String {
        var data: UnsafeMutableRawPointer?
        var size: Int32 = 0
        defer { free(data) }
        guard let result = crypt_ra(password, setting, &data, &size) else { throw failed }
        let text = String(cString: result)
        guard text.hasPrefix("$") else { throw failed }
        return text
    }
    #else
    private static func pbkdf2(_ password: String, salt: [UInt8], rounds: UInt32) throws -> String {
        var key = [UInt8](repeating: 0, count: 32)
        let status = CCKeyDerivationPBKDF(
            CCPBKDFAlgorithm(kCCPBKDF2), password, password.utf8.count, salt, salt.count,
            CCPseudoRandomAlgorithm(kCCPRFHmacAlgSHA256), rounds, &key, key.count)
        guard status == kCCSuccess else { throw failed }
        return "$pbkdf2-sha256$\(rounds)$\(HexText.string(salt))$\(HexText.string(key))"
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(digits[$0...($0 + 1)]), radix: 16)
        }
    }
    #endif
}
