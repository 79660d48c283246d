import WarehouseBasics

/// Where a bucket answers: scheme, host and port, and whether its name is part of the host or of the path.
struct S3Address: Sendable, Hashable {
    var isSecure = true
    /// With the port, when it is not the scheme's.
    var host: String
    var bucket: String
    var region: String
    /// The bucket's name is the first part of the path, as local servers want it, and names with dots under TLS.
    var isPathStyle: Bool
    /// Without an ENDPOINT the host follows the region.
    private(set) var isAmazon: Bool

    /// Where the bucket's name stands, as `addressing_style` of `~/.aws/config` says it.
    enum Style: String { case auto, path, virtual }

    /// `endpoint` is a host, `host:port` or an http or https URL; nil: Amazon's own.
    init(bucket: String, region: String, endpoint: String?, style: Style = .auto) throws(WarehouseError) {
        self.bucket = bucket
        self.region = region
        guard S3Address.isBucketName(bucket) else {
            throw WarehouseError(
                .invalidValue, "'\(bucket)' is not a bucket's name.",
                hint: "3 to 63 lower-case letters, digits, dots, hyphens and underscores.")
        }
        guard let endpoint, !endpoint.isEmpty else {
            isAmazon = true
            isPathStyle = style == .auto ? bucket.contains(".") : style == .path
            host = ""
            return
        }
        isAmazon = false
        isPathStyle = style != .virtual
        var rest = Substring(endpoint)
        if rest.hasPrefix("http://") {
            isSecure = false
            rest = rest.dropFirst(7)
        } else if rest.hasPrefix("https://") {
            rest = rest.dropFirst(8)
        }
        while rest.hasSuffix("/") { rest = rest.dropLast() }
        guard !rest.isEmpty, rest.utf8.allSatisfy(S3Address.isHostByte) else {
            throw WarehouseError(
                .invalidValue, "'\(endpoint)' is not an endpoint.", hint: "A host, host:port, or such an https:// URL.")
        }
        host = String(rest)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"),
            UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isBucketName(_ name: String) -> Bool {
        (3...63).contains(name.utf8.count) && !name.hasPrefix(".") && !name.contains("..")
            && name.utf8.allSatisfy {
                $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") || $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")
                    || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            }
    }

    /// The Host header.
    var hostName: String {
        guard isAmazon else { return isPathStyle ? host : "\(bucket).\(host)" }
        let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        return isPathStyle ? "s3.\(region).\(domain)" : "\(bucket).s3.\(region).\(domain)"
    }

    /// The path of an object, encoded; an empty key is the bucket itself.
    func path(_ key: String) -> String {
        let object = URIText.encoded(key, keepsSlashes: true)
        return isPathStyle ? key.isEmpty ? "/\(bucket)" : "/\(bucket)/\(object)" : "/\(object)"
    }

    func url(_ key: String, _ query: String) -> String {
        "\(isSecure ? "https" : "http")://\(hostName)\(path(key))" + (query.isEmpty ? "" : "?\(query)")
    }
}

/// Percent-encoding as signatures count it (RFC 3986, unreserved characters).
enum URIText {
    static func encoded(_ text: String, keepsSlashes: Bool = false) -> String {
        var result = ""
        let digits = Array("0123456789ABCDEF")
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: "/") where keepsSlashes: result.append("/")
            default:
                result.append("%")
                result.append(digits[Int(byte >> 4)])
                result.append(digits[Int(byte & 15)])
            }
        }
        return result
    }

    /// What `%41` and `+` stand for; broken escapes are kept.
    static func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        let source = Array(text.utf8)
        var index = 0
        while index < source.count {
            let byte = source[index]
            if byte == UInt8(ascii: "%"), index + 2 < source.count, let high = digit(source[index + 1]),
               let low = digit(source[index + 2]) {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? 32 : byte)
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 48
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 55
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 87
        default: nil
        }
    }
}
