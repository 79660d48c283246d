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

    /// Throws when `produced` bytes from `consumed` compressed ones are more than the limits allow.
    func check(produced: Int, consumed: Int, limits: LoadLimits, fileName: String) throws(WarehouseError) {
        if produced > limits.decompressedBytes {
            throw WarehouseError(
                .limitExceeded, "'\(fileName)' decompresses to more than \(limits.decompressedBytes) bytes (from "
                    + "\(consumed) compressed so far).")
        }
        if produced > limits.expansionBytes, produced / limits.expansionRatio > consumed {
            throw WarehouseError(
                .limitExceeded, "'\(fileName)' looks like a decompression bomb: \(consumed) compressed bytes have given "
                    + "\(produced), more than \(limits.expansionRatio) times as many.",
                hint: "Nothing of it was loaded. If it is to be loaded all the same, decompress it first.")
        }
    }
}

/// Who decompresses deflated data.
public enum InflateEngine: String, Sendable, CaseIterable {
    /// The decoder of this package.
    case native
    /// The system's zlib: about half as fast.
    case zlib
}
