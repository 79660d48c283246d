/// BINARY_FORMAT and BINARY_OUTPUT_FORMAT: how a BINARY is written in text.
public enum BinaryTextFormat: String, Sendable, Hashable, CaseIterable {
    case hex = "HEX"
    case base64 = "BASE64"
    case utf8 = "UTF8"

    public static func named(_ name: String) throws(WarehouseError) -> BinaryTextFormat {
        let word = Identifiers.folded(name)
        if let format = BinaryTextFormat(rawValue: word == "UTF-8" ? "UTF8" : word) { return format }
        throw WarehouseError(
            .invalidValue, "SQL compilation error:\ninvalid value ['\(name)'] for parameter 'BINARY_FORMAT'",
            hint: "HEX, BASE64 or UTF8.")
    }
}
