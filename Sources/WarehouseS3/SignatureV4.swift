#if S3
import Crypto
import WarehouseBasics

/// Signs requests: AWS Signature Version 4, the headers' form
/// (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).
struct SignatureV4: Sendable {
    let credentials: S3Credentials
    let region: String
    var service = "s3"

    /// The hash of an empty body.
    static let emptyHash = hexDigest([])

    /// The headers of a request with those that sign it. `headers` are names in lower case with their values, `host`
    /// among them; `query` is encoded; `time` counts seconds since the epoch.
    func signed(
        method: String, path: String, query: [(name: String, value: String)], headers: [(name: String, value: String)],
        bodyHash: String, time: Int
    ) -> [(name: String, value: String)] {
        let stamp = SignatureV4.stamp(time), day = String(stamp.prefix(8))
        var all = headers
        all.append(("x-amz-content-sha256", bodyHash))
        all.append(("x-amz-date", stamp))
        if let token = credentials.sessionToken { all.append(("x-amz-security-token", token)) }
        let sorted = all.sorted { $0.name < $1.name }
        let names = sorted.map(\.name).joined(separator: ";")
        let request = [
            method, path, SignatureV4.queryText(query),
            sorted.map { "\($0.name):\(SignatureV4.trimmed($0.value))\n" }.joined(), names, bodyHash,
        ].joined(separator: "\n")
        let scope = "\(day)/\(region)/\(service)/aws4_request"
        let text = ["AWS4-HMAC-SHA256", stamp, scope, SignatureV4.hexDigest(Array(request.utf8))].joined(separator: "\n")
        var key = SymmetricKey(data: Array("AWS4\(credentials.secretKey)".utf8))
        for part in [day, region, service, "aws4_request"] { key = SymmetricKey(data: SignatureV4.code(part, key)) }
        let signature = SignatureV4.hex(SignatureV4.code(text, key))
        all.append((
            "authorization",
            "AWS4-HMAC-SHA256 Credential=\(credentials.keyID)/\(scope), SignedHeaders=\(names), Signature=\(signature)"
        ))
        return all
    }

    /// Parameters in the order of their names, encoded.
    static func queryText(_ query: [(name: String, value: String)]) -> String {
        query.map { (URIText.encoded($0.name), URIText.encoded($0.value)) }
            .sorted { $0.0 == $1.0 ? $0.1 < $1.1 : $0.0 < $1.0 }
            .map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    static func hexDigest(_ bytes: [UInt8]) -> String { hex(Array(SHA256.hash(data: bytes))) }

    private static func code(_ text: String, _ key: SymmetricKey) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func trimmed(_ value: String) -> String {
        value.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }

    /// `20261121T093000Z`.
    static func stamp(_ time: Int) -> String {
        let days = time >= 0 ? time / 86_400 : (time - 86_399) / 86_400
        let date = CivilDate(daysSinceEpoch: days), seconds = time - days * 86_400
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(date.year)\(two(date.month))\(two(date.day))T\(two(seconds / 3600))\(two(seconds / 60 % 60))"
            + "\(two(seconds % 60))Z"
    }
}
#endif
