#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How a value is written in an answer. A script is written in one of two ways, so an answer is compared in both.
enum ValueRendition: CaseIterable {
    /// The session's own text.
    case sessionText
    /// SQLite's runner: I as by `%d` (booleans 1 and 0), R as by `%.3f`, other characters than printable ASCII in a
    /// T as `@`.
    case standard

    /// The value as a line of an answer: NULL, `(empty)`, or its text on one line.
    func text(_ value: String?, type: Character) -> String {
        guard let value else { return "NULL" }
        if value.isEmpty { return "(empty)" }
        switch self {
        case .sessionText: return Self.oneLine(value)
        case .standard:
            switch type {
            case "I": return Self.integer(value)
            case "R": return Self.real(value)
            default: return Self.printable(value)
            }
        }
    }

    private static func oneLine(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 < 0x20 }) else { return value }
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\0": text += "\\0"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private static func printable(_ value: String) -> String {
        String(decoding: value.utf8.map { $0 < 0x20 || $0 > 0x7E ? UInt8(ascii: "@") : $0 }, as: UTF8.self)
    }

    private static func integer(_ value: String) -> String {
        if let integer = Int128(value) { return String(integer) }
        if let truth = truth(value) { return truth ? "1" : "0" }
        guard let double = Double(value), double.isFinite, abs(double) < 9.2e18 else { return value }
        return String(Int64(double))
    }

    private static func real(_ value: String) -> String {
        if let truth = truth(value) { return truth ? "1.000" : "0.000" }
        guard let double = Double(value), double.isFinite else { return value }
        // 309 digits of the largest double, a sign, a point, 3 decimals and the end.
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 320) { buffer in
            let count = withVaList([double]) { vsnprintf(buffer.baseAddress!, 320, "%.3f", $0) }
            return String(decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    private static func truth(_ value: String) -> Bool? {
        switch value {
        case "true", "TRUE", "True": true
        case "false", "FALSE", "False": false
        default: nil
        }
    }
}
