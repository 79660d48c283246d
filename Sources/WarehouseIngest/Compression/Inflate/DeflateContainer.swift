import WarehouseBasics

/// What wraps deflated data: gzip (RFC 1952), zlib (RFC 1950) or nothing.
public enum DeflateContainer: Sendable {
    case gzip, zlib, raw

    /// For messages.
    var name: String {
        switch self {
        case .gzip: "gzip"
        case .zlib: "zlib"
        case .raw: "deflate"
        }
    }

    func corrupt(fileName: String, offset: Int, _ reason: String) -> WarehouseError {
        WarehouseError(
            .corruptFile, "The \(name) file '\(fileName)' is damaged at byte \(offset): \(reason).",
            hint: "Nothing of it was loaded. Fetch or compress the file again.")
    }

    func tooLarge(fileName: String, limit: Int, offset: Int) -> WarehouseError {
        WarehouseError(
            .limitExceeded,
            "'\(fileName)' decompresses to more than \(limit) bytes (from \(offset) compressed so far).")
    }
}

/// Who decompresses deflated data.
public enum InflateEngine: String, Sendable, CaseIterable {
    /// The decoder of this package.
    case native
    /// The system's zlib: about half as fast.
    case zlib
}
