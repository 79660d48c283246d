#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics

/// Keys of an account. Never printed: descriptions show nothing of them.
struct S3Credentials: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var keyID: String
    var secretKey: String
    var sessionToken: String?

    var description: String { "S3Credentials(…)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}

/// Finds credentials, region and endpoint as AWS's own tools do: from the stage, the environment, then `~/.aws`.
struct S3Settings: Sendable {
    var environment: [String: String]
    /// Reads a file; nil where there is none.
    var readFile: @Sendable (String) -> String?

    /// This process's.
    static var current: S3Settings {
        let names = [
            "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION",
            "AWS_PROFILE", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE",
            "HOME",
        ]
        var environment: [String: String] = [:]
        for name in names { if let value = getenv(name) { environment[name] = String(cString: value) } }
        return S3Settings(environment: environment, readFile: readSmallFile)
    }

    /// `stage` holds AWS_KEY_ID, AWS_SECRET_KEY and AWS_TOKEN, or nothing. Nil: requests go unsigned, as public
    /// buckets allow.
    func credentials(stage: [String: String]) throws(WarehouseError) -> S3Credentials? {
        if !stage.isEmpty {
            guard let key = stage["AWS_KEY_ID"], let secret = stage["AWS_SECRET_KEY"] else {
                throw WarehouseError(
                    .invalidValue, "The stage's CREDENTIALS need both AWS_KEY_ID and AWS_SECRET_KEY.")
            }
            return S3Credentials(keyID: key, secretKey: secret, sessionToken: stage["AWS_TOKEN"])
        }
        if let key = value("AWS_ACCESS_KEY_ID"), let secret = value("AWS_SECRET_ACCESS_KEY") {
            return S3Credentials(keyID: key, secretKey: secret, sessionToken: value("AWS_SESSION_TOKEN"))
        }
        let profile = value("AWS_PROFILE") ?? "default"
        let own = section(profile, ofFileNamed: "AWS_SHARED_CREDENTIALS_FILE", "credentials")
        let shared = configuration(profile)
        guard let key = own["aws_access_key_id"] ?? shared["aws_access_key_id"],
              let secret = own["aws_secret_access_key"] ?? shared["aws_secret_access_key"] else { return nil }
        return S3Credentials(keyID: key, secretKey: secret,
                             sessionToken: own["aws_session_token"] ?? shared["aws_session_token"])
    }

    var region: String {
        value("AWS_REGION") ?? value("AWS_DEFAULT_REGION")
            ?? configuration(value("AWS_PROFILE") ?? "default")["region"] ?? "us-east-1"
    }

    /// The endpoint of a stage that names none; nil: Amazon's.
    var endpoint: String? {
        value("AWS_ENDPOINT_URL_S3") ?? value("AWS_ENDPOINT_URL")
            ?? configuration(value("AWS_PROFILE") ?? "default")["endpoint_url"]
    }

    var addressingStyle: S3Address.Style {
        configuration(value("AWS_PROFILE") ?? "default")["addressing_style"].flatMap(S3Address.Style.init) ?? .auto
    }

    private func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    private func configuration(_ profile: String) -> [String: String] {
        section(profile == "default" ? profile : "profile \(profile)", ofFileNamed: "AWS_CONFIG_FILE", "config")
    }

    private func section(_ name: String, ofFileNamed variable: String, _ file: String) -> [String: String] {
        guard let path = value(variable) ?? value("HOME").map({ "\($0)/.aws/\(file)" }),
              let text = readFile(path) else { return [:] }
        return S3Settings.section(name, of: text)
    }

    /// The keys of one section of an INI file.
    static func section(_ name: String, of text: String) -> [String: String] {
        var isWanted = false
        var values: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let trimmed = trim(line)
            if trimmed.hasPrefix("#") || trimmed.hasPrefix(";") { continue }
            if trimmed.hasPrefix("["), trimmed.hasSuffix("]") {
                isWanted = trim(trimmed.dropFirst().dropLast()) == name
            } else if isWanted, let equals = trimmed.firstIndex(of: "=") {
                values[String(trim(trimmed[..<equals])).lowercased()] = String(trim(trimmed[trimmed.index(after: equals)...]))
            }
        }
        return values
    }

    private static func trim(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return text
    }

    /// Files of settings are small; a larger one is none.
    private static func readSmallFile(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let limit = 1 << 20
        var bytes = [UInt8](repeating: 0, count: limit)
        var filled = 0
        while filled < limit {
            let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + filled, limit - filled) }
            if count <= 0 { break }
            filled += count
        }
        return String(decoding: bytes[..<filled], as: UTF8.self)
    }
}
